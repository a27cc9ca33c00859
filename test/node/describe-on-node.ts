import {describe} from 'vitest';
import {whyNoEngine} from './engine.ts';

const why = whyNoEngine();
if (why !== null && process.env.KTOP_TEST_NODE === 'required') throw new Error(`no test node here: ${why}`);
if (why !== null) process.stderr.write(`\n*** SKIPPED: the tests on a real node did not run: ${why} ***\n\n`);

/** `describe` for tests that need a node in a container: skipped loudly where no engine runs. */
export const describeOnNode = describe.skipIf(why !== null);
