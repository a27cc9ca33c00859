import {expect, test} from 'vitest';
import {ClockEstimate, readingFromDate} from '../../src/model/clock-estimate.ts';

const reading = (sentAt: number, receivedAt: number, node: number) => ({
  sentAt,
  receivedAt,
  nodeFrom: node,
  nodeTo: node,
});

test('several readings together are surer than each', () => {
  const clock = new ClockEstimate();
  expect(clock.take(reading(0, 100, 1090))).toEqual({aheadMs: 1040, uncertaintyMs: 50});
  const better = clock.take(reading(200, 300, 1210));
  expect(better.aheadMs).toBeCloseTo(1000, 1);
  expect(better.uncertaintyMs).toBeLessThan(11);
});

test('a clock that was set is believed at once, and a reading that contradicts itself is not', () => {
  const clock = new ClockEstimate();
  clock.take(reading(0, 10, 5));
  expect(clock.take(reading(1000, 1010, 61_005)).aheadMs).toBeCloseTo(60_000, 0);
  const before = clock.offset;
  expect(clock.take({sentAt: 2000, receivedAt: 1000, nodeFrom: 0, nodeTo: 0})).toEqual(before);
});

test('whole seconds add up to a finer figure', () => {
  const clock = new ClockEstimate();
  const aheadMs = 340;
  for (let sentAt = 0; sentAt < 60_000; sentAt += 1370) {
    const date = Math.floor((sentAt + 5 + aheadMs) / 1000) * 1000;
    clock.take(readingFromDate({sentAt, receivedAt: sentAt + 10, date}));
  }
  expect(Math.abs(clock.offset.aheadMs - aheadMs)).toBeLessThan(30);
  expect(clock.offset.uncertaintyMs).toBeLessThan(40);
});
