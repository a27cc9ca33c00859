import type {Event} from '../../src/model/event.ts';
import {processShell} from '../../src/nodes/exec/process-shell.ts';
import {followJournal} from '../../src/sources/journal/follow-journal.ts';
import type {TestNode} from './start-node.ts';

/** What a follower read of the kubelet's numbered lines. */
export interface Reading {
  /** How often each numbered line came. */
  readonly counts: Map<number, number>;
  /** How many entries may be missing in each. */
  readonly gaps: (number | null)[];
  highest: number;
  /** Lines that are logged before this are only seen as far as the tail reaches back. */
  following: boolean;
  reconnects: number;
  /** Where the last entry came before the one ahead of it. */
  backwards: number;
  stop(): Promise<void>;
}

export function shellOf(node: TestNode) {
  return processShell({
    title: `docker exec ${node.name}`,
    command: (argv) => Promise.resolve(['docker', 'exec', '-i', node.name, ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr.trim() || 'the connection was lost', next: null}),
  });
}

export const fromStart = {commandPrefix: 'docker exec', units: ['kubelet'], lines: 1000, since: null, boot: null};

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
  const options = {...fromStart, shell: shellOf(node), sourceGrep: null, tickPattern: null};
  const events = followJournal(options, ended.signal);
  const done = (async () => {
    for await (const event of events) account(reading, event);
  })();
  return reading;
}

function account(reading: Reading, event: Event): void {
  if (event.type === 'journal-gap') reading.gaps.push(event.atMost);
  if (event.type === 'journal-stream') {
    if (event.state.kind === 'reconnecting') reading.reconnects += 1;
    if (event.state.kind === 'following') reading.following = true;
  }
  if (event.type !== 'journal') return;
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
