import {expect, test} from 'vitest';
import {JournalModel} from '../../../src/model/journal/journal-model.ts';
import {MergedJournal, type MergedPart} from '../../../src/model/journal/merged-journal.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const startMs = Date.UTC(2026, 0, 2, 12);

function journalOf(...lines: readonly (readonly [atS: number, message: string])[]): JournalModel {
  const journal = new JournalModel({
    ...{scrollback: 100, units: ['kubelet'], kubeletUnit: 'kubelet', watched: () => []},
    ...{grep: null, exclude: [], severity: null, contextLines: 0, fold: false, elapsedMs: () => 0},
  });
  write(journal, ...lines);
  return journal;
}

function write(journal: JournalModel, ...lines: readonly (readonly [atS: number, message: string])[]): void {
  const entry = {cursor: 'c', pid: 1, priority: 6, unit: 'kubelet.service', identifier: 'kubelet'};
  const entries = lines.map(([atS, message]) => ({...entry, at: nodeMs(startMs + atS * 1000), message}));
  journal.apply({type: 'journal', entries});
}

const part = (name: string, journal: JournalModel, aheadMs = 0): MergedPart => ({
  name,
  lines: journal.shownLines,
  aheadMs,
});
const size = {width: 80, height: 3};
const texts = (merged: MergedJournal, parts: readonly MergedPart[], height = size.height) =>
  merged.view(parts, {...size, height}).rows.map(({spans}) =>
    spans
      .map(({text}) => text)
      .join('')
      .replaceAll(/\d\d:\d\d:\d\d(\.\d+)? I /g, ''),
  );

test('lines of several nodes stand by time, each with its node, a clock that is five minutes off set right', () => {
  const [a, b] = [journalOf([1, 'one'], [3, 'three']), journalOf([302, 'two'], [304, 'four'])];
  const merged = new MergedJournal();
  const parts = [part('a', a), part('worker-b', b, 300_000)];
  expect(texts(merged, parts, 10)).toEqual(['a        one', 'worker-b two', 'a        three', 'worker-b four']);
  const times = merged.view(parts, {width: 80, height: 10}).rows.map(({spans}) => spans[1]?.text);
  const at = (s: number) => new Date(startMs + s * 1000).toTimeString().slice(0, 8);
  expect(times).toEqual([at(1), at(2), at(3), at(4)]);
});

test('what is filtered out in a tab is not among the lines of all', () => {
  const a = journalOf([1, 'SyncLoop ADD'], [2, 'noise']);
  a.filter.setGrep('SyncLoop');
  expect(texts(new MergedJournal(), [part('a', a), part('b', journalOf([3, 'other']))])).toEqual([
    'a    SyncLoop ADD',
    'b    other',
  ]);
});

test('scrolled up it stands still while lines come, and down at the newest it follows again', () => {
  const [a, b] = [journalOf([1, 'a1'], [3, 'a3'], [5, 'a5']), journalOf([2, 'b2'], [4, 'b4'])];
  const merged = new MergedJournal();
  const parts = () => [part('a', a), part('b', b)];
  merged.view(parts(), size);
  merged.move(parts(), -1);
  const stood = ['b    b2', 'a    a3', 'b    b4'];
  expect(texts(merged, parts())).toEqual(stood);
  write(b, [6, 'b6']);
  expect(texts(merged, parts())).toEqual(stood);
  // Further up than there is to see: the oldest stay in the picture.
  merged.move(parts(), -50);
  expect(texts(merged, parts())).toEqual(['a    a1', 'b    b2', 'a    a3']);
  merged.move(parts(), 1);
  expect(texts(merged, parts())).toEqual(stood);
  expect(merged.paused).toBe(true);
  merged.move(parts(), 50);
  expect(merged.paused).toBe(false);
  expect(texts(merged, parts())).toEqual(['b    b4', 'a    a5', 'b    b6']);
  merged.home(parts());
  expect(texts(merged, parts())).toEqual(['a    a1', 'b    b2', 'a    a3']);
});

test('matching lines that are written while nobody looks are counted, older ones that are read late are not', () => {
  const journal = journalOf();
  journal.filter.setGrep('x');
  journal.lookAway(localMs(startMs));
  write(journal, [-60, 'x of before'], [1, 'x'], [2, 'other'], [3, 'x']);
  expect(journal.unseen).toBe(2);
  journal.lookAt();
  expect(journal.unseen).toBe(0);
  journal.lookAway(localMs(startMs + 3500));
  write(journal, [4, 'x']);
  expect(journal.unseen).toBe(1);
});

test('a cgroup is shown as the pod that it is, as in the tab of its node', () => {
  const uid = '5f15305d-fad9-459e-9754-837cd3e9e246';
  const journal = journalOf([1, `housekeeping /kubepods/burstable/pod${uid} took 3ms`]);
  const merged = new MergedJournal();
  expect(texts(merged, [part('a', journal)])[0]).toContain('/kubepods/');
  const answer = {kind: 'pods', pods: [{namespace: 'default', name: 'web', uid, labels: {}, containers: []}]} as const;
  journal.apply({type: 'pods', at: localMs(0), answer});
  expect(texts(merged, [part('a', journal)])).toEqual(['a    housekeeping web took 3ms']);
});
