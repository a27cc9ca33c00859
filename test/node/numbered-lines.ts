import {execFileSync} from 'node:child_process';
import {expect} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import {processShell} from '../../src/nodes/exec/process-shell.ts';
import {followJournal, type JournalSourceOptions} from '../../src/sources/journal/follow-journal.ts';
import {until, type TestNode} from './start-node.ts';

/** What a follower read of the kubelet's numbered lines. */
export interface Reading {
  /** How often each numbered line came. */
  readonly counts: Map<number, number>;
  /** How many entries may be missing in each. */
  readonly gaps: (number | null)[];
  highest: number;
  /**
   * The first entries have come. Lines that are logged before this are only seen as far as the tail reaches back: a
   * journalctl that is slow to start counts as following after 3 s, and may not have looked at the journal yet.
   */
  following: boolean;
  reconnects: number;
  /** Where the last entry came before the one ahead of it. */
  backwards: number;
  stop(): Promise<void>;
}

function shellOf(node: TestNode) {
  return processShell({
    title: `docker exec ${node.name}`,
    command: (argv) => Promise.resolve(['docker', 'exec', '-i', node.name, ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr.trim() || 'the connection was lost', next: null}),
  });
}

const fromStart = {
  commandPrefix: 'docker exec',
  units: ['kubelet'],
  lines: 1000,
  since: null,
  boot: null,
  sourceGrep: null,
  tickPattern: null,
};

/** Follows the node's journal and keeps account of the numbered lines. */
export function read(node: TestNode): Reading {
  const ended = new AbortController();
  const reading: Reading = {
    counts: new Map(),
    gaps: [],
    highest: -1,
    following: false,
    reconnects: 0,
    backwards: 0,
    stop: async () => {
      ended.abort();
      await done;
    },
  };
  const options = {...fromStart, shell: shellOf(node)};
  const events = followJournal(options, ended.signal);
  const done = (async () => {
    for await (const event of events) take(reading, event);
  })();
  return reading;
}

function take(reading: Reading, event: Event): void {
  if (event.type === 'journal-gap') reading.gaps.push(event.atMost);
  if (event.type === 'journal-stream' && event.state.kind === 'reconnecting') reading.reconnects += 1;
  if (event.type !== 'journal') return;
  reading.following = true;
  for (const {message} of event.entries) {
    const number = Number(/"Numbered line" n=(\d+)/.exec(message)?.[1] ?? NaN);
    if (Number.isNaN(number)) continue;
    reading.counts.set(number, (reading.counts.get(number) ?? 0) + 1);
    if (number <= reading.highest) reading.backwards += 1;
    reading.highest = Math.max(reading.highest, number);
  }
}

/** The numbers that never came. */
export const missing = ({counts}: Reading, from: number, to: number) =>
  Array.from({length: to - from}, (_, index) => from + index).filter((number) => !counts.has(number));
/** How many lines the gaps say may be missing. */
export const announced = ({gaps}: Reading) => gaps.reduce<number>((sum, atMost) => sum + (atMost ?? Infinity), 0);
/** The numbers that came more than once. */
export const repeated = ({counts}: Reading) => [...counts].filter(([, count]) => count > 1).map(([number]) => number);

/** What is missing of a reading and what was said of it, for who must find out why a test failed. */
export function account(reading: Reading, from: number, to: number): string {
  const runs: string[] = [];
  const lost = missing(reading, from, to);
  let first = 0;
  for (const [index, number] of lost.entries()) {
    if (lost[index + 1] === number + 1) continue;
    runs.push(`${lost[first]}–${number}`);
    first = index + 1;
  }
  return `missing ${runs.join(', ')}; gaps of ${reading.gaps.join(', ')}; ${reading.reconnects} reconnects`;
}

/** Which numbers the files of the node's journal hold, and what journald says of itself. */
export function journalFiles(node: TestNode): Promise<string> {
  const heads =
    'for f in /var/log/journal/*/*; do journalctl --file "$f" --header; done | grep -E "^(File path|Se|State|Head|Tail)"';
  return node.exec('sh', '-c', `${heads}; journalctl --unit systemd-journald --lines 20 --no-pager`);
}

/** Follows the node's journal until what has come suffices, and resolves with it. */
export async function readEvents(
  node: TestNode,
  options: Partial<JournalSourceOptions>,
  suffice: (events: readonly Event[]) => boolean,
): Promise<readonly Event[]> {
  const ended = new AbortController();
  const events: Event[] = [];
  for await (const event of followJournal({...fromStart, shell: shellOf(node), ...options}, ended.signal)) {
    events.push(event);
    if (suffice(events)) ended.abort();
  }
  return events;
}

export const linesIn = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'journal' ? event.entries.map(({message}) => message) : []));

/** Otherwise journald itself drops what comes too fast. */
export async function unlimitJournald(node: TestNode): Promise<void> {
  const config = '[Journal]\nRateLimitIntervalSec=0\nRateLimitBurst=0\n';
  await node.exec('mkdir', '-p', '/etc/systemd/journald.conf.d');
  await node.writeFile('/etc/systemd/journald.conf.d/unlimited.conf', config);
  await node.exec('systemctl', 'restart', 'systemd-journald');
}

/** Kills the local ends of the connections to the node, as a crash would. */
function killConnections(node: TestNode): void {
  const found = execFileSync('sh', ['-c', 'pgrep -f "^docker exec -i $1 .*--follow" || true', 'find', node.name]);
  for (const pid of found.toString().split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
}

/** Follows lines `0` … `total` at 5 000 a second while this and that is killed or rotated: each comes once. */
export async function readThroughKills(node: TestNode, total: number): Promise<void> {
  const reading = read(node);
  await until('the stream follows', () => Promise.resolve(reading.following));
  await node.startLogLoad({perSecond: 5000, total});
  const reached = (part: number) =>
    until(`${part} of the lines`, () => Promise.resolve(reading.highest >= Math.round(part * total)));
  await reached(0.1);
  killConnections(node);
  await reached(0.25);
  await node.exec('pkill', '-KILL', 'journalctl');
  await reached(0.4);
  await node.exec('journalctl', '--rotate');
  await reached(0.55);
  await node.exec('journalctl', '--rotate');
  killConnections(node);
  await reached(0.7);
  await node.exec('systemctl', 'restart', 'systemd-journald');
  await reached(0.8);
  killConnections(node);
  await until('the last line', () => Promise.resolve(reading.highest === total - 1));
  await reading.stop();
  await node.stopLogLoad();
  const {backwards} = reading;
  expect({missing: missing(reading, 0, total).length, repeated: repeated(reading), backwards}).toEqual({
    missing: 0,
    repeated: [],
    backwards: 0,
  });
  expect(reading.reconnects).toBeGreaterThanOrEqual(4);
  expect(reading.gaps).toEqual([]);
  await until('no journalctl is left on the node', async () => (await node.countProcesses('journalctl')) === 0);
}
