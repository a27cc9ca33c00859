import {describe, expect, it} from 'vitest';
import {formatCountdown, formatIntervalState} from '../../../src/model/housekeeping/format.ts';
import type {Forecast} from '../../../src/model/housekeeping/forecast.ts';
import {Housekeeping} from '../../../src/model/housekeeping/housekeeping.ts';
import {nextInterval} from '../../../src/model/housekeeping/rule.ts';
import {SampleMarks, type UnmarkedSample} from '../../../src/model/sample-marks.ts';
import type {Target} from '../../../src/model/target.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {SyntheticPressure} from './synthetic-pressure.ts';

const t0 = 1_795_464_000_000;
const container: Target = {namespace: 'default', pod: 'p', container: 'c'};
const pod: Target = {...container, container: null};

function sample(atS: number, cpu: number, more: Partial<UnmarkedSample> = {}): UnmarkedSample {
  return {
    target: container,
    at: nodeMs(t0 + atS * 1000),
    precision: 'ms',
    usageCoreNanoSeconds: cpu,
    usageNanoCores: 5,
    workingSetBytes: 4096,
    fingerprint: '1/2/3/4',
    pressure: null,
    startedAt: nodeMs(t0 - 3_600_000),
    uid: 'u',
    ...more,
  };
}

/** What the polls of each have shown. */
const marks = new WeakMap<Housekeeping, SampleMarks>();

/** Polls at a second (each took `tookS`), and what is then forecast of the first sample's target. */
function poll(housekeeping: Housekeeping, atS: number, unmarked: readonly UnmarkedSample[], tookS = 0.01): Forecast {
  const seen = marks.get(housekeeping) ?? new SampleMarks();
  marks.set(housekeeping, seen);
  const samples = seen.mark(unmarked);
  const at = t0 + atS * 1000;
  housekeeping.observe({sentAt: localMs(at - tookS * 1000), receivedAt: localMs(at), samples, problems: []});
  const {namespace, pod, container} = samples[0]?.target ?? {namespace: '', pod: '', container: null};
  const forecast = housekeeping.forecast(`${namespace}/${pod}/${container ?? ''}`, nodeMs(at));
  if (forecast === null) throw new Error('no forecast');
  return forecast;
}

function follow(baseMs = 7000): Housekeeping {
  const housekeeping = new Housekeeping();
  housekeeping.reportBase(baseMs);
  return housekeeping;
}

/** What of the interval each wait adds to it, in turn. */
const shares = [1.15, 1.8, 1.4, 1.95, 1.05, 1.6];

/** A container that stalled for once and rests, under cAdvisor's rule; polled once a second. */
function resting(ticks: number, show: (tick: number) => 'pressure' | 'none' | 'no summary') {
  const kernel = new SyntheticPressure(true);
  const housekeeping = follow();
  kernel.pass(30_000, 20, 4000);
  const forecasts: {forecast: Forecast; intervalMs: number}[] = [];
  let intervalMs = 7000;
  for (let i = 0, atS = 0, before = kernel.figures; i < ticks; i++) {
    const pressure = show(i) === 'pressure' ? kernel.figures : null;
    const fingerprint = show(i) === 'no summary' ? '' : '1/2/3/4';
    const isEqual = i > 0 && kernel.figures.join() === before.join();
    if (i > 0) intervalMs = nextInterval(intervalMs, isEqual, 7000);
    before = kernel.figures;
    const answer = [sample(atS, 7, {pressure, fingerprint})];
    forecasts.push({forecast: poll(housekeeping, atS + 1, answer), intervalMs});
    const waitMs = intervalMs * (shares[i % shares.length] ?? 1.5);
    for (let s = 2; s < waitMs / 1000; s++) poll(housekeeping, atS + s, answer);
    kernel.pass(waitMs, 0, 0);
    atS += waitMs / 1000;
  }
  return forecasts;
}

describe('a node of cgroup v2', () => {
  it('keeps a container at rest at the base while its pressure fades, and says for how long', () => {
    const [first, , third] = resting(3, () => 'pressure').map(({forecast}) => forecast);
    expect(first && formatIntervalState(first)).toMatch(/— first sample$/);
    expect(third?.states[0]).toMatchObject({intervalMs: 7000});
    expect(third?.states[0]?.probability).toBeGreaterThan(0.99);
    expect(third && formatIntervalState(third)).toMatch(
      /^7 s — changed \(pressure\), fades in about (\d+ min|\d+ s), then 14 s$/,
    );
  });

  it('takes pressure for gone when it is, and the interval for doubled', () => {
    const forecasts = resting(80, () => 'pressure');
    expect(new Set(forecasts.map(({intervalMs}) => intervalMs))).toEqual(new Set([7000, 14_000, 15_000]));
    for (const {forecast, intervalMs} of forecasts.slice(3)) {
      expect(forecast.states[0]).toMatchObject({intervalMs});
      // 14 and 15 s overlap: a wait tells them apart only now and then.
      expect(forecast.states[0]?.probability).toBeGreaterThan(0.6);
    }
  });

  it('reckons with the pressure that a sample without a summary must have had', () => {
    const [, missed] = resting(2, (tick) => (tick === 0 ? 'pressure' : 'no summary')).map(({forecast}) => forecast);
    expect(missed?.states[0]).toMatchObject({intervalMs: 7000});
    expect(missed?.states[0]?.probability).toBeGreaterThan(0.99);
    expect(missed && formatIntervalState(missed)).toMatch(/^7 s — at rest, but pressure changes, fades/);
  });

  it('does not claim to know where no summary may be read', () => {
    const unsure = resting(3, () => 'no summary').at(-1)?.forecast;
    expect(unsure?.states[0]?.probability).toBeLessThan(0.9);
    const cgroupV1 = resting(2, () => 'none').at(1)?.forecast;
    expect(cgroupV1?.states.find(({intervalMs}) => intervalMs === 14_000)?.probability).toBeGreaterThan(0.6);
  });

  it('falls back from the maximum, and says so before', () => {
    const housekeeping = follow(10_000);
    const zero = new Array<number>(16).fill(0);
    let forecast: Forecast | null = null;
    for (const at of [0, 12, 38, 53]) forecast = poll(housekeeping, at + 1, [sample(at, 7, {pressure: zero})]);
    expect(forecast && formatIntervalState(forecast)).toBe('15 s — at rest, the maximum: then 10 s');
  });
});

describe('a slow node', () => {
  it('has a tick that fell into the request taken for a tick, not for the runtime’s value', () => {
    const housekeeping = follow(10_000);
    for (const at of [0, 13, 27]) poll(housekeeping, at + 1, [sample(at, at * 1e9)]);
    // The base is thought to be longer than this wait: at first it can be either.
    poll(housekeeping, 37.5, [sample(35.9, 40e9)], 5);
    const forecast = poll(housekeeping, 39, [sample(35.9, 40e9)], 1);
    expect(forecast).toMatchObject({phase: 'ticking', lastTickAt: t0 + 35_900});
    expect(forecast.waits.at(-1)?.waitMs).toBeCloseTo(8900, 0);
  });

  it('is not led astray by an answer that is older than the one before', () => {
    const housekeeping = follow(10_000);
    for (const at of [0, 13, 27]) poll(housekeeping, at + 1, [sample(at, at * 1e9)]);
    const forecast = poll(housekeeping, 29, [sample(13, 13e9)]);
    expect(forecast).toMatchObject({phase: 'ticking', lastTickAt: t0 + 27_000});
  });
});

describe('a pod that was made anew under its name', () => {
  it('is followed, whichever of the two an answer has for a while', () => {
    const housekeeping = follow(10_000);
    const old = {startedAt: nodeMs(t0 - 3_600_000), uid: null};
    const anew = {startedAt: nodeMs(t0 + 30_000), uid: null};
    for (const at of [0, 13, 27]) poll(housekeeping, at + 1, [sample(at, 1e12 + at * 1e9, old)]);
    poll(housekeeping, 33, [sample(31, 1e6, anew)]);
    poll(housekeeping, 34, [sample(27, 1e12 + 27e9, old)]);
    poll(housekeeping, 42, [sample(40, 1e12 + 40e9, old), sample(31, 1e6, anew)]);
    const forecast = poll(housekeeping, 45, [sample(44, 2e9, anew), sample(40, 1e12 + 40e9, old)]);
    expect(forecast).toMatchObject({phase: 'ticking', lastTickAt: t0 + 44_000});
    expect(forecast.states[0]).toMatchObject({intervalMs: 10_000});
  });
});

describe('a base that outlives cAdvisor’s cache', () => {
  it('has containers of the runtime’s from the first answer on, and pods of a counter alone', () => {
    const housekeeping = follow(300_000);
    let forecast: Forecast | null = null;
    let podForecast: Forecast | null = null;
    for (let s = 1; s < 1450; s += 2) {
      const tickS = s < 400 ? -20 : s < 900 ? 390 : 880;
      const podSample = sample(tickS, 1e9 * (tickS + 60), {target: pod, usageNanoCores: 0});
      forecast = poll(housekeeping, s, [sample(s - 0.005, s * 1e9, {usageNanoCores: 7e6}), podSample]);
      if (s > 4) expect(forecast.phase).toBe('runtime');
      podForecast = housekeeping.forecast('default/p/', nodeMs(t0 + s * 1000));
      expect(podForecast?.phase).toBe('ticking');
    }
    expect(forecast?.figures).toBe('runtime');
    expect(podForecast?.figures).toBe('counter');
    expect(podForecast?.states[0]).toMatchObject({intervalMs: 300_000});
    expect(housekeeping.base.intervalMs).toBe(300_000);
  });

  it('has containers between the runtime and cAdvisor for a base of more than a minute, and says what it waits for', () => {
    const housekeeping = follow(90_000);
    for (let s = 1; s < 20; s++) poll(housekeeping, s, [sample(s - 0.005, s * 1e9)]);
    const waiting = poll(housekeeping, 20, [sample(19.995, 20e9)]);
    expect(formatCountdown(waiting)).toBe("the runtime's, until two ticks come within 2 min");
    poll(housekeeping, 101, [sample(100, 100e9)]);
    expect(poll(housekeeping, 102, [sample(100, 100e9)])).toMatchObject({phase: 'ticking', figures: 'live'});
  });

  it('tells of old kubelets, which leave the containers out', () => {
    const housekeeping = follow(300_000);
    poll(housekeeping, 1, [sample(0, 1e9, {target: pod, usageNanoCores: 0})]);
    expect(housekeeping.base.dropsContainers).toBe(true);
    const usual = follow(10_000);
    poll(usual, 1, [sample(0, 1e9, {target: pod})]);
    expect(usual.base.dropsContainers).toBe(false);
  });

  it('follows the runtime’s statistics being switched on and off with a restart of the kubelet', () => {
    const housekeeping = follow(10_000);
    for (const at of [0, 13, 27]) poll(housekeeping, at + 1, [sample(at, at * 1e9)]);
    housekeeping.kubeletStarted(nodeMs(t0 + 30_000));
    let forecast: Forecast | null = null;
    for (let s = 31; s < 70; s++) forecast = poll(housekeeping, s, [sample(s - 0.005, s * 1e9)]);
    expect(forecast).toMatchObject({phase: 'runtime', figures: 'runtime'});
    housekeeping.kubeletStarted(nodeMs(t0 + 70_000));
    for (const at of [71, 84, 99])
      for (const s of [1, 2]) forecast = poll(housekeeping, at + s, [sample(at, at * 1e9)]);
    expect(forecast).toMatchObject({phase: 'ticking', figures: 'live', lastTickAt: t0 + 99_000});
  });
});
