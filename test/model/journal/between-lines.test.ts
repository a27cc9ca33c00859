import {describe, expect, it} from 'vitest';
import type {JournalEntry, Sample} from '../../../src/model/event.ts';
import {JournalModel, type JournalModelOptions} from '../../../src/model/journal/journal-model.ts';
import {exportText, isRule} from '../../../src/model/journal/line.ts';
import {compilePattern, type LinePattern} from '../../../src/model/journal/pattern.ts';
import {TickWatch} from '../../../src/model/journal/tick-watch.ts';
import {nodeTarget, systemTarget, type Target} from '../../../src/model/target.ts';
import {SampleMarks, type UnmarkedSample} from '../../../src/model/sample-marks.ts';
import {localMs, nodeMs, sameClock} from '../../../src/model/time.ts';

const start = Date.UTC(2026, 10, 23, 20);
const atS = (second: number) => start + second * 1000;
const tall = {width: 100, height: 30};

function model(options: Partial<JournalModelOptions> = {}): JournalModel {
  const patterns = {grep: null, exclude: [], severity: null, contextLines: 0, fold: true};
  const rest = {units: ['kubelet'], kubeletUnit: 'kubelet', watched: () => [], elapsedMs: () => 0};
  return new JournalModel({scrollback: 1000, ...patterns, ...rest, ...options});
}

function pattern(source: string): LinePattern {
  const result = compilePattern(source);
  if (!result.ok) throw new Error(result.problem);
  return result.pattern;
}

function entry(second: number, message: string, fields: Partial<JournalEntry> = {}): JournalEntry {
  const kubelet = {unit: 'kubelet.service', identifier: 'kubelet', pid: 7, priority: 6};
  return {cursor: `i=${second}${message}`, at: nodeMs(atS(second)), ...kubelet, message, ...fields};
}

const tell = (journal: JournalModel, second: number, ...messages: string[]) =>
  journal.apply({type: 'journal', entries: messages.map((message) => entry(second, message))});

/** Lines a second apart from second 0 on. */
const tellEach = (journal: JournalModel, messages: readonly string[]) =>
  messages.forEach((message, second) => tell(journal, second, message));

const sampleOf = (target: Target, second: number, fields: Partial<Sample> = {}): UnmarkedSample => ({
  target,
  at: nodeMs(atS(second)),
  precision: 'ms',
  ...{usageCoreNanoSeconds: 0, usageNanoCores: 0, workingSetBytes: 0, fingerprint: '', startedAt: null, uid: null},
  ...fields,
});

/** What the polls of a model have shown. */
const marks = new WeakMap<JournalModel, SampleMarks>();

const poll = (journal: JournalModel, second: number, ...unmarked: UnmarkedSample[]) => {
  const seen = marks.get(journal) ?? new SampleMarks();
  marks.set(journal, seen);
  const samples = seen.mark(unmarked);
  journal.apply({
    type: 'poll',
    poll: {sentAt: localMs(atS(second - 0.02)), receivedAt: localMs(atS(second)), samples, problems: []},
  });
};

/** What is in the rows, without times, counts kept. */
const rowsOf = (journal: JournalModel, size = tall) =>
  journal.view(size).rows.map(({spans}) =>
    spans
      .map(({text}) => text)
      .join('')
      .replace(/^.(?:\d\d:){2}\d\d\.\d{3} [IWEF] /, '')
      .replace(/^ ── [\d:]+ (.*?) ─+$/, '# $1')
      .trim(),
  );

const pod = (name: string, namespace = 'default'): Target => ({namespace, pod: name, container: null});

describe('ticks between the lines', () => {
  it('have a name, whatever is watched', () => {
    const app = {...pod('web'), container: 'app'};
    const watched = [nodeTarget, systemTarget('pods'), pod('web'), pod('web', 'other'), pod('db'), app];
    const journal = model({watched: () => watched});
    poll(journal, 1, ...watched.map((target) => sampleOf(target, 0)));
    poll(journal, 13, ...watched.map((target, i) => sampleOf(target, 10 + i / 10)));
    expect(rowsOf(journal, {width: 140, height: 30})).toEqual([
      '# tick  @node ← 10.0 s · @pods ← 10.1 s · default/web ← 10.2 s · other/web ← 10.3 s · db ← 10.4 s · default/web/app ← 10.5 s',
    ]);
    expect(rowsOf(journal)).toEqual(['# tick  3 more · other/web ← 10.3 s · db ← 10.4 s · default/web/app ← 10.5 s']);
    journal.filter.toggleFold();
    expect(rowsOf(journal)).toEqual([
      '# housekeeping @node, 10.0 s after the last',
      '# housekeeping @pods, 10.1 s after the last',
      '# housekeeping default/web, 10.2 s after the last',
      '# housekeeping other/web, 10.3 s after the last',
      '# housekeeping db, 10.4 s after the last',
      '# housekeeping default/web/app, 10.5 s after the last',
    ]);
  });

  it('share a row, each target with its newest tick and how many there were', () => {
    const watched = [pod('a'), pod('b')];
    const journal = model({watched: () => watched});
    const samples = [sampleOf(pod('a'), 0), sampleOf(pod('b'), 0)];
    poll(journal, 1, ...samples);
    for (const [second, index] of [
      [10, 0],
      [11, 1],
      [21, 0],
      [25, 1],
      [31, 0],
    ] as const) {
      samples[index] = sampleOf(pod(index === 0 ? 'a' : 'b'), second);
      poll(journal, second + 0.5, ...samples);
    }
    expect(rowsOf(journal)).toEqual(['# tick  b ← 14.0 s ×2 · a ← 10.0 s ×3']);
    expect([...journal.linesOnScreen()].map(exportText).filter((text) => text.includes('housekeeping'))).toHaveLength(
      5,
    );
    journal.filter.toggleFold();
    expect(rowsOf(journal)).toHaveLength(5);
  });

  it('stand where their time puts them, above lines that came before the poll and below lines that came after it', () => {
    const journal = model({watched: () => [pod('a')]});
    poll(journal, 1, sampleOf(pod('a'), 0));
    tellEach(journal, ['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
    poll(journal, 5, sampleOf(pod('a'), 2.5));
    expect(rowsOf(journal)).toEqual(['line 0', 'line 1', 'line 2', '# tick  a ← 2.5 s', 'line 3', 'line 4']);
    poll(journal, 15.1, sampleOf(pod('a'), 15));
    tell(journal, 14.9, 'on its way');
    tell(journal, 15.2, 'later');
    expect(rowsOf(journal).slice(-3)).toEqual(['on its way', '# tick  a ← 12.5 s', 'later']);
    const written = [...journal.matchingLines()].map(exportText);
    expect(written.map((text) => text.replace(/^# \S+ (\w+).*/, '# $1')).slice(2, 5)).toEqual([
      'line 2',
      '# housekeeping',
      'line 3',
    ]);
    expect([...journal.linesOnScreen()].map(exportText)).toEqual(written);
  });

  it('are none where the runtime was asked at each request, and are told late rather than wrongly', () => {
    const journal = model({watched: () => [pod('a')]});
    journal.apply({type: 'clock', offset: {aheadMs: 0, uncertaintyMs: 1}});
    for (const second of [1, 2, 3, 4]) poll(journal, second, sampleOf(pod('a'), second - 0.01));
    poll(journal, 5, sampleOf(pod('a'), 3.99));
    poll(journal, 6, sampleOf(pod('a'), 3.99));
    poll(journal, 7, sampleOf(pod('a'), 6.99));
    expect(rowsOf(journal)).toEqual(['# tick  a ← 1.0 s']);
    poll(journal, 8, sampleOf(pod('a'), 6.99));
    expect(rowsOf(journal)).toEqual(['# tick  a ← 3.0 s ×2']);
  });

  it.each([
    [3600, [13_000, null, 13_000, 13_000]],
    [-90, [13_000, 13_000, null, 13_000]],
  ])('have no wait across a clock that was set by %i s and back', (setS, waits) => {
    const marked = new SampleMarks();
    const watch = new TickWatch();
    const ticks = [0, 13, 26 + setS, 39 + setS, 52, 65].flatMap((second, i) => {
      const at = atS(13 * i + 1);
      const samples = marked.mark([sampleOf(pod('a'), second)]);
      return watch.observe(
        {sentAt: localMs(at - 20), receivedAt: localMs(at), samples, problems: []},
        [pod('a')],
        sameClock,
      );
    });
    expect(ticks.map(({waitMs}) => waitMs)).toEqual(waits);
  });

  it('are one, not two, where the second of a sample is known before its millisecond', () => {
    const journal = model({watched: () => [pod('a')]});
    poll(journal, 1, sampleOf(pod('a'), 0));
    poll(journal, 14, sampleOf(pod('a'), 12, {precision: 's'}));
    poll(journal, 15, sampleOf(pod('a'), 12.891));
    expect(rowsOf(journal)).toEqual(['# tick  a ← 12.0 s']);
  });

  it('leave the journal most of the pane, however many pods are watched', () => {
    const watched = Array.from({length: 110}, (_, i) => pod(`pod-${i}`));
    const journal = model({watched: () => watched});
    tell(journal, 0, ...Array.from({length: 30}, (_, i) => `line ${i}`));
    poll(journal, 1, ...watched.map((target) => sampleOf(target, 0)));
    poll(journal, 12, ...watched.map((target, i) => sampleOf(target, 10 + i / 100)));
    const rows = rowsOf(journal, {width: 100, height: 15});
    expect(rows.filter((row) => row.startsWith('line'))).toHaveLength(14);
    expect(rows.at(-1)).toBe('# tick  107 more · pod-107 ← 11.1 s · pod-108 ← 11.1 s · pod-109 ← 11.1 s');
    journal.filter.toggleFold();
    const each = rowsOf(journal, {width: 100, height: 15});
    expect(each.filter((row) => row.startsWith('line'))).toHaveLength(1);
    expect(each[1]).toBe('# 97 more housekeeping ticks before');
    expect(each.at(-1)).toBe('# housekeeping pod-109, 11.1 s after the last');
  });
});

describe('context', () => {
  const messages = [
    'a',
    'noise 1',
    'b',
    'hit 1',
    'noise 2',
    'c',
    'd',
    'e',
    'noise 3',
    'hit 2',
    'f',
    'g',
    'noise',
    'hit 3',
  ];

  it('never brings back what is excluded, and parts groups that do not touch, whichever way lines come', () => {
    const criteria = {grep: pattern('hit'), exclude: [pattern('noise')], contextLines: 1};
    const expected = ['b', 'hit 1', 'c', '--', 'e', 'hit 2', 'f', 'g', 'hit 3'];
    const live = model(criteria);
    for (const [second, message] of messages.entries()) {
      tell(live, second, message);
      live.view(tall);
    }
    expect(rowsOf(live)).toEqual(expected);
    const changed = model({...criteria, grep: null});
    tellEach(changed, messages);
    changed.filter.setGrep('hit');
    expect(rowsOf(changed)).toEqual(expected);
    // Lines between that are all excluded leave nothing out: the groups touch.
    expect([...changed.matchingLines()].map(exportText)).toEqual(expected.filter((text) => text !== '--'));
  });

  it('is not parted without context, and no search or mark ends on what parts it', () => {
    const journal = model({grep: pattern('hit'), exclude: [pattern('noise')], contextLines: 0});
    tellEach(journal, messages);
    expect(rowsOf(journal)).toEqual(['hit 1', 'hit 2', 'hit 3']);
    journal.filter.nextContext();
    rowsOf(journal);
    expect(journal.setSearch('.')).toBeNull();
    const seen = Array.from({length: 9}, () => (journal.searchNext(-1), journal.currentEntry?.message));
    expect(seen).toEqual(['g', 'f', 'hit 2', 'e', 'c', 'hit 1', 'b', 'hit 3', 'g']);
    const current = journal.view(tall).rows.filter((row) => row.current);
    expect(current).toHaveLength(1);
  });
});

describe('a search', () => {
  it('says which of the matches it is at, and when it went round', () => {
    const journal = model();
    tellEach(journal, ['x 0', 'y', 'x 1', 'y', 'x 2']);
    rowsOf(journal);
    expect(journal.setSearch('x')).toBeNull();
    expect(journal.searchNote).toBe('match 3/3');
    expect(journal.searchNext(-1)).toBe('match 2/3');
    expect(journal.searchNext(-1)).toBe('match 1/3');
    expect(journal.searchNext(-1)).toBe('match 3/3, wrapped to the newest lines');
    expect(journal.searchNext(1)).toBe('match 1/3, wrapped to the oldest lines');
  });
});

describe('marks', () => {
  it('go with their lines, and say where they are on lines that are hidden', () => {
    const journal = model({scrollback: 10});
    tellEach(journal, ['keep', 'other']);
    rowsOf(journal);
    journal.home();
    journal.toggleMark();
    journal.filter.addExclude('keep');
    expect(journal.nextMark()).toBe('1 mark, on lines that are hidden');
    tellEach(
      journal,
      Array.from({length: 20}, (_, i) => `more ${i}`),
    );
    journal.filter.addExclude('');
    expect(journal.nextMark()).toBe('no line is marked');
  });
});

describe('repeats', () => {
  it('are folded only where pod, uid and container are the same', () => {
    const klog = (time: string, text: string) => `I1123 20:07:${time}    1546 container.go:571] ${text}`;
    const tick = (uid: string) => `BJOSV housekeeping container="/kubepods/burstable/pod${uid}" interval=10s`;
    const journal = model();
    tellEach(journal, [
      klog('44.858588', tick('79da9de6')),
      klog('45.858588', tick('79da9de6')),
      klog('46.858588', tick('1a90152e')),
      klog('47.858588', tick('79da9de6')),
    ]);
    expect(rowsOf(journal, {width: 140, height: 9}).map((row) => row.replace(/BJOSV.*pod(\w+).*/, '$1'))).toEqual([
      expect.stringMatching(/×2 .*79da9de6$/),
      expect.stringMatching(/1a90152e$/),
      expect.stringMatching(/79da9de6$/),
    ]);
    const two = model();
    two.apply({type: 'journal', entries: [entry(1, 'same'), entry(2, 'same', {identifier: 'other'})]});
    expect(rowsOf(two)).toHaveLength(2);
  });
});

it('puts no rule below a later line, whatever comes when', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const watched = [pod('a'), pod('b'), nodeTarget];
  for (let round = 0; round < 20; round += 1) {
    const journal = model({
      watched: () => watched,
      fold: random() < 0.5,
      grep: random() < 0.5 ? pattern('[0-4]$') : null,
    });
    const at = watched.map(() => 0);
    const late: JournalEntry[] = [];
    for (let second = 0; second < 60; second += 0.5) {
      late.push(entry(second, `line ${Math.floor(second)}`));
      if (random() < 0.4) journal.apply({type: 'journal', entries: late.splice(0)});
      if (random() < 0.3) {
        at.forEach((sampled, i) => {
          if (random() < 0.5) at[i] = sampled + random() * (second - sampled);
        });
        poll(journal, second + 0.1, ...watched.map((target, i) => sampleOf(target, at[i] ?? 0)));
      }
      if (random() < 0.2) journal.view(tall);
    }
    journal.apply({type: 'journal', entries: late});
    const lines = [...journal.matchingLines()];
    expect(lines.some(isRule)).toBe(true);
    expect(lines.map((line) => line.at)).toEqual(lines.map((line) => line.at).sort((x, y) => x - y));
  }
});
