// How long a user waits for the first picture and for what scripts ask again and again, in multiples of Node's own start.
import {nodeBinary, TerminalProgram} from '../e2e/terminal.ts';
import {whyNoEngine} from '../node/engine.ts';
import {idlePod, startNode, stopNode} from '../node/start-node.ts';
import {ktop, ktopOn, median, say, type Peer} from './peers/watched.ts';

const rounds = 11;
const hello = 'process.stdout.write("ready")';
interface Program extends Pick<Peer, 'name' | 'start'> {
  /** What it has written when it has told what it was started for. */
  readonly until: RegExp;
  readonly bar: number;
  readonly isScreen?: boolean;
}
const why = whyNoEngine();
if (why !== null) say(`the first line of a real node: skipped, ${why}`);
const node = why === null ? await startNode({pods: [idlePod]}) : undefined;
const programs: Program[] = [
  {name: 'bare node', start: () => new TerminalProgram(nodeBinary, ['-e', hello]), until: /ready/, bar: 1},
  // The keys stand in the last row of a frame.
  {...ktop('ktop --demo', ['--demo']), until: /\? help/, bar: 4, isScreen: true},
  {...ktop('ktop --version', ['--version']), until: /kubelet/, bar: 1.5},
  {...ktop('ktop --help', ['--help']), until: /Usage/, bar: 1.5},
  {...ktop('ktop completion', ['completion', 'bash']), until: /complete /, bar: 1.5},
];
// A line of the journal begins with the moment at which it was written.
if (node !== undefined) {
  const ktopThere = ktopOn('ktop, first line', node);
  programs.push({...ktopThere, until: /\d\d:\d\d:\d\d\.\d{3}/, bar: 8, isScreen: true});
}

// Each screen ends by itself once, so that the cache of compiled code is there from the second start on, as it is for a user.
for (const {start} of programs.filter(({isScreen}) => isScreen)) {
  const first = start();
  await first.waitFor('? help');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  first.press('q');
  await first.exited;
}

const took = new Map<string, number[]>(programs.map(({name}) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const {name, start, until} of programs) {
    const began = performance.now();
    const program = start();
    while (!until.test(program.raw)) await new Promise((resolve) => setTimeout(resolve, 1));
    took.get(name)?.push(performance.now() - began);
    await program.dispose();
  }
}
const bare = took.get('bare node') ?? [];
for (const {name, bar} of programs) {
  const ms = took.get(name) ?? [];
  const ratio = median(ms) / median(bare);
  const spread = `${Math.min(...ms).toFixed(0)}–${Math.max(...ms).toFixed(0)}`;
  say(
    `${name.padEnd(16)}${median(ms).toFixed(0).padStart(6)} ms (${spread}), ${ratio.toFixed(2)} × bare node (bar ${bar})`,
  );
}
await stopNode(node);
process.exit();
