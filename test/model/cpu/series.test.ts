import {describe, expect, it} from 'vitest';
import type {Sample} from '../../../src/model/event.ts';
import {nodeMs} from '../../../src/model/time.ts';
import type {CpuSeries} from '../../../src/model/cpu/series.ts';
import {MarkedSeries, noon, sample, seen} from './sample.ts';

const everything = [0, Number.MAX_SAFE_INTEGER] as const;

/** Polls once a second from the first sample on; each sample is answered from its own second until the next. */
function watch(series: CpuSeries, samples: readonly Sample[], untilS?: number): void {
  samples.forEach((one, index) => {
    const next = samples[index + 1];
    const fromS = Math.ceil((one.at - noon) / 1_000);
    const toS = next ? Math.ceil((next.at - noon) / 1_000) : (untilS ?? fromS + 1);
    for (let s = fromS; s < Math.max(toS, fromS + 1); s++) series.observe(one, seen(s));
  });
}

const series = () => new MarkedSeries(sample({atS: 0}).target);
const reasons = (of: CpuSeries) => of.breaks.map((each) => each.reason);

describe('the CPU series', () => {
  it('divides what the counter grew by the time between the samples themselves', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0.891, usageMs: 1_000}), sample({atS: 13.391, usageMs: 3_500})]);
    expect(cpu.latest?.nanoCores).toBeCloseTo(0.2e9, 3);
    expect(cpu.steps(...everything)).toMatchObject([{fromMs: noon + 891, toMs: noon + 13_391, usageNs: 2.5e9}]);
  });

  it('takes a repeated timestamp for no new sample', () => {
    const cpu = series();
    cpu.observe(sample({atS: 0, usageMs: 0}), seen(0));
    expect(cpu.observe(sample({atS: 0, usageMs: 0}), seen(1))).toBe('repeat');
    expect(cpu.observe(sample({atS: 0, usageMs: 5}), seen(2))).toBe('repeat');
    expect(cpu.latest?.nanoCores).toBeNull();
  });

  it('knows one sample by its second when one answer lacked the milliseconds', () => {
    const cpu = series();
    cpu.observe(sample({atS: 5.891, usageMs: 0}), seen(6));
    expect(cpu.observe(sample({atS: 5, precision: 's', usageMs: 0}), seen(7))).toBe('repeat');
    expect(cpu.observe(sample({atS: 5.891, usageMs: 0}), seen(8))).toBe('repeat');
  });

  it('puts a rate right when the millisecond of its sample becomes known', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0.5, usageMs: 0})]);
    cpu.observe(sample({atS: 10, precision: 's', usageMs: 1_000}), seen(11));
    expect(cpu.observe(sample({atS: 10.9, usageMs: 1_000}), seen(12))).toBe('step');
    expect(cpu.steps(...everything)).toMatchObject([{fromMs: noon + 500, toMs: noon + 10_900, usageNs: 1e9}]);
  });

  it('takes figures of the same sample from a later answer', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0}), sample({atS: 10, usageMs: 100})]);
    expect(cpu.observe(sample({atS: 10, usageMs: 100, reported: 9e6, bytes: 5}), seen(12))).toBe('completed');
    expect(cpu.latest).toMatchObject({nanoCores: 1e7, reportedNanoCores: 9e6, workingSetBytes: 5});
  });

  it('breaks once, not twice, where the summary tells late that it is another pod', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 5_000, uid: 'a'}), sample({atS: 10, usageMs: 6_000, uid: 'a'})]);
    cpu.observe(sample({atS: 20, usageMs: 10, uid: 'a'}), seen(21));
    cpu.observe(sample({atS: 20, usageMs: 10, uid: 'b'}), seen(22));
    expect(cpu.observe(sample({atS: 30, usageMs: 1_010, uid: 'b'}), seen(31))).toBe('step');
    expect(reasons(cpu)).toEqual(['first', 'counter went back']);
  });

  it('breaks, and never goes below zero, where the counter went back', () => {
    const cpu = series();
    watch(cpu, [
      sample({atS: 0, usageMs: 50_000}),
      sample({atS: 10, usageMs: 51_000}),
      sample({atS: 20, usageMs: 100}),
      sample({atS: 30, usageMs: 1_100}),
    ]);
    expect(reasons(cpu)).toEqual(['first', 'counter went back']);
    expect(cpu.steps(...everything).map((step) => [step.usageNs, step.joined])).toEqual([
      [1e9, false],
      [1e9, false],
    ]);
  });

  it('does not count the way back up of a counter that fell for one answer', () => {
    const cpu = series();
    watch(cpu, [
      sample({atS: 0, usageMs: 50_000}),
      sample({atS: 10, usageMs: 3}),
      sample({atS: 20, usageMs: 51_000}),
      sample({atS: 30, usageMs: 52_000}),
    ]);
    expect(cpu.steps(...everything).map((step) => step.usageNs)).toEqual([1e9]);
  });

  it.each([
    ['the container started again', {startedS: 12}],
    ['another pod took the name', {uid: 'b'}],
  ])('breaks where %s, even when the counter is higher', (_, change) => {
    const cpu = series();
    watch(cpu, [
      sample({atS: 0, usageMs: 0, uid: 'a'}),
      sample({atS: 10, usageMs: 1_000, uid: 'a'}),
      sample({atS: 20, usageMs: 2_000, uid: 'a', ...change}),
    ]);
    expect(reasons(cpu)).toEqual(['first', 'restarted']);
    expect(cpu.latest?.nanoCores).toBeNull();
  });

  it('takes a start time with and without its fraction for the same start', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0, startedS: -7}), sample({atS: 10, usageMs: 1_000, startedS: -6.08})]);
    expect(reasons(cpu)).toEqual(['first']);
  });

  it('breaks where an answer did not name the target', () => {
    const cpu = series();
    cpu.observe(sample({atS: 0, usageMs: 0}), seen(0));
    cpu.miss();
    cpu.observe(sample({atS: 3, usageMs: 900}), seen(4));
    expect(reasons(cpu)).toEqual(['first', 'sample missed']);
    expect(cpu.steps(...everything)).toEqual([]);
  });

  it('breaks where nobody asked for longer than a tick takes, but not for one lost poll', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0}), sample({atS: 12, usageMs: 100})], 14);
    cpu.observe(sample({atS: 24, usageMs: 200}), seen(26));
    expect(reasons(cpu)).toEqual(['first']);
    cpu.observe(sample({atS: 86, usageMs: 300}), seen(90));
    expect(reasons(cpu)).toEqual(['first', 'sample missed']);
  });

  it('does not break while a long interval simply takes its time', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0}), sample({atS: 570, usageMs: 57_000})]);
    expect(cpu.latest?.nanoCores).toBeCloseTo(0.1e9, 3);
  });

  it('tells the values that the runtime took for the request from housekeeping ticks', () => {
    const cpu = series();
    const atS = [0.9, 1.9, 2.91, 3.9, 12.3, 25.1];
    const polledS = [1, 2, 3.01, 4, 13, 26];
    atS.forEach((s, i) => {
      const one = sample({atS: s, usageMs: s * 100});
      cpu.observe(one, seen(polledS[i] ?? 0), s > 10 ? 'live' : 'runtime');
      if (s > 10) cpu.observe(one, seen((polledS[i] ?? 0) + 1), 'live');
    });
    expect(cpu.steps(...everything).map((step) => step.tick)).toEqual([false, false, false, true, true]);
    expect(cpu.steps(...everything).every((step) => Math.abs(step.maxNanoCores - 1e8) < 1)).toBe(true);
  });

  it('lets one sample from the past be an error, and a second one mean that the clock was set back', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0}), sample({atS: 10, usageMs: 100}), sample({atS: 20, usageMs: 200})]);
    expect(cpu.observe(sample({atS: -500_000, usageMs: 210}), seen(22))).toBe('rejected');
    cpu.observe(sample({atS: 30, usageMs: 300}), seen(31));
    expect(reasons(cpu)).toEqual(['first']);

    cpu.observe(sample({atS: 12, usageMs: 400}), seen(41));
    cpu.observe(sample({atS: 13, usageMs: 410}), seen(42));
    expect(reasons(cpu)).toEqual(['first', 'clock set back']);
    expect(cpu.steps(...everything).map((step) => step.toMs - noon)).toEqual([10_000]);
  });

  it('recovers from a sample of the far future', () => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0}), sample({atS: 10, usageMs: 1_000})]);
    cpu.observe(sample({atS: 99_000, usageMs: 1_100}), seen(21));
    cpu.observe(sample({atS: 30, usageMs: 3_000}), seen(31));
    cpu.observe(sample({atS: 40, usageMs: 4_000}), seen(41));
    cpu.observe(sample({atS: 50, usageMs: 5_000}), seen(51));
    expect(cpu.latest?.nanoCores).toBeCloseTo(0.1e9, 3);
    expect(cpu.steps(...everything).every((step) => step.toMs <= noon + 50_000)).toBe(true);
  });

  it.each([
    ['no counter', {usageMs: null}, 'no usageCoreNanoSeconds'],
    ['NaN as its counter', {usageMs: Number.NaN}, 'not a counter'],
    ['a negative counter', {usageMs: -5}, 'not a counter'],
    ['no time', {usageMs: 5, atS: Number.NaN}, 'no time'],
  ])('says what is wrong with a sample that has %s, and goes on with the next', (_, wrong, problem) => {
    const cpu = series();
    watch(cpu, [sample({atS: 0, usageMs: 0})]);
    expect(cpu.observe(sample({atS: 10, ...wrong}), seen(11))).toBe('rejected');
    expect(cpu.problem).toContain(problem);
    cpu.observe(sample({atS: 20, usageMs: 2_000}), seen(21));
    expect(cpu.problem).toBeNull();
    expect(cpu.latest?.nanoCores).toBeCloseTo(0.1e9, 3);
  });

  it('is never thrown out of step by nonsense', () => {
    const cpu = series();
    let state = 7;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const odd = [Number.NaN, Infinity, -Infinity, -1, 0, 1e300, null];
    for (let i = 0; i < 20_000; i++) {
      const pick = () => odd[Math.floor(random() * odd.length)];
      const atS = random() < 0.1 ? (pick() ?? 0) : i * random() * 2;
      const usageMs = random() < 0.1 ? pick() : i * 10 * random();
      cpu.observe(
        {...sample({atS, usageMs, bytes: pick() ?? null}), usageNanoCores: pick() ?? null, startedAt: nodeMs(0)},
        seen(i),
      );
      if (random() < 0.05) cpu.miss();
    }
    for (const step of cpu.steps(...everything)) {
      expect(step.toMs).toBeGreaterThan(step.fromMs);
      expect(step.usageNs).toBeGreaterThanOrEqual(0);
      expect(step.minNanoCores).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(step.maxNanoCores)).toBe(true);
    }
  });
});
