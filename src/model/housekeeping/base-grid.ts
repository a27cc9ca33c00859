import {defaultBaseMs, intervalsOf, maxIntervalMs} from './rule.ts';

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
/** Who sets another one sets whole seconds, mostly. */
const wholeSeconds: readonly number[] = [...Array.from({length: 28}, (_, i) => i + 2), ...[40, 45, 50, 90]].filter(
  (seconds) => usual.every(([one]) => one !== seconds),
);
const wholePrior = 0.001;
const usualShare = usual.reduce((sum, [, prior]) => sum + prior, 0) + wholePrior * wholeSeconds.length;
/** Any other base from 1 s to 5 min is found to this ratio; a cgroup's windows are then off by less than 1 %. */
const step = 1.02;

/**
 * Other maxima, for the usual bases: a kubelet that was changed may have another. Infinitely small stands for no dynamic
 * housekeeping: every cgroup keeps the base.
 */
const otherMaximaMs: readonly number[] = [0, 30_000, 60_000];
const otherMaximumShare = 0.002;
/** A base above this is the less likely to be set under way the longer it is. */
const longChangeMs = 30_000;

/**
 * Every base that may be in force, with the interval states of each laid out in one flat array, so that a cgroup's
 * filter is one `Float64Array` and a tick costs microseconds.
 */
export interface BaseGrid {
  /** The base of each candidate in ms, ascending; one base occurs with several maxima. */
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

interface Candidate {
  readonly baseMs: number;
  readonly maxMs: number;
  readonly prior: number;
  readonly changed: number;
}

/** The grid of candidates; a base that the kubelet's command line tells takes nearly all of the prior. */
export function baseGrid(reportedMs: number | null): BaseGrid {
  return gridOf(candidatesOf(reportedMs));
}

/**
 * The same with the bases that people really set alone, and cAdvisor's own maximum: a filter of it takes a thirtieth of
 * the memory, for who follows the nodes of a whole cluster.
 */
export function usualGrid(reportedMs: number | null): BaseGrid {
  const isUsual = new Set([...usual.map(([seconds]) => seconds * 1000), reportedMs]);
  const candidates = candidatesOf(reportedMs).filter(
    ({baseMs, maxMs}) => isUsual.has(baseMs) && maxMs === maxIntervalMs,
  );
  const [prior, changed] = [total(candidates, 'prior'), total(candidates, 'changed')];
  return gridOf(candidates.map((one) => ({...one, prior: one.prior / prior, changed: one.changed / changed})));
}

function total(candidates: readonly Candidate[], share: 'prior' | 'changed'): number {
  return candidates.reduce((sum, candidate) => sum + candidate[share], 0);
}

function gridOf(candidates: readonly Candidate[]): BaseGrid {
  const start = [0];
  const intervals: number[] = [];
  for (const {baseMs, maxMs} of candidates) {
    intervals.push(...intervalsOf(baseMs, maxMs));
    start.push(intervals.length);
  }
  return {
    bases: candidates.map(({baseMs}) => baseMs),
    prior: candidates.map(({prior}) => prior),
    changed: candidates.map(({changed}) => changed),
    start,
    intervals,
  };
}

function candidatesOf(reportedMs: number | null): readonly Candidate[] {
  const weight = new Map<number, number>(usual.map(([seconds, prior]) => [seconds * 1000, prior]));
  for (const seconds of wholeSeconds) weight.set(seconds * 1000, wholePrior);
  const others: number[] = [];
  for (let base = 1000; base < 305_000; base *= step) others.push(Math.round(base));
  for (const base of others) weight.set(base, (weight.get(base) ?? 0) + (1 - usualShare) / others.length);
  const isUsual = new Set(usual.map(([seconds]) => seconds * 1000));
  if (reportedMs !== null) {
    isUsual.add(reportedMs);
    weight.set(reportedMs, weight.get(reportedMs) ?? 0);
  }
  return [...weight]
    .sort(([a], [b]) => a - b)
    .flatMap(([baseMs, unreported]) => {
      // Something else stays possible: the flag may have been read from a kubelet that was replaced since.
      const reported = reportedMs === null ? unreported : baseMs === reportedMs ? 0.99 : 0.01 * unreported;
      // Minutes are what a cluster is made with (`minikube start --disable-metrics`); who changes it wants to see ticks.
      const changed = unreported * Math.min(1, longChangeMs / baseMs);
      const maxima = isUsual.has(baseMs) ? otherMaximaMs.filter((maxMs) => differs(baseMs, maxMs)) : [];
      const kept = 1 - maxima.length * otherMaximumShare;
      return [
        {baseMs, maxMs: maxIntervalMs, prior: reported * kept, changed: changed * kept},
        ...maxima.map((maxMs) => ({
          baseMs,
          maxMs,
          prior: reported * otherMaximumShare,
          changed: changed * otherMaximumShare,
        })),
      ];
    });
}

function differs(baseMs: number, maxMs: number): boolean {
  return maxMs > baseMs || baseMs < maxIntervalMs;
}
