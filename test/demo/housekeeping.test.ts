import {expect, test} from 'vitest';
import {HousekeptCgroup, type CgroupReading} from '../../src/demo/housekeeping.ts';
import {SimulatedPressure} from '../../src/demo/pressure.ts';

const still: CgroupReading = {
  cpuNs: 1,
  usageBytes: 2,
  workingSetBytes: 2,
  rssBytes: 1,
  pageFaults: 0,
  majorPageFaults: 0,
};

/** The intervals in force after each of the first ticks; the draw stands in the middle, so a wait is 1.5 intervals. */
function intervals(baseS: number, read: (atMs: number) => CgroupReading, count: number): number[] {
  const cgroup = new HousekeptCgroup('/x', read, {baseMs: baseS * 1000, maxMs: 15_000}, () => 0.5, 0);
  return Array.from({length: count}, () => {
    const tick = cgroup.tick(cgroup.nextTickAtMs);
    expect(tick.waitMs).toBe(1.5 * tick.intervalMs);
    return tick.intervalMs / 1000;
  });
}

test('a busy cgroup stays at the base interval', () => {
  expect(intervals(10, (atMs) => ({...still, cpuNs: atMs}), 5)).toEqual([10, 10, 10, 10, 10]);
});

test('an idle cgroup backs off to the maximum and falls back to the base from there', () => {
  expect(intervals(10, () => still, 6)).toEqual([10, 15, 10, 15, 10, 15]);
  expect(intervals(5, () => still, 7)).toEqual([5, 10, 15, 5, 10, 15, 5]);
});

test('a base above the maximum stays as it is', () => {
  expect(intervals(300, () => still, 3)).toEqual([300, 300, 300]);
});

test('a cgroup that stalled once stays at the base until its pressure has faded', () => {
  const pressure = new SimulatedPressure();
  for (let s = 0; s < 10; s++) pressure.pass(1, 0.3);
  let last = 0;
  const read = (atMs: number) => {
    for (; last < atMs; last += 1000) pressure.pass(1, 0);
    return {...still, pressure: pressure.line};
  };
  const seen = intervals(10, read, 80);
  expect(new Set(seen.slice(0, 12))).toEqual(new Set([10]));
  expect(seen.slice(-4)).toEqual(expect.arrayContaining([10, 15]));
  expect(pressure.line).toMatchObject({avg10: 0, avg60: 0, avg300: 0});
});
