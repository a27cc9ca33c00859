import {expect, test} from 'vitest';
import {lineSize, type JournalLine} from '../../../src/model/journal/line.ts';
import {LineRing} from '../../../src/model/journal/ring.ts';
import {nodeMs} from '../../../src/model/time.ts';

const oneIn = (many: number, number: number): boolean => number % many === 0;

/** Lines of all kinds: rules, other services, long ones, text of other scripts and half a character, bytes that are no UTF-8. */
function line(number: number): JournalLine {
  const at = nodeMs(1_700_000_000_000 + number * 0.125);
  if (oneIn(97, number)) return {rule: 'gap', at, text: `rule ${number}`};
  const long = oneIn(1009, number) ? 'x'.repeat(20_000) : '';
  return {
    cursor: `s=1;i=${number.toString(16)}`,
    at,
    unit: oneIn(5, number) ? 'containerd.service' : 'kubelet.service',
    identifier: oneIn(7, number) ? 'systemd' : 'kubelet',
    pid: oneIn(11, number) ? null : 4000 + Math.floor(number / 500),
    priority: number % 8,
    message: `${oneIn(13, number) ? '日本é' : oneIn(19, number) ? '\ud800' : ''}line ${number}${long}`,
    ...(oneIn(17, number) ? {raw: `\u00ff${number}`} : {}),
  };
}

/** All that a ring has, as it gives it. */
const linesOf = (ring: LineRing): (JournalLine | undefined)[] =>
  Array.from({length: ring.high - ring.low}, (_, index) => ring.get(ring.low + index));
const made = (from: number, to: number): JournalLine[] =>
  Array.from({length: to - from}, (_, index) => line(from + index));

test('gives every line back as it came, however old, and the newest that fit', () => {
  const ring = new LineRing(3000);
  for (let number = 0; number < 5000; number += 1) ring.push(line(number));
  expect(linesOf(ring)).toStrictEqual(made(2000, 5000));
  expect(ring.entries).toBe(made(2000, 5000).filter((one) => !('rule' in one)).length);
  expect(ring.get(1999)).toBeUndefined();
  expect(ring.firstSince(line(2345).at)).toBe(2345);
});

test('keeps no more characters than it may, whatever number of lines that is', () => {
  const ring = new LineRing(100_000, 60_000);
  for (let number = 0; number < 4000; number += 1) ring.push(line(number));
  const size = (lines: readonly JournalLine[]) => lines.reduce((sum, one) => sum + lineSize(one), 0);
  expect(size(made(ring.low, 4000))).toBeLessThanOrEqual(60_000);
  expect(size(made(ring.low - 1, 4000))).toBeGreaterThan(60_000);
  expect(linesOf(ring)).toStrictEqual(made(ring.low, 4000));
});

test('a state that was kept stays as it was, while lines come and go', () => {
  const ring = new LineRing(2000);
  for (let number = 0; number < 3100; number += 1) ring.push(line(number));
  const kept = new LineRing(2000);
  kept.takeOver(ring);
  for (let number = 3100; number < 8000; number += 1) ring.push(line(number));
  expect(linesOf(kept)).toStrictEqual(made(1100, 3100));
  ring.takeOver(kept);
  ring.push(line(3100));
  expect(linesOf(ring)).toStrictEqual(made(1101, 3101));
  expect(linesOf(kept)).toStrictEqual(made(1100, 3100));
});

test('counts on after it was cleared', () => {
  const ring = new LineRing(2000);
  for (let number = 0; number < 1000; number += 1) ring.push(line(number));
  ring.clear();
  for (let number = 1000; number < 2500; number += 1) ring.push(line(number));
  expect(ring.low).toBe(1000);
  expect(linesOf(ring)).toStrictEqual(made(1000, 2500));
});
