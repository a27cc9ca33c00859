import {describe, expect, it} from 'vitest';
import {Housekeeping} from '../../../src/model/housekeeping/housekeeping.ts';
import {PollPlan} from '../../../src/model/housekeeping/poll-plan.ts';
import {nodeMs} from '../../../src/model/time.ts';
import type {Activity} from './synthetic-cgroup.ts';
import {syntheticNode, syntheticPoll, tickAt} from './synthetic-node.ts';

const t0 = 1_795_464_000_000;

/**
 * Follows synthetic targets for an hour as the stats source would: one request a poll, two where there was a new
 * sample. A *likely* tick is one that the forecast, at the poll before it, gave even odds to come within a second.
 */
function follow(baseMs: number, activities: readonly Activity[]) {
  const durationMs = Math.max(3_600_000, 30 * baseMs);
  const targets = activities.map((activity, i) => ({target: {namespace: 'n', pod: 'p', container: `c${i}`}, activity}));
  const node = syntheticNode({seed: 11, durationMs, kubelets: [{fromMs: 0, baseMs}], targets});
  const housekeeping = new Housekeeping();
  housekeeping.reportBase(baseMs);
  const plan = new PollPlan();
  const seen = new Map<number, number>();
  const delays: number[] = [];
  const likely: number[] = [];
  let requests = 0;
  let at = 1000;
  let wasLikely = new Set<number>();
  while (at < durationMs - 2 * baseMs - 30_000) {
    const now = t0 + at;
    housekeeping.observe(syntheticPoll(node, now));
    let made = 1;
    for (const [i, target] of node.entries()) {
      const tick = tickAt(target, now);
      if (tick === null || seen.get(i) === tick.atMs) continue;
      seen.set(i, tick.atMs);
      made = 2;
      if (at < 120_000) continue;
      delays.push(now - tick.atMs);
      if (wasLikely.has(i)) likely.push(now - tick.atMs);
    }
    requests += made;
    plan.spent(made, now);
    const forecasts = housekeeping.forecasts(nodeMs(now));
    wasLikely = new Set(forecasts.flatMap(({next}, i) => (next.by(now + 1000) >= 0.5 ? [i] : [])));
    at += 15 + plan.delayMs(now, forecasts, baseMs);
  }
  const within = (values: readonly number[]) => values.filter((ms) => ms <= 250).length / values.length;
  const mean = delays.reduce((sum, ms) => sum + ms, 0) / delays.length;
  return {
    perSecond: requests / (at / 1000),
    mean,
    likely: within(likely),
    ticks: delays.length,
    likelyTicks: likely.length,
  };
}

describe('the poll plan', () => {
  it.each([
    [10_000, ['busy'], 0.5, 700],
    [10_000, ['idle'], 0.5, 700],
    [5000, ['busy'], 0.95, 300],
  ] as const)(
    'finds a likely tick within 250 ms (base %i ms, %j), with fewer requests than %f a second',
    (baseMs, targets, perSecond, meanMs) => {
      const result = follow(baseMs, targets);
      expect(result.perSecond).toBeLessThan(perSecond);
      expect(result.likely).toBeGreaterThan(0.9);
      expect(result.mean).toBeLessThan(meanMs);
    },
  );

  it.each([
    [10_000, ['busy', 'idle', 'bursty', 'busy', 'idle', 'busy', 'busy', 'idle'], 0.5],
    [1000, ['busy', 'idle'], 0.95],
    [300_000, ['busy'], 0.5],
  ] as const)('keeps to its allowance whatever is watched (base %i ms, %j)', (baseMs, targets, perSecond) => {
    expect(follow(baseMs, targets).perSecond).toBeLessThan(perSecond);
  });

  it('polls slowly while nothing can come, and never later than the shortest wait allows', () => {
    const plan = new PollPlan();
    expect(plan.delayMs(t0, [], 10_000)).toBeLessThanOrEqual(1500);
    expect(plan.delayMs(t0, [], 1000)).toBeLessThanOrEqual(1000);
  });
});
