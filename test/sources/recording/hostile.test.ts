import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {recordScenario, type Scenario} from './hostile-recording.ts';
import {scoreRecording} from './score-forecast.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ktop-hostile-'));
});
afterEach(() => rmSync(dir, {recursive: true}));

const minute = 60_000;
const always = [{fromMs: -minute, untilMs: 99 * minute}];
const targets = (['busy', 'busy', 'idle', 'idle', 'busy', 'bursty'] as const).map((activity, i) => ({
  target: {namespace: 'n', pod: `p${i >> 1}`, container: i % 2 === 0 ? null : 'c'},
  activity,
  lives: always,
}));
const quiet: Scenario = {
  seed: 1,
  durationMs: 20 * minute,
  targets,
  kubelets: [{fromMs: 0, baseMs: 10_000}],
  meta: {housekeepingInterval: 10},
};
const changes = (...bases: number[]) => bases.map((baseMs, i) => ({fromMs: i * 8 * minute + i * 317, baseMs}));

/** Loss over that of one who knows each interval state: from the second minute on, and after the `events`. */
async function score(scenario: Partial<Scenario>, events: readonly number[] = []) {
  const truth = recordScenario(dir, {...quiet, ...scenario});
  const closely = events.map((at) => ({fromMs: at, untilMs: at + 2 * minute}));
  const {all, close} = await scoreRecording(dir, truth, closely, minute);
  expect(all.missing).toBe(0);
  return {all: all.ratio, close: close.ratio};
}

describe('the forecast of a recording in which', {timeout: 60_000}, () => {
  it.each([
    [1000, 'v1.32'],
    [1000, 'v1.21'],
    [2000, 'v1.32'],
    [10_000, 'v1.21'],
  ] as const)(
    'a restart is told by nothing but the answers is as good as knowing (base %i ms, %s)',
    async (base, version) => {
      const restarts = {kubelets: changes(base, base, base), meta: {housekeepingInterval: base / 1000}};
      const {close} = await score({...restarts, old: version === 'v1.21'}, [8 * minute, 16 * minute]);
      expect(close).toBeLessThan(1.02);
    },
  );

  it('the base changes untold finds the new one within the first waits', async () => {
    const {all, close} = await score({kubelets: changes(10_000, 5000), meta: undefined}, [8 * minute]);
    expect(all).toBeLessThan(1.02);
    expect(close).toBeLessThan(1.15);
    expect((await score({kubelets: changes(1000, 10_000), meta: undefined}, [8 * minute])).close).toBeLessThan(1.3);
  });

  it('all containers restart at once does not take it for a restart of the kubelet', async () => {
    const lives = [always[0], {fromMs: 8 * minute, untilMs: 99 * minute}].map((life, i) => ({
      fromMs: life?.fromMs ?? 0,
      untilMs: i === 0 ? 8 * minute - 1500 : 99 * minute,
    }));
    const restarting = targets.map((one) => (one.target.container === null ? one : {...one, lives}));
    expect((await score({targets: restarting}, [8 * minute])).close).toBeLessThan(1.01);
  });

  it('most ticks go unseen between two polls keeps to the base that it was told', async () => {
    expect((await score({pollMs: 15_000, durationMs: 40 * minute})).all).toBeLessThan(1.06);
    const told = {meta: {housekeepingInterval: 5}, kubelets: changes(5000)};
    expect((await score({...told, pollMs: 30_000, durationMs: 60 * minute})).all).toBeLessThan(2);
  });

  it('a clock is off, or set, finds from the ticks how far', async () => {
    const hour = 3_600_000;
    expect((await score({nodeAheadMs: () => -hour})).all).toBeLessThan(1.01);
    const jump = (t: number) => (t >= 8 * minute ? 5000 : 0);
    expect((await score({nodeAheadMs: jump}, [8 * minute])).close).toBeLessThan(1.15);
    expect((await score({localAheadMs: jump}, [8 * minute])).close).toBeLessThan(1.15);
    const hourly = (t: number) => (t >= 8 * minute ? hour : 0);
    // The first seconds count with an hour each.
    expect((await score({localAheadMs: hourly}, [8.5 * minute])).close).toBeLessThan(1.1);
    expect((await score({nodeAheadMs: hourly}, [8.5 * minute])).close).toBeLessThan(1.1);
  });

  it('the kubelet was built with another maximum, or without dynamic intervals, learns that', async () => {
    expect((await score({maxMs: 60_000, durationMs: 40 * minute})).all).toBeLessThan(1.08);
    expect((await score({maxMs: 0})).all).toBeLessThan(1.01);
  });

  it('only whole seconds are known is nearly as good', async () => {
    expect((await score({endpoints: 'summary'})).all).toBeLessThan(1.03);
    expect((await score({endpoints: 'summary', meta: undefined})).all).toBeLessThan(1.1);
  });
});
