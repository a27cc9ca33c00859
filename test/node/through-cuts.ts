import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {expect} from 'vitest';
import {localMs} from '../../src/model/time.ts';
import type {Node} from '../../src/nodes/node.ts';
import {followJournal} from '../../src/sources/journal/follow-journal.ts';
import {followStats} from '../../src/sources/stats/follow-stats.ts';
import {until, type TestNode} from './start-node.ts';

const run = promisify(execFile);

/** Something that goes wrong in the middle. */
interface Cut {
  readonly title: string;
  readonly make: () => unknown;
}

export interface CutJourney {
  readonly there: TestNode;
  /** The same node, reached by the same provider and each of these routes; the first one's journal is followed. */
  readonly nodes: readonly Node[];
  readonly cuts: readonly Cut[];
}

/**
 * Follows numbered lines and polls stats over every route while one connection after the other is cut. Each cut must
 * be outlived before the next is made; in the end every line was read once, and nothing is left on the node.
 */
export async function followThroughCuts({there, nodes, cuts}: CutJourney): Promise<void> {
  const ended = new AbortController();
  const numbers: number[] = [];
  const gaps: string[] = [];
  const polledAt = new Map<string, number>();
  const [first] = nodes;
  const shell = first?.shell.kind === 'shell' ? first.shell.shell : expect.unreachable();

  const journal = async () => {
    const where = {shell, commandPrefix: '', units: ['kubelet'], lines: 0};
    const source = {...where, since: null, boot: null, sourceGrep: null, tickPattern: null};
    for await (const event of followJournal(source, ended.signal)) {
      if (event.type === 'journal-gap') gaps.push(event.reason);
      if (event.type !== 'journal') continue;
      for (const {message} of event.entries) {
        const number = /"Numbered line" n=(\d+)/.exec(message)?.[1];
        if (number !== undefined) numbers.push(Number(number));
      }
    }
  };
  const pace = {delayMs: () => 50, spent: () => undefined, watches: () => true};
  const stats = async (node: Node) => {
    let way = '';
    for await (const event of followStats({openRoute: (signal) => node.openRoute(signal), pace}, ended.signal)) {
      if (event.type === 'route') way = event.route.kind;
      if (event.type === 'poll') polledAt.set(way, event.poll.sentAt);
    }
  };

  const following = Promise.all([journal(), ...nodes.map(stats)]);
  await there.startLogLoad({perSecond: 400, total: 1_000_000});
  const outlived = (since: number, from: number) => {
    const late = [...polledAt].filter(([, sentAt]) => sentAt < since).map(([way]) => way);
    return Promise.resolve(polledAt.size === nodes.length && late.length === 0 && numbers.length > from + 20);
  };
  await until('all is read', () => outlived(0, 0), 20_000);
  for (const {title, make} of cuts) {
    await make();
    const [since, from] = [localMs(Date.now()), numbers.length];
    await until(`"${title}" is outlived: ${JSON.stringify([...polledAt])}`, () => outlived(since, from), 20_000);
  }
  await there.stopLogLoad();
  const total = Number(await there.exec('cat', '/run/kubelet-load-counter'));
  await until('the last line is read', () => Promise.resolve(numbers.at(-1) === total - 1), 10_000);
  ended.abort();
  await following;
  expect(gaps).toEqual([]);
  const start = numbers[0] ?? 0;
  expect(numbers).toEqual(Array.from({length: total - start}, (_, index) => start + index));
  for (const node of nodes) await node.close();
  await until('nothing of it runs on the node', async () => (await leftOnNode(there)) === '', 10_000);
}

/** What ktop starts on a node: its wrapper, journalctl under it, and the streams to the kubelet. */
const leftOnNode = (there: TestNode) =>
  there.exec('sh', '-c', 'pgrep -af "ktop[-]exit|journalctl --[f]ollow|/dev/[t]cp" || true');

/** Kills what this process has started on this machine to get to a node, as an impatient user may. */
export async function killClients(word: string): Promise<void> {
  const {stdout} = await run('ps', ['-eo', 'pid=,ppid=,args=']);
  let killed = 0;
  for (const line of stdout.split('\n')) {
    const [, pid, parent, args = ''] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
    if (Number(parent) !== process.pid || !args.includes(word)) continue;
    process.kill(Number(pid), 'SIGKILL');
    killed += 1;
  }
  expect(killed).toBeGreaterThan(1);
}
