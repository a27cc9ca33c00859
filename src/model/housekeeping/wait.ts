import type {Pieces} from './next-tick.ts';

/*
 * The wait between two ticks of one cgroup whose interval is `d`: uniform from d to 2d, plus what a busy node adds,
 * an exponential whose mean is learned (`lateness.ts`). Now and then a tick is later than all of that: a Lomax tail of
 * order 2, whose expected further delay grows with the delay so far, which is how an overdue tick should widen. It is
 * wide compared with what was seen, because the price of a wide tail is nothing and the price of a narrow one is a
 * wrong certainty.
 */

/** The share of ticks that come later than the node's usual lateness explains. */
const strayShare = 0.004;
const leastStrayMs = 80;
/** The share of ticks before the window: on-demand housekeeping, a restart that nobody told us about. */
const earlyShare = 1e-4;
/** Beyond so many means an exponential is nothing. */
const farMeans = 12;

/** P(wait > elapsed) for the interval `d` on a node whose ticks are late by `lateMs` on average. */
export function survival(elapsedMs: number, intervalMs: number, lateMs: number): number {
  const since = elapsedMs - intervalMs;
  if (since <= 0) return 1;
  return (1 - strayShare) * punctual(since, intervalMs, lateMs) + strayShare * stray(since, intervalMs, lateMs);
}

/** The same where the tick is as late as usual: the window's uniform, and the exponential. */
function punctual(since: number, intervalMs: number, lateMs: number): number {
  const past = since - intervalMs;
  const sinceOpen = since > farMeans * lateMs ? 0 : Math.exp(-since / lateMs);
  if (past < 0) return 1 - (since - lateMs * (1 - sinceOpen)) / intervalMs;
  if (past > farMeans * lateMs) return 0;
  return (lateMs / intervalMs) * (Math.exp(-past / lateMs) - sinceOpen);
}

/** The same where it comes after the window. */
function stray(since: number, intervalMs: number, lateMs: number): number {
  if (since <= intervalMs) return 1;
  const late = 1 + (since - intervalMs) / strayMs(lateMs);
  return 1 / (late * late);
}

function strayMs(lateMs: number): number {
  return Math.max(leastStrayMs, 2 * lateMs);
}

/** Likelihood (per ms) of a wait that is known to `± uncertaintyMs`. Never 0: no single tick may decide alone. */
export function waitLikelihood(waitMs: number, uncertaintyMs: number, intervalMs: number, lateMs: number): number {
  const early = waitMs < intervalMs ? earlyShare / intervalMs : 1e-12;
  const inside =
    survival(waitMs - uncertaintyMs, intervalMs, lateMs) - survival(waitMs + uncertaintyMs, intervalMs, lateMs);
  return Math.max(0, inside) / (2 * uncertaintyMs) + early;
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
/** The means of the quarters of an exponential with mean 1. */
const quarters: readonly number[] = [0.137, 0.476, 0.999, 2.388];
const atOnce: readonly number[] = [1];
/** Lateness below this share of the interval only moves the window. */
const negligible = 0.004;

/**
 * Adds the pieces of "the tick comes at `lastTick + wait`, and has not come by `now`" to `into`, weighted. Past the
 * window only the tail is left, scaled by how long the tick is overdue.
 */
export function addWaitPieces(
  into: Pieces,
  weight: number,
  lastTickMs: number,
  intervalMs: number,
  nowMs: number,
  lateMs: number,
): void {
  const opens = lastTickMs + intervalMs;
  const delays = lateMs < negligible * intervalMs ? atOnce : quarters;
  for (const delay of delays) {
    const from = Math.max(opens + delay * lateMs, nowMs);
    const to = opens + intervalMs + delay * lateMs;
    const mass = (weight * (1 - strayShare) * (to - from)) / (intervalMs * delays.length);
    if (to > from) into.add(from, to, mass);
  }
  const closes = opens + intervalMs;
  const overdue = Math.max(0, nowMs - closes);
  const scale = strayMs(lateMs) + overdue;
  const left = weight * strayShare * stray(nowMs - opens, intervalMs, lateMs);
  const starts = Math.max(closes, nowMs);
  if (overdue === 0) {
    into.add(starts, starts + scale, left * 0.75);
    into.add(starts + scale, starts + 9 * scale, left * 0.25);
    return;
  }
  for (const [mass, from, to] of tail) {
    into.add(starts + from * scale, starts + to * scale, left * mass);
  }
}
