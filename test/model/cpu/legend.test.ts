import {expect, test} from 'vitest';
import {rowText} from '../../../src/model/draw/canvas.ts';
import {legendRow} from '../../../src/model/cpu/legend.ts';
import {lineOf} from '../../../src/model/cpu/line.ts';
import {MarkedStore, noon, poll, sample} from './sample.ts';

function legendAfter(...samples: readonly ReturnType<typeof sample>[]): string {
  const store = new MarkedStore();
  samples.forEach((each, index) => store.observe(poll(index * 12 + 1, [each])));
  const [series] = store.all();
  if (series === undefined) throw new Error('no series');
  const line = lineOf(series, 'cpuload', {fromMs: noon - 60_000, toMs: noon + 30_000}, 'cpu', undefined);
  return rowText(legendRow(line, 'cpu', noon + 15_000, 80, true))
    .trim()
    .replaceAll(/ +/g, ' ');
}

test("one sample gives no rate of ours: the kubelet's own is shown, and named", () => {
  expect(legendAfter(sample({atS: 0, usageMs: 1000, reported: 147e6}))).toBe('A cpuload 147m says the kubelet 15s ago');
});

test('a 0 of the kubelet before its own second sample is no figure', () => {
  expect(legendAfter(sample({atS: 0, usageMs: 1000, reported: 0}))).toContain('A cpuload –');
});

test('two samples give the rate of the counter', () => {
  const both = [sample({atS: 0, usageMs: 1000, reported: 147e6}), sample({atS: 12, usageMs: 3400, reported: 199e6})];
  expect(legendAfter(...both)).toContain('A cpuload 200m');
});

test('values that the runtime took for the request are named as such', () => {
  const store = new MarkedStore(() => 'runtime');
  for (const s of [0, 1, 2, 3]) store.observe(poll(s + 0.01, [sample({atS: s, usageMs: s * 100})]));
  const [series] = store.all();
  if (series === undefined) throw new Error('no series');
  const line = lineOf(series, 'cpuload', {fromMs: noon - 60_000, toMs: noon + 30_000}, 'cpu', undefined);
  expect(rowText(legendRow(line, 'cpu', noon + 3_010, 80, true))).toContain('by the runtime');
  expect(rowText(legendRow(line, 'cpu', noon + 3_010, 40, true))).toContain(' rt');
});
