import {describe, expect, it} from 'vitest';
import type {Poll, Sample} from '../../../src/model/event.ts';
import {
  type Forecast,
  forecastQuantiles,
  probabilityWithin,
  remainingMs,
} from '../../../src/model/housekeeping/forecast.ts';
import {forecastLine} from '../../../src/model/housekeeping/forecast-line.ts';
import {Housekeeping} from '../../../src/model/housekeeping/housekeeping.ts';
import {formatCountdown, formatIntervalState} from '../../../src/model/housekeeping/format.ts';
import {SampleMarks} from '../../../src/model/sample-marks.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {seeded} from './synthetic-cgroup.ts';
import {syntheticNode, syntheticPoll, tickAt} from './synthetic-node.ts';

const t0 = 1_795_464_000_000;
const target = {namespace: 'default', pod: 'p', container: 'c'};
const key = 'default/p/c';

function sample(atMs: number, cpu: number, more: Partial<Sample> = {}): Sample {
  return {
    target,
    at: nodeMs(atMs),
    precision: 'ms',
    usageCoreNanoSeconds: cpu,
    usageNanoCores: 5,
    workingSetBytes: 4096,
    fingerprint: '1/2/3/4',
    startedAt: nodeMs(t0 - 3_600_000),
    uid: 'u',
    novelty: 'new',
    ...more,
  };
}

const marks = new WeakMap<Housekeeping, SampleMarks>();

/** Takes in a poll whose samples are marked as the join of the endpoints marks them. */
function observe(housekeeping: Housekeeping, answered: Poll): void {
  const known = marks.get(housekeeping) ?? new SampleMarks();
  marks.set(housekeeping, known);
  housekeeping.observe({...answered, samples: known.mark(answered.samples)});
}

function poll(housekeeping: Housekeeping, atMs: number, ...samples: Sample[]): Forecast {
  observe(housekeeping, {sentAt: localMs(atMs - 8), receivedAt: localMs(atMs), samples, problems: []});
  const forecast = housekeeping.forecast(key, nodeMs(atMs));
  if (forecast === null) throw new Error('no forecast');
  return forecast;
}

/** A container that ticks at the given seconds, polled each second until `untilS`; equal samples where `idle`. */
function watched(ticks: readonly number[], untilS: number, idle: boolean, housekeeping = new Housekeeping()) {
  housekeeping.reportBase(10_000);
  let forecast: Forecast | null = null;
  for (let s = Math.ceil(ticks[0] ?? 0) + 1; s <= untilS; s++) {
    const seen = ticks.filter((tick) => tick <= s);
    forecast = poll(housekeeping, t0 + s * 1000, sample(t0 + (seen.at(-1) ?? 0) * 1000, idle ? 7 : seen.length * 1e6));
  }
  if (forecast === null) throw new Error('never polled');
  return {housekeeping, forecast};
}

function expectSane(forecast: Forecast): void {
  const quantiles = forecastQuantiles.map((q) => forecast.next.quantile(q));
  for (const value of [...quantiles, forecast.ageMs, forecast.worstAgeMs, forecast.overdueMs, remainingMs(forecast)]) {
    expect(value).not.toBeNaN();
    expect(value).toBeGreaterThanOrEqual(0);
  }
  expect([...quantiles].sort((a, b) => a - b)).toEqual(quantiles);
  expect(quantiles[0]).toBeGreaterThanOrEqual(forecast.at);
  expect(forecastLine(forecast)).not.toMatch(/NaN|null,"lastTick"|Infinity/);
  expect(() => JSON.parse(forecastLine(forecast)) as unknown).not.toThrow();
}

describe('the forecast of one container', () => {
  it('has the window of the base while it changes: uniform, and given that the tick has not come', () => {
    const {forecast} = watched([0, 13, 27], 41, false);
    expect(forecast).toMatchObject({phase: 'ticking', ageMs: 14_000});
    expect(forecast.states[0]).toMatchObject({intervalMs: 10_000});
    expect((forecast.next.quantile(0.5) - t0) / 1000).toBeCloseTo(44, 0);
    expect(probabilityWithin(forecast, 3000)).toBeCloseTo(0.5, 1);
    expect(remainingMs(forecast)).toBeCloseTo(3000, -3);
  });

  it('goes up to the maximum while idle, and back to the base although nothing changed', () => {
    const first = watched([0, 16, 33, 51], 54, true).forecast;
    const second = watched([0, 16, 33, 51, 68.5], 70, true).forecast;
    // Which of the two it was at first cannot be known before a wait above 20 s or below 15 s tells.
    expect(first.states[0]?.intervalMs).not.toBe(second.states[0]?.intervalMs);
    const third = watched([0, 13, 27 + 9, 36 + 12], 50, true).forecast;
    expect(third.states[0]).toMatchObject({intervalMs: 15_000});
    expect(third.idle).toBe(true);
  });

  it('says overdue past the window, widens, and never goes negative', () => {
    const {housekeeping} = watched([0, 13, 27], 28, false);
    let before = 0;
    for (const s of [47.1, 48, 50, 60, 90, 300, 90_000]) {
      const forecast = poll(housekeeping, t0 + s * 1000, sample(t0 + 27_000, 3e6));
      expectSane(forecast);
      expect(forecast.phase).toBe('overdue');
      expect(forecast.overdueMs).toBeCloseTo((s - 47) * 1000, -1);
      // A second late the other interval is likelier than a busy node; past its window it is not.
      expect(formatCountdown(forecast)).toContain(s >= 48 && s < 57 ? 'or its interval is 15 s' : 'busy node?');
      const width = forecast.next.quantile(0.95) - forecast.next.quantile(0.05);
      // At first another interval is still possible; later only lateness is.
      if (s >= 60) expect(width).toBeGreaterThan(before);
      before = width;
    }
  });

  it('starts afresh with another container of the same name', () => {
    const {housekeeping} = watched([0, 13, 36, 48], 49, true);
    const forecast = poll(housekeeping, t0 + 52_000, sample(t0 + 51_500, 3, {startedAt: nodeMs(t0 + 51_000)}));
    expect(forecast.states[0]?.intervalMs).toBe(10_000);
    expect(forecast.states[0]?.probability).toBeGreaterThan(0.95);
  });

  it('has no tick to count down to where the container runtime answers, and says so', () => {
    const housekeeping = new Housekeeping();
    let forecast: Forecast | null = null;
    for (let s = 0; s < 60; s++) forecast = poll(housekeeping, t0 + s * 1000, sample(t0 + s * 1000 - 4, s * 1e6));
    expect(forecast?.phase).toBe('runtime');
    if (forecast !== null) expect(formatIntervalState(forecast)).toBe('no interval: read when it is asked for');
    if (forecast !== null) expectSane(forecast);
    expect(housekeeping.base.intervalMs).toBe(10_000);
  });

  it('takes the second tick of a new timer for what it is when the runtime has stopped answering', () => {
    const housekeeping = new Housekeeping();
    housekeeping.reportBase(10_000);
    for (let s = 0; s < 14; s++) poll(housekeeping, t0 + s * 1000, sample(t0 + s * 1000 - 4, 7));
    for (let s = 14; s < 16; s++) poll(housekeeping, t0 + s * 1000, sample(t0 + 13_400, 7));
    const forecast = poll(housekeeping, t0 + 16_000, sample(t0 + 13_400, 7));
    expect(forecast).toMatchObject({phase: 'ticking', ageMs: 2600});
    // The counter stood still since the first tick: equal samples, and so the maximum.
    expect(forecast.states[0]).toMatchObject({intervalMs: 15_000});
  });

  it('takes whole seconds where nothing better is known', () => {
    const housekeeping = new Housekeeping();
    housekeeping.reportBase(10_000);
    const coarse = {precision: 's'} as const;
    for (const [s, tick] of [
      [1, 0],
      [12, 11],
      [25, 24],
      [26, 24],
    ] as const) {
      poll(housekeeping, t0 + s * 1000, sample(t0 + tick * 1000, tick * 1e6, coarse));
    }
    const forecast = poll(housekeeping, t0 + 30_000, sample(t0 + 24_000, 24e6, coarse));
    expectSane(forecast);
    expect((forecast.next.quantile(0.5) - t0) / 1000).toBeCloseTo(39.5, 0);
  });

  it('knows the next tick where the kubelet itself told it', () => {
    const {housekeeping} = watched([0, 13], 14, false);
    const uid = '36fb9f9e-aefa-4d3a-8189-395ca1c156d9';
    const cgroup = `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-5425.scope`;
    housekeeping.reported(cgroup, {atMs: t0 + 27_001, intervalMs: 10_000, waitMs: 18_780});
    const forecast = poll(housekeeping, t0 + 28_000, sample(t0 + 27_000, 9e6, {uid}));
    poll(housekeeping, t0 + 29_000, sample(t0 + 27_000, 9e6, {uid}));
    expect(forecast.exact).toBe(true);
    expect(Math.abs(forecast.next.quantile(0.5) - (t0 + 45_781))).toBeLessThan(5);
    // A tick that was told of and not yet answered is worth a poll.
    expect(housekeeping.isBehind(() => true)).toBe(false);
    housekeeping.reported(cgroup, {atMs: t0 + 45_782, intervalMs: 10_000, waitMs: 11_000});
    expect(housekeeping.isBehind(() => true)).toBe(true);
  });

  it('moves with the node’s clock when that is set', () => {
    const {housekeeping} = watched([0, 13, 27], 30, false);
    housekeeping.clock({aheadMs: 0, uncertaintyMs: 5});
    housekeeping.clock({aheadMs: 3_600_000, uncertaintyMs: 5});
    const now = nodeMs(t0 + 31_000 + 3_600_000);
    expect(housekeeping.forecast(key, now)).toMatchObject({ageMs: 4000, phase: 'ticking'});
    // The sample keeps its old stamp: that it is answered again makes no tick of it.
    const later = t0 + 32_000 + 3_600_000;
    observe(housekeeping, {
      sentAt: localMs(t0 + 31_990),
      receivedAt: localMs(t0 + 32_000),
      samples: [sample(t0 + 27_000, 3e6)],
      problems: [],
    });
    expect(housekeeping.forecast(key, nodeMs(later))).toMatchObject({ageMs: 5000, phase: 'ticking'});
  });

  it.each([3_600_000, -3_600_000])(
    'moves a tick that fell into the request, with the clock set by %i ms before the next',
    (setMs) => {
      const {housekeeping} = watched([0, 13, 27], 31, false);
      housekeeping.clock({aheadMs: 0, uncertaintyMs: 5});
      // It may be the runtime's value, taken for the answer: the next one tells that it stands still.
      const inRequest = sample(t0 + 31_997, 4e6);
      poll(housekeeping, t0 + 32_000, inRequest);
      housekeeping.clock({aheadMs: setMs, uncertaintyMs: 5});
      observe(housekeeping, {
        sentAt: localMs(t0 + 32_992),
        receivedAt: localMs(t0 + 33_000),
        samples: [inRequest],
        problems: [],
      });
      const forecast = housekeeping.forecast(key, nodeMs(t0 + 33_997 + setMs));
      expect(forecast).toMatchObject({ageMs: 2000, phase: 'ticking'});
      expect(remainingMs(forecast ?? expect.unreachable())).toBeLessThan(30_000);
    },
  );

  it.each([
    ['compared', 300_000],
    ['compared', -300_000],
    ['learned from the ticks', 300_000],
    ['learned from the ticks', -300_000],
  ])('moves no tick that the node stamped after its clock was set (%s, by %i ms)', (how, setMs) => {
    const housekeeping = new Housekeeping();
    const other = {namespace: 'default', pod: 'p', container: 'other'};
    // The clock is set after 30 s: both tick once more before anybody knows it.
    const stamp = (ms: number) => t0 + ms + (ms > 30_000 ? setMs : 0);
    const ticks = [0, 13_000, 27_000, 41_000];
    const last = (ms: number, lateMs: number) => ticks.findLast((tick) => tick + lateMs <= ms) ?? 0;
    const isCompared = how === 'compared';
    if (isCompared) housekeeping.clock({aheadMs: 0, uncertaintyMs: 5});
    for (let ms = 3000; ms <= 44_000; ms += 1000) {
      const [mine, others] = [last(ms, 0), last(ms, 2500)];
      poll(
        housekeeping,
        t0 + ms,
        sample(stamp(mine), 1e6 * (mine + 1)),
        sample(stamp(others + 2500), 1e6 * (others + 1), {target: other}),
      );
      if (isCompared && ms === 42_000) housekeeping.clock({aheadMs: setMs, uncertaintyMs: 5});
    }
    expect(Math.abs(housekeeping.offset.aheadMs - setMs)).toBeLessThan(1000);
    const now = nodeMs(t0 + 44_000 + housekeeping.offset.aheadMs);
    for (const forecast of housekeeping.forecasts(now)) {
      expectSane(forecast);
      expect(forecast.ageMs).toBeGreaterThan(0);
      expect(forecast.ageMs).toBeLessThan(4000);
      expect(forecast.worstAgeMs).toBeLessThan(20_000);
      expect(forecast.next.quantile(0.5) - now).toBeGreaterThan(4000);
      expect(forecast.next.quantile(0.5) - now).toBeLessThan(30_000);
    }
  });

  it('stays sane whatever an answer says', () => {
    const random = seeded(7);
    const odd = [NaN, Infinity, -1, 0, 1e18, t0 - 1e6, t0 + 1e9, t0];
    const housekeeping = new Housekeeping();
    for (let i = 0; i < 600; i++) {
      const at = random() < 0.2 ? (odd[Math.floor(random() * odd.length)] ?? 0) : t0 + i * 700 * random();
      const cpu = random() < 0.1 ? -5 : random() * 1e9;
      const precision = random() < 0.3 ? 's' : 'ms';
      observe(housekeeping, {
        sentAt: localMs(t0 + i * 1000),
        receivedAt: localMs(t0 + i * 1000 + random() * 3000),
        samples: [sample(at, cpu, {precision, uid: random() < 0.05 ? 'other' : 'u'})],
        problems: [],
      });
      if (random() < 0.01) housekeeping.reportBase(odd[Math.floor(random() * odd.length)] ?? null);
      if (random() < 0.01) housekeeping.kubeletStarted(nodeMs(t0 + i * 1000 * random()));
      for (const forecast of housekeeping.forecasts(nodeMs(t0 + i * 1000))) expectSane(forecast);
    }
  });
});

describe('the forecast of a node', () => {
  const kubelets = [
    {fromMs: 0, baseMs: 10_000},
    {fromMs: 200_500, baseMs: 10_000},
  ];
  const pods = Array.from({length: 5}, (_, i) => ({
    target: {namespace: 'default', pod: `p${i}`, container: null},
    activity: i % 2 === 0 ? ('idle' as const) : ('busy' as const),
  }));

  it('notices a restart from the ticks alone: every state is the base again', () => {
    const node = syntheticNode({seed: 4, durationMs: 300_000, kubelets, targets: pods});
    const housekeeping = new Housekeeping();
    housekeeping.reportBase(10_000);
    for (let t = 1000; t <= 206_000; t += 1000) housekeeping.observe(syntheticPoll(node, t0 + t));
    const forecasts = housekeeping.forecasts(nodeMs(t0 + 206_000));
    for (const [i, {lastTickAt, states}] of forecasts.entries()) {
      expect(states[0]?.intervalMs).toBe(10_000);
      expect(states[0]?.probability).toBeGreaterThan(0.95);
      const synthetic = node[i];
      expect(synthetic && tickAt(synthetic, t0 + 206_000)?.ordinal).toBe(0);
      expect(lastTickAt).toBeGreaterThan(t0 + 200_500);
    }
  });

  it('marks what the answers do not name any more, and forgets it later', () => {
    const node = syntheticNode({seed: 5, durationMs: 400_000, kubelets, targets: pods});
    const housekeeping = new Housekeeping();
    housekeeping.observe(syntheticPoll(node, t0 + 50_000));
    housekeeping.observe(syntheticPoll(node.slice(1), t0 + 51_000));
    expect(housekeeping.forecasts(nodeMs(t0 + 51_000)).map(({phase}) => phase)).toEqual([
      'gone',
      ...Array<string>(4).fill('ticking'),
    ]);
    housekeeping.observe(syntheticPoll(node.slice(1), t0 + 180_000));
    expect(housekeeping.forecasts(nodeMs(t0 + 180_000))).toHaveLength(4);
  });
});
