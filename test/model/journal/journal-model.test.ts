import {describe, expect, it} from 'vitest';
import type {CommandStep, Event, JournalEntry, Sample} from '../../../src/model/event.ts';
import {headline} from '../../../src/model/journal/headline.ts';
import {JournalModel, type JournalModelOptions} from '../../../src/model/journal/journal-model.ts';
import {exportText} from '../../../src/model/journal/line.ts';
import {compilePattern, type LinePattern} from '../../../src/model/journal/pattern.ts';
import {spansWidth} from '../../../src/model/draw/span.ts';
import {localMs, nodeMs, type NodeMs} from '../../../src/model/time.ts';

const start = Date.UTC(2026, 10, 23, 20, 7, 44);
const size = {width: 100, height: 5};

let number = 0;
function entry(message: string, fields: Partial<JournalEntry> = {}): JournalEntry {
  number += 1;
  const at = nodeMs(start + number * 1000);
  const kubelet = {unit: 'kubelet.service', identifier: 'kubelet', pid: 7, priority: 6};
  return {cursor: `s=a;i=${number}`, at, ...kubelet, message, ...fields};
}

function model(options: Partial<JournalModelOptions> = {}): JournalModel {
  number = 0;
  const patterns = {grep: null, exclude: [], severity: null, contextLines: 0, fold: true};
  const rest = {units: ['kubelet'], kubeletUnit: 'kubelet', watched: () => [], elapsedMs: () => 0};
  return new JournalModel({scrollback: 1000, ...patterns, ...rest, ...options});
}

function pattern(source: string): LinePattern {
  const result = compilePattern(source);
  if (!result.ok) throw new Error(result.problem);
  return result.pattern;
}

const tell = (journal: JournalModel, ...messages: string[]) =>
  journal.apply({type: 'journal', entries: messages.map((message) => entry(message))});

const textOf = (journal: JournalModel, of = size) =>
  journal.view(of).rows.map((row) => row.spans.map((span) => span.text).join(''));
/** Only what was logged, without gutter, time and severity. */
const bodies = (journal: JournalModel, of = size) =>
  textOf(journal, of).map((text) => text.replace(/^.{13,} [IWEF] /, ''));

const counted = (count: number) => Array.from({length: count}, (_, index) => `line ${index}`);

describe('the journal pane', () => {
  it('shows the newest lines at the bottom', () => {
    const journal = model();
    tell(journal, ...counted(20));
    expect(bodies(journal)).toEqual(['line 15', 'line 16', 'line 17', 'line 18', 'line 19']);
  });

  it('pauses the view, not the reading: counts what is new, filters, and goes back with End', () => {
    const journal = model();
    tell(journal, ...counted(20));
    textOf(journal);
    journal.move(-1);
    tell(journal, 'new a', 'new b');
    expect(bodies(journal)).toEqual(['line 15', 'line 16', 'line 17', 'line 18', 'line 19']);
    expect(journal.summary.fresh).toBe(2);
    journal.filter.setGrep('new a|line 1[57]');
    expect(bodies(journal)).toEqual(['line 15', 'line 17', 'new a']);
    expect(journal.summary.fresh).toBe(1);
    journal.end();
    expect(journal.summary.fresh).toBeNull();
    expect(bodies(journal).at(-1)).toBe('new a');
  });

  it('keeps the line in its place while lines come and go above and below', () => {
    const journal = model({scrollback: 100});
    tell(journal, ...counted(50));
    textOf(journal);
    journal.page(-1);
    journal.page(-1);
    const before = bodies(journal);
    tell(journal, ...counted(60).map((text) => `more ${text}`));
    expect(bodies(journal)).toEqual(before);
    tell(journal, ...counted(100).map((text) => `even more ${text}`));
    expect(bodies(journal)[0]).toBe('even more line 0');
  });

  it('scrolls by lines and pages to both ends', () => {
    const journal = model();
    tell(journal, ...counted(20));
    textOf(journal);
    journal.home();
    expect(bodies(journal)[0]).toBe('line 0');
    journal.page(1);
    expect(journal.currentEntry?.message).toBe('line 4');
    for (let page = 0; page < 10; page++) journal.page(1);
    expect(journal.summary.fresh).toBeNull();
  });

  it('refuses a bad pattern and keeps the old one', () => {
    const journal = model({grep: pattern('line')});
    tell(journal, 'line', 'other');
    expect(journal.previewGrep('(')).toEqual({note: 'missing closing ): (', bad: true});
    expect(journal.filter.setGrep('(')).toContain('missing closing');
    expect(journal.summary).toMatchObject({grep: 'line', matched: 1, held: 2, seen: 2});
    expect(journal.previewGrep('oth')).toEqual({note: '1 of 2 match', bad: false});
    expect(journal.filter.setGrep('oth')).toBeNull();
    expect(bodies(journal)).toEqual(['other']);
  });

  it('searches without filtering, older first, and wraps around', () => {
    const journal = model();
    tell(journal, 'a pod', 'b', 'c pod', 'd');
    textOf(journal);
    expect(journal.setSearch('pod')).toBeNull();
    expect(journal.currentEntry?.message).toBe('c pod');
    journal.searchNext(-1);
    expect(journal.currentEntry?.message).toBe('a pod');
    journal.searchNext(-1);
    expect(journal.currentEntry?.message).toBe('c pod');
    expect(journal.setSearch('nowhere')).toBe('no line matches nowhere');
    expect(textOf(journal)).toHaveLength(4);
  });

  it('goes to a time and to marks', () => {
    const journal = model();
    tell(journal, ...counted(30));
    textOf(journal);
    expect(journal.jump('-10s', localMs(start + 30_000))).toBeNull();
    expect(journal.currentEntry?.message).toBe('line 19');
    journal.toggleMark();
    journal.home();
    expect(journal.nextMark()).toBeNull();
    expect(journal.currentEntry?.message).toBe('line 19');
    expect(journal.jump('noon', localMs(start))).toContain('14:00, 14:00:05, yesterday 14:00');
    expect(journal.jump('-10s', localMs(start + 90_000))).toBe('there is no line as new as that');
    expect(journal.currentEntry?.message).toBe('line 19');
    expect(journal.jumpNote).toBeNull();
    expect(journal.jump('-1h', localMs(start + 30_000))).toBeNull();
    expect(journal.jumpNote).toMatch(/^nothing older than \d\d-\d\d \d\d:\d\d:\d\d is here$/);
  });

  it('draws restarts, gaps, clearing, suppressed lines and ticks as rules', () => {
    const target = {namespace: 'default', pod: 'web', container: 'app'};
    const journal = model({watched: () => [target]});
    const systemd = {identifier: 'systemd', pid: 1};
    const sample = (at: number): Sample => ({
      target,
      at: nodeMs(at),
      precision: 'ms',
      usageCoreNanoSeconds: 0,
      usageNanoCores: 0,
      workingSetBytes: 0,
      fingerprint: '',
      startedAt: null,
      uid: null,
      novelty: 'new',
    });
    const poll = (at: number) => ({sentAt: localMs(at), receivedAt: localMs(at), samples: [sample(at)], problems: []});
    tell(journal, 'before');
    journal.apply({type: 'journal-gap', at: localMs(start), after: null, reason: 'they are gone', atMost: 12});
    journal.apply({
      type: 'journal',
      entries: [
        entry('Stopping kubelet.service - kubelet...', systemd),
        entry('Started kubelet.service - kubelet.', systemd),
        entry('Suppressed 218 messages from kubelet.service', {identifier: 'systemd-journald'}),
      ],
    });
    journal.apply({type: 'poll', poll: poll(start)});
    journal.apply({type: 'poll', poll: poll(start + 12_345)});
    const shown = textOf(journal, {width: 100, height: 20}).join('\n');
    expect(shown).toContain('gap: up to 12 entries (of all units) missing, they are gone');
    expect(shown).toContain('kubelet started, 1000 ms after it stopped');
    expect(shown).toContain('Suppressed 218 messages from kubelet.service');
    expect(shown).toContain('tick  web/app ← 12.3 s ─');
    journal.filter.toggleTicks();
    expect(textOf(journal, {width: 100, height: 20}).join('\n')).not.toContain('tick');
    journal.apply({
      type: 'command',
      at: localMs(start),
      command: 'clear',
      step: {kind: 'done', line: 'journal cleared'},
    });
    journal.apply({type: 'journal-gap', at: localMs(start), after: null, reason: 'cleared', atMost: 3});
    expect(textOf(journal).join('\n')).toMatch(/^.── \S+ journal cleared ─+$/);
    expect(journal.summary.seen).toBe(0);
  });

  it('keeps the lines that the node still has after a clearing, and all of them where it failed', () => {
    const journal = model();
    const clear = (step: CommandStep) => journal.apply({type: 'command', at: localMs(start), command: 'clear', step});
    tell(journal, 'of before', 'read after the rotate');
    clear({kind: 'failed', failure: {tried: 'journalctl', problem: 'read-only', next: null}});
    expect(bodies(journal).slice(0, 2)).toEqual(['of before', 'read after the rotate']);
    clear({kind: 'done', line: 'journal cleared', keptSince: nodeMs(start + 2000)});
    const shown = textOf(journal).join('\n');
    expect(shown).not.toContain('of before');
    expect(shown).toMatch(/journal cleared.*\n.*read after the rotate/);
    expect(journal.summary).toMatchObject({held: 1, seen: 1});
  });

  it('tells whole what failed and what to type next, in a narrow pane in several rows', () => {
    const journal = model();
    const next = 'ktop --via ssh --ssh root@10.0.0.7 --node worker-with-a-long-name clear';
    const failure = {tried: 'journalctl --rotate', problem: 'no permission to write there', next};
    journal.apply({type: 'command', at: localMs(start), command: 'clear', step: {kind: 'failed', failure}});
    const rows = textOf(journal, {width: 60, height: 20}).filter((row) => row.trim() !== '');
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.map((row) => row.replace(/ ─+$/, '').trim()).join(' ')).toMatch(
      `clear failed: journalctl --rotate: no permission to write there — try: ${next}`,
    );
  });

  it('misses nothing of what was cleared, however late the gap is told', () => {
    const journal = model();
    const [before, after] = [entry('before'), entry('after')];
    const gapAfter = (at: NodeMs, atMost: number): Event => ({
      type: 'journal-gap',
      at: localMs(start),
      after: at,
      reason: 'they are gone',
      atMost,
    });
    journal.apply({type: 'journal', entries: [before]});
    journal.apply({
      type: 'command',
      at: localMs(start),
      command: 'clear',
      step: {kind: 'done', line: 'journal cleared'},
    });
    journal.apply({type: 'journal', entries: [after]});
    journal.apply(gapAfter(before.at, 7));
    journal.apply(gapAfter(after.at, 8));
    const shown = textOf(journal, {width: 100, height: 20}).join('\n');
    expect(shown).not.toContain('up to 7 entries');
    expect(shown).toContain('up to 8 entries');
  });

  it('folds ticks with nothing between them into one rule, and writes each of them to a file', () => {
    const target = {namespace: 'default', pod: 'web', container: 'app'};
    const tickAt = (seconds: number) => {
      const at = start + seconds * 1000;
      const counted = {usageCoreNanoSeconds: 0, usageNanoCores: 0, workingSetBytes: 0, fingerprint: ''};
      const told = {startedAt: null, uid: null, novelty: 'new'} as const;
      const sample: Sample = {target, at: nodeMs(at), precision: 'ms', ...counted, ...told};
      return {sentAt: localMs(at), receivedAt: localMs(at), samples: [sample], problems: []};
    };
    const journal = model({watched: () => [target], grep: pattern('sync')});
    const ticks = (...seconds: readonly number[]) => {
      for (const second of seconds) journal.apply({type: 'poll', poll: tickAt(second)});
    };
    const tellAt = (second: number, message: string) =>
      journal.apply({type: 'journal', entries: [entry(message, {at: nodeMs(start + second * 1000)})]});
    ticks(0, 10, 20);
    tellAt(21, 'hidden');
    ticks(33);
    tellAt(34, 'sync');
    ticks(45);
    expect(textOf(journal, {width: 90, height: 9}).map((row) => row.replace(/\d\d:\d\d:\d\d/, ''))).toEqual([
      expect.stringMatching(/── {2}tick {2}web\/app ← 13.0 s ×3 ─/),
      expect.stringContaining('sync'),
      expect.stringMatching(/── {2}tick {2}web\/app ← 12.0 s ─/),
    ]);
    const written = [...journal.matchingLines()].map(exportText);
    expect(written.map((text) => text.replace(/^# \S+ /, ''))).toEqual([
      'housekeeping web/app, 10.0 s after the last',
      'housekeeping web/app, 10.0 s after the last',
      'housekeeping web/app, 13.0 s after the last',
      'sync',
      'housekeeping web/app, 12.0 s after the last',
    ]);
    // The same from the newest down, as a filter that was changed does it.
    const before = textOf(journal, {width: 90, height: 9});
    journal.filter.toggleFold();
    expect(textOf(journal, {width: 90, height: 9})).toHaveLength(5);
    journal.filter.toggleFold();
    expect(textOf(journal, {width: 90, height: 9})).toEqual(before);
  });

  it('tells what is on the screen from all that matches', () => {
    const journal = model({grep: pattern('n=')});
    tell(journal, 'n=1', 'other', 'n=2', 'n=3', 'n=4');
    textOf(journal, {width: 80, height: 2});
    expect([...journal.linesOnScreen()].map(exportText)).toEqual(['n=3', 'n=4']);
    expect([...journal.matchingLines()].map(exportText)).toEqual(['n=1', 'n=2', 'n=3', 'n=4']);
    journal.move(-1);
    journal.toggleDetail();
    textOf(journal, {width: 80, height: 2});
    expect([...journal.linesOnScreen()].map(exportText)).toEqual(['n=3']);
  });

  it('folds repeats into a count that can be turned off', () => {
    const journal = model();
    tell(journal, 'same', 'same', 'same', 'other');
    expect(textOf(journal)[0]).toMatch(/×3 same$/);
    expect(journal.summary.matched).toBe(4);
    journal.filter.toggleFold();
    expect(bodies(journal)).toEqual(['same', 'same', 'same', 'other']);
    expect([...journal.matchingLines()].map(exportText)).toEqual(['same', 'same', 'same', 'other']);
  });

  it('cuts a huge line with a mark, keeps it whole for copy and file', () => {
    const journal = model();
    const huge = `begin ${'x'.repeat(48_000)} end`;
    tell(journal, huge);
    journal.toggleWrap();
    expect(textOf(journal, {width: 100, height: 100}).join('')).toContain('…+43 KB');
    expect(journal.currentEntry?.message).toBe(huge);
    expect([...journal.matchingLines()].map(exportText)).toEqual([huge]);
  });

  it('never draws a row wider than the pane, wrapped or scrolled, whatever the text', () => {
    const journal = model();
    const texts = ['容器'.repeat(90), '👩‍👧 '.repeat(60), 'e\u0301'.repeat(200), 'a\tb\tc'.repeat(40), 'x'.repeat(300)];
    tell(journal, ...texts, ...texts.map((text) => `I1123 20:07:44.858588    1546 a.go:1] "${text}" key="${text}"`));
    for (const width of [60, 61, 100]) {
      for (const step of [() => undefined, () => journal.sideways(21), () => journal.toggleWrap()]) {
        step();
        for (const row of journal.view({width, height: 40}).rows)
          expect(spansWidth(row.spans)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('shows one line with all its pairs, nothing hidden', () => {
    const journal = model();
    tell(
      journal,
      'I1123 20:07:44.858588    1546 kubelet.go:2412] "Event for \x1b[31mpod" pod="kube-system/x" event={"ID":"5f"}',
      '{"ts":1.5,"caller":"a/b.go:7","msg":"JSON logging","pod":{"name":"y"},"err":"broken"}',
    );
    textOf(journal);
    journal.toggleDetail();
    const json = textOf(journal, {width: 80, height: 40});
    expect(json.join('\n')).toMatch(/severity +error/);
    expect(json).toContain('pod          {"name":"y"}');
    expect(json).toContain('source       a/b.go:7');
    journal.toggleDetail();
    journal.move(-1);
    journal.toggleDetail();
    const klog = textOf(journal, {width: 80, height: 40});
    expect(klog).toContain('pod          kube-system/x');
    expect(klog).toContain('event        {"ID":"5f"}');
    expect(klog.join('\n')).toContain('␛[31m');
  });

  it('says how to see the rest of a line that is longer than the pane, until it is seen', () => {
    const names: Record<string, string> = {back: 'escape', 'journal.down': 'down'};
    const journal = model({keys: (name) => names[name] ?? null});
    tell(journal, 'I1123 20:07:44.858588    1546 kubelet.go:2412] "SyncLoop ADD" source="api"');
    journal.toggleDetail();
    expect(journal.view({width: 60, height: 6}).leave).toBe(', escape closes, down for more');
    journal.move(100);
    expect(journal.view({width: 60, height: 6}).leave).toBe(', escape closes');
  });

  it('says where the stream stands and how old the newest line is', () => {
    const journal = model({grep: pattern('pod')});
    const saysAt = (seconds: number) => headline(journal.summary, nodeMs(start + seconds * 1000));
    expect(saysAt(0)).toMatchObject({left: '/pod/ 0 lines', right: 'connecting'});
    journal.apply({type: 'journal-stream', state: {kind: 'following', since: localMs(start)}});
    tell(journal, 'pod', 'other');
    expect(saysAt(3)).toEqual({left: '/pod/ 1 of 2 lines', right: 'following', tone: 'good', notes: []});
    expect(saysAt(14).right).toBe('following · last line 12 s ago');
    journal.pause();
    expect(saysAt(14)).toMatchObject({right: 'paused · last line 12 s ago', tone: 'warning'});
    journal.resume();
    const failure = {tried: 'docker exec', problem: 'the \x1b[2Jconnection was lost', next: null};
    journal.apply({type: 'journal-stream', state: {kind: 'reconnecting', since: localMs(start), attempt: 2, failure}});
    expect(saysAt(3)).toMatchObject({right: 'reconnecting (try 2): the connection was lost', tone: 'warning'});
  });
});
