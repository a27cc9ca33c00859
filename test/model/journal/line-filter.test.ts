import {describe, expect, it} from 'vitest';
import type {JournalEntry} from '../../../src/model/event.ts';
import {LineFilter, type Criteria} from '../../../src/model/journal/line-filter.ts';
import {compilePattern, type LinePattern} from '../../../src/model/journal/pattern.ts';
import {LineRing} from '../../../src/model/journal/ring.ts';
import {nodeMs} from '../../../src/model/time.ts';

function entry(message: string): JournalEntry {
  return {cursor: '', at: nodeMs(0), unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6, message};
}

function pattern(source: string): LinePattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.pattern;
}

const all: Criteria = {grep: null, exclude: [], severity: null, contextLines: 0, fold: false};
const never = () => false;

function ringOf(messages: readonly string[], capacity = 1000): LineRing {
  const ring = new LineRing(capacity);
  for (const message of messages) ring.push(entry(message));
  return ring;
}

function shownBy(filter: LineFilter, ring: LineRing): string[] {
  return Array.from({length: filter.shown.length}, (_, index) => {
    const number = filter.shown.at(index) ?? -1;
    const line = ring.get(number);
    const text = line === undefined ? '?' : 'rule' in line ? `-${line.rule}-` : line.message;
    const count = filter.foldAt(number)?.count;
    return count === undefined ? text : `${text} x${count}`;
  });
}

/** The same lines through a filter that was there before them, after them, and in the middle. */
function everyWay(messages: readonly string[], criteria: Criteria): string[][] {
  return [0, Math.floor(messages.length / 2), messages.length].map((start) => {
    const ring = ringOf(messages.slice(0, start));
    const filter = new LineFilter(ring, criteria);
    for (const message of messages.slice(start)) {
      ring.push(entry(message));
      let steps = 0;
      filter.work(() => steps++ > 0);
    }
    filter.work(never);
    return shownBy(filter, ring);
  });
}

describe('the filter', () => {
  it('shows what matches and not what is excluded, at or above a severity', () => {
    const klog = (severity: string, text: string) => `${severity}1123 20:07:44.858588    1546 a.go:1] ${text}`;
    const ring = ringOf([
      klog('I', 'probe ok'),
      klog('W', 'probe slow'),
      klog('E', 'probe failed'),
      klog('E', 'other'),
    ]);
    const filter = new LineFilter(ring, {
      ...all,
      grep: pattern('probe'),
      exclude: [pattern('slow')],
      severity: 'warning',
    });
    expect(filter.work(never)).toBe(true);
    expect(shownBy(filter, ring)).toEqual([klog('E', 'probe failed')]);
    expect(filter.matched).toBe(1);
  });

  it('finds the same whether lines come before or after it', () => {
    const messages = Array.from({length: 60}, (_, index) =>
      index % 7 === 3 || index === 29 ? `hit ${index}` : `${index}`,
    );
    for (const contextLines of [0, 1, 2, 5]) {
      const [live, mixed, after] = everyWay(messages, {...all, grep: pattern('hit'), contextLines});
      expect(mixed).toEqual(live);
      expect(after).toEqual(live);
    }
  });

  it('shows context once, like grep -C', () => {
    const [shown] = everyWay(['a', 'b', 'hit', 'c', 'hit', 'd', 'e', 'f'], {
      ...all,
      grep: pattern('hit'),
      contextLines: 1,
    });
    expect(shown).toEqual(['b', 'hit', 'c', 'hit', 'd']);
  });

  it('folds repeats, whichever way it comes upon them', () => {
    for (const shown of everyWay(['a', 'b', 'b', 'b', 'b', 'c', 'b'], {...all, fold: true})) {
      expect(shown).toEqual(['a', 'b x4', 'c', 'b']);
    }
  });

  it('folds klog lines that differ only in their time, not in severity', () => {
    const line = (severity: string, time: string) => `${severity}1123 20:07:${time}    1546 a.go:1] same`;
    const [shown] = everyWay([line('I', '44.858588'), line('I', '45.000001'), line('E', '46.000000')], {
      ...all,
      fold: true,
    });
    expect(shown).toHaveLength(2);
  });

  it('keeps rules whatever the pattern', () => {
    const ring = ringOf(['a']);
    ring.push({rule: 'start', at: 0, text: ''});
    const filter = new LineFilter(ring, {...all, grep: pattern('nothing')});
    filter.work(never);
    expect(shownBy(filter, ring)).toEqual(['-start-']);
    expect(filter.matched).toBe(0);
  });

  it('forgets what the ring dropped, counts stay exact', () => {
    const ring = ringOf([], 10);
    const filter = new LineFilter(ring, {...all, grep: pattern('even'), fold: true});
    for (let number = 0; number < 10_000; number++) {
      ring.push(entry(number % 2 === 0 ? 'even' : `odd ${number}`));
      if (number % 3 === 0) filter.work(never);
    }
    filter.work(never);
    expect(filter.matched).toBe(5);
    expect(filter.matchedSince(ring.high - 4)).toBe(2);
    expect(filter.progress).toBe(1);
  });

  it('can be stopped at any time, newest lines first', () => {
    const ring = ringOf(Array.from({length: 900}, (_, index) => `${index}`));
    const filter = new LineFilter(ring, all);
    expect(filter.work(() => true)).toBe(false);
    expect(shownBy(filter, ring).at(-1)).toBe('899');
    expect(filter.progress).toBeGreaterThan(0);
    expect(filter.progress).toBeLessThan(1);
  });
});
