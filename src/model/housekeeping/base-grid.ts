import {defaultBaseMs, intervalsOf} from './rule.ts';

/** Bases that people really set, in seconds, and how likely each is before anything was seen. */
const usual: readonly (readonly [seconds: number, prior: number])[] = [
  [defaultBaseMs / 1000, 0.6],
  [5, 0.08],
  [1, 0.04],
  [2, 0.02],
  [3, 0.01],
  [15, 0.03],
  [20, 0.03],
  [30, 0.04],
  [60, 0.03],
  [120, 0.01],
  [300, 0.03],
];
const usualShare = usual.reduce((sum, [, prior]) => sum + prior, 0);
/** Any other base from 1 s to 5 min is found to this ratio; a cgroup's windows are then off by less than 1 %. */
const step = 1.02;

/** A base above this is the less likely to be set under way the longer it is. */
const longChangeMs = 30_000;

/**
 * Every base that may be in force, with the interval states of each laid out in one flat array, so that a cgroup's
 * filter is one `Float64Array` and a tick costs microseconds.
 */
export interface BaseGrid {
  /** Candidates in ms. */
  readonly bases: readonly number[];
  /** Probability of each before any tick was seen; sums to 1. */
  readonly prior: readonly number[];
  /** The same for a base that somebody sets under way, whatever the command line told before. */
  readonly changed: readonly number[];
  /** Where the states of candidate `i` begin in the flat arrays; one more entry than there are bases. */
  readonly start: readonly number[];
  /** The interval (ms) of each flat state. */
  readonly intervals: readonly number[];
}

/** The grid of candidates; a base that the kubelet's command line tells takes nearly all of the prior. */
export function baseGrid(toldMs: number | null): BaseGrid {
  const weight = new Map<number, number>(usual.map(([seconds, prior]) => [seconds * 1000, prior]));
  const others: number[] = [];
  for (let base = 1000; base < 305_000; base *= step) others.push(Math.round(base));
  for (const base of others) weight.set(base, (weight.get(base) ?? 0) + (1 - usualShare) / others.length);
  // Minutes are what a cluster is made with (`minikube start --disable-metrics`); who changes it wants to see ticks.
  const changed = new Map([...weight].map(([base, prior]) => [base, prior * Math.min(1, longChangeMs / base)]));
  if (toldMs !== null) {
    // Something else stays possible: the flag may have been read from a kubelet that was replaced since.
    for (const [base, prior] of weight) weight.set(base, prior * 0.01);
    weight.set(toldMs, (weight.get(toldMs) ?? 0) + 0.99);
  }
  const bases = [...weight.keys()].sort((a, b) => a - b);
  const start = [0];
  const intervals: number[] = [];
  for (const base of bases) {
    intervals.push(...intervalsOf(base));
    start.push(intervals.length);
  }
  const prior = bases.map((base) => weight.get(base) ?? 0);
  return {bases, prior, changed: bases.map((base) => changed.get(base) ?? 0), start, intervals};
}
