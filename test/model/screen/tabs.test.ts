import {expect, test} from 'vitest';
import type {Event} from '../../../src/model/event.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';
import {nodeState, type NodeState} from '../../../src/model/screen/node-state.ts';
import {NodeRow} from '../../../src/model/screen/node-row.ts';
import {overviewTable, type OverviewRow} from '../../../src/model/screen/overview.ts';
import {emptyStatus, foldStatus} from '../../../src/model/screen/status.ts';
import {tabAt, tabRow, type TabFacts} from '../../../src/model/screen/tabs.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const fresh: NodeState = {kind: 'fresh', text: 'fresh', tone: 'good'};
const crashing: NodeState = {kind: 'crash-loop', text: 'crash loop 5×', tone: 'bad'};
const tab = (name: string, more: Partial<TabFacts> = {}): TabFacts => ({name, state: fresh, unseen: 0, ...more});
const drawn = (tabs: readonly TabFacts[], active: number, width: number) =>
  tabRow(tabs, active, width)
    .map(({text}) => text)
    .join('');

test('a tab tells how its node is and how many lines are new', () => {
  const tabs = [tab('kind-worker'), tab('kind-worker2', {state: crashing, unseen: 1234})];
  expect(drawn(tabs, 0, 80)).toBe(' 1 kind-worker fresh  2 kind-worker2 crash loop 5× +1k ');
  // That a node is well is the first word to go; that it is not stays.
  expect(drawn(tabs, 0, 50)).toBe(' 1 kind-worker  2 kind-worker2 crash loop 5× +1k ');
});

test.each([120, 80, 60])(
  'of twenty tabs the active one is in sight in %i columns, and what is wrong beyond is told',
  (width) => {
    const tabs = Array.from({length: 20}, (_, i) => tab(`kind-worker${i}`, i === 18 ? {state: crashing} : {unseen: i}));
    for (let active = 0; active < 20; active += 1) {
      const pieces = tabRow(tabs, active, width);
      const text = pieces.map((piece) => piece.text).join('');
      expect(cellWidth(text)).toBeLessThanOrEqual(width);
      expect(pieces.some(({isActive}) => isActive)).toBe(true);
      expect(text).toMatch(/crash loop|1 bad/);
      const column = pieces
        .slice(
          0,
          pieces.findIndex(({isActive}) => isActive),
        )
        .reduce((sum, piece) => sum + cellWidth(piece.text), 0);
      expect(tabAt(pieces, column)).toBe(active);
    }
  },
);

const node = {name: 'n', provider: 'kind', transport: 'docker exec', commandPrefix: '', readOnly: null};
const failure = {tried: 'GET /stats', problem: 'refused', next: null};
const poll = (atMs: number): Event => ({
  type: 'poll',
  poll: {sentAt: localMs(atMs), receivedAt: localMs(atMs), samples: [], problems: []},
});

test('a node is told as connecting, unreachable, fresh, late, down, restarting or in a crash loop', () => {
  const stateAfter = (nowMs: number, ...events: readonly Event[]) => {
    const {kind, text} = nodeState(events.reduce(foldStatus, emptyStatus), localMs(nowMs));
    return `${kind}: ${text}`;
  };
  const reached: Event = {type: 'node', at: localMs(0), node};
  const following: Event = {type: 'stats-stream', state: {kind: 'following', since: localMs(0)}};
  const lost: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(0), attempt: 1, failure}};
  const started = (atMs: number): Event => ({type: 'kubelet-started', at: nodeMs(atMs), pid: 1});
  expect(stateAfter(0)).toBe('connecting: connecting');
  expect(stateAfter(0, {type: 'node-failed', at: localMs(0), failure})).toBe('unreachable: unreachable');
  expect(stateAfter(1000, reached, following, poll(0))).toBe('fresh: fresh');
  expect(stateAfter(12_000, reached, following, poll(0))).toBe('late: late 12 s');
  expect(stateAfter(70_000, reached, poll(0), lost)).toBe('down: down 1 m 10 s');
  const restart = {type: 'command', at: localMs(0), command: 'restart'} as const;
  expect(stateAfter(500, reached, {...restart, step: {kind: 'started', line: ''}})).toBe('acting: restarting');
  const copying = {...restart, command: 'deploy', step: {kind: 'progress', line: ''}} as const;
  expect(stateAfter(500, reached, copying)).toBe('acting: deploy …');
  const starts = [started(0), started(10_000), started(20_000)];
  expect(stateAfter(30_000, reached, lost, ...starts)).toBe('crash-loop: crash loop 3×');
});

test('a hidden node that is asked seldom is not called late for that, nor at the moment when it is shown', () => {
  const hidden = {...emptyStatus, node, lastPollAt: localMs(0), paced: {since: localMs(0), everyMs: 10_000}};
  expect(nodeState(hidden, localMs(12_000)).kind).toBe('fresh');
  expect(nodeState(hidden, localMs(14_000)).kind).toBe('late');
  const shown = {...hidden, paced: {since: localMs(12_000), everyMs: 5000}};
  expect(nodeState(shown, localMs(14_000)).kind).toBe('fresh');
  expect(nodeState(shown, localMs(21_000)).kind).toBe('late');
});

test('errors are those of the last minute by the node’s clock, whatever the journal holds of before', () => {
  const row = new NodeRow();
  const aheadMs = 300_000;
  row.apply({type: 'clock', offset: {aheadMs, uncertaintyMs: 5}});
  const entry = {cursor: 'c', pid: 1, priority: 6, unit: 'kubelet.service', identifier: 'kubelet'};
  const line = (atS: number, message: string) => ({...entry, at: nodeMs(1e12 + aheadMs + atS * 1000), message});
  const e = 'E0102 12:00:00.000000 1 a.go:1] no';
  row.apply({
    type: 'journal',
    entries: [line(-600, e), line(-61, e), line(-30, e), line(-1, e), line(-1, e.replace('E', 'W'))],
  });
  expect(row.errorsInMinute(localMs(1e12))).toBe(2);
  expect(row.errorsInMinute(localMs(1e12 + 45_000))).toBe(1);
});

const rowOf = (i: number): OverviewRow => ({
  ...{
    name: `a-node-with-a-rather-long-name-${i}`,
    isMarked: i === 1,
    version: 'v1.36.2',
    upMs: 200_000,
    baseMs: 10_000,
  },
  ...{state: i === 2 ? crashing : fresh, ages: {newestMs: 400, worstMs: 25_000}, nextMs: 4200, errors: i, unseen: 1500},
  clockOffMs: i === 0 ? null : i === 1 ? 300_000 : -90_000,
});

test.each([
  [120, 1],
  [120, 3],
  [120, 20],
  [80, 1],
  [80, 3],
  [80, 20],
  [60, 20],
])(
  'in %i columns the overview of %i nodes keeps state, worst age and errors, and each row its width',
  (width, count) => {
    const {head, lines} = overviewTable(
      Array.from({length: count}, (_, i) => rowOf(i)),
      width,
    );
    expect(cellWidth(head)).toBe(width);
    for (const word of ['state', 'worst age', 'errors/m']) expect(head).toContain(word);
    for (const {before, state, after} of lines) expect(cellWidth(before + state + after)).toBeLessThanOrEqual(width);
    if (count > 2) expect(lines[2]?.state).toContain('crash loop');
    // Only where a clock is off; a row whose clock is right has nothing there.
    expect(head.includes('clock')).toBe(count > 1 && width > 60);
    if (count > 1 && width > 60)
      expect(lines.map(({after}) => after.slice(0, 12).trim()).slice(0, 2)).toEqual(['', '+5 m']);
    if (count > 2 && width > 60) expect(lines[2]?.after).toMatch(/^ +-1 m 30 s /);
    if (count > 1) expect(lines[1]?.before).toMatch(/^\*/);
  },
);
