import type {Segment} from './next-tick.ts';

/*
 * The wait between two ticks of one cgroup whose interval is `d`: uniform from d to 2d, plus what a busy node adds.
 * The lateness is a Lomax tail of order 2: the expected further delay grows with the delay so far, which is how an
 * overdue tick should widen. The figures are wide compared with an idle node (3 ms, 64 ms at worst, read off real
 * kubelets), because the price of a wide tail is nothing and the price of a narrow one is a wrong certainty.
 */

/** The share of ticks that come after the window: mean lateness over interval, of the order 30 ms in 10 s. */
const lateShare = 0.004;
const lateScaleMs = 80;
/** The share of ticks before the window: on-demand housekeeping, a restart that nobody told us about. */
const earlyShare = 1e-4;

/** P(wait > elapsed) for the interval `d`. */
export function survival(elapsedMs: number, intervalMs: number): number {
  if (elapsedMs <= intervalMs) return 1;
  if (elapsedMs < 2 * intervalMs) return 1 - ((1 - lateShare) * (elapsedMs - intervalMs)) / intervalMs;
  const late = 1 + (elapsedMs - 2 * intervalMs) / lateScaleMs;
  return lateShare / (late * late);
}

/** Likelihood (per ms) of a wait that is known to `± uncertaintyMs`. Never 0: no single tick may decide alone. */
export function waitLikelihood(waitMs: number, uncertaintyMs: number, intervalMs: number): number {
  const early = waitMs < intervalMs ? earlyShare / intervalMs : 1e-12;
  const inside = survival(waitMs - uncertaintyMs, intervalMs) - survival(waitMs + uncertaintyMs, intervalMs);
  return inside / (2 * uncertaintyMs) + early;
}

/** Quantiles of the order-2 Lomax with scale 1: probability, value. Linear between; the last one ends it. */
const tail: readonly (readonly [mass: number, from: number, to: number])[] = [
  [0.25, 0, 0.1547],
  [0.25, 0.1547, 0.4142],
  [0.25, 0.4142, 1],
  [0.15, 1, 2.1623],
  [0.05, 2.1623, 3.4721],
  [0.05, 3.4721, 12],
];

/**
 * Adds the pieces of "the tick comes at `lastTick + wait`, and has not come by `now`" to `into`, weighted. Past the
 * window only the tail is left, scaled by how long the tick is overdue.
 */
export function addWaitSegments(
  into: Segment[],
  weight: number,
  lastTickMs: number,
  intervalMs: number,
  nowMs: number,
): void {
  const opens = lastTickMs + intervalMs;
  const closes = opens + intervalMs;
  if (nowMs < closes) {
    const from = Math.max(opens, nowMs);
    into.push({from, to: closes, mass: (weight * (1 - lateShare) * (closes - from)) / intervalMs});
    into.push({from: closes, to: closes + lateScaleMs, mass: weight * lateShare * 0.75});
    into.push({from: closes + lateScaleMs, to: closes + 9 * lateScaleMs, mass: weight * lateShare * 0.25});
    return;
  }
  const overdue = nowMs - closes;
  const scale = lateScaleMs + overdue;
  const left = weight * survival(nowMs - lastTickMs, intervalMs);
  for (const [mass, from, to] of tail) {
    into.push({from: nowMs + from * scale, to: nowMs + to * scale, mass: left * mass});
  }
}
