import {expect, test} from 'vitest';
import type {Action} from '../../src/commands/command.ts';
import {runOnSeveral} from '../../src/cli/run-several.ts';
import type {ActionRequest} from '../../src/cli/run-command.ts';
import {noConnection} from '../../src/nodes/options.ts';

const nodes = ['a', 'b', 'c'].map((label) => ({label, connection: {...noConnection, node: label}}));
const action: Action = {
  name: 'deploy',
  question: ({name}) => ({text: `Deploy on ${name}?`, commands: [], warning: null}),
  run: async function* () {
    await Promise.resolve();
    yield {kind: 'done', line: ''};
  },
};

/** What is done on which node, where some cannot take it and on some it fails. */
async function ran(unfit: readonly string[], failing: readonly string[]) {
  const done: string[] = [];
  const prepare: ActionRequest['prepare'] = () => Promise.resolve(action);
  const code = await runOnSeveral(
    {
      command: 'deploy',
      asking: {yes: true, dryRun: false},
      unit: 'kubelet',
      prepare,
      runOn: async ({label}, made) => {
        if (unfit.includes(label)) return 2;
        const node = {name: label, provider: 'kind', transport: '', commandPrefix: '', readOnly: null};
        const ready = await made(undefined as never, node);
        if (typeof ready === 'number') return ready;
        done.push(label);
        return failing.includes(label) ? 1 : 0;
      },
    },
    nodes,
  );
  return [code, done.join(' ')];
}

test('one node after the other, until one does not succeed; nothing is begun where one of them cannot take it', async () => {
  expect(await ran([], [])).toEqual([0, 'a b c']);
  expect(await ran([], ['b'])).toEqual([1, 'a b']);
  expect(await ran(['c'], [])).toEqual([2, '']);
});
