import type {Event} from '../event.ts';
import {History, type Step} from '../cpu/history.ts';
import {targetKey} from '../target.ts';

/** What one target really used, by its cgroup's own counter. */
interface Used {
  readonly history: History;
  atMs: number;
  usageNs: number;
  nanoCores: number | null;
}

/** How far the kubelet's figure was from what was used, in nanocores, while its sample had such an age. */
export interface ErrorByAge {
  /** Up to this age in seconds; the last one has no bound. */
  readonly untilS: number;
  readonly count: number;
  readonly mean: number;
  readonly worst: number;
}

const ages = [5, 10, 20, Infinity];
/** Readings further apart have missed something: no rate over them. */
const longestMs = 10_000;
/** A target that was not read for so long is not watched any more. */
const forgottenMs = 6 * 3_600_000;

/** What containers really used from second to second, and how far off the kubelet's figures were meanwhile. */
export class TruthModel {
  readonly #used = new Map<string, Used>();
  readonly #errors = ages.map(() => ({count: 0, sum: 0, worst: 0}));
  #version = 0;

  /** Changes with each reading. */
  get version(): number {
    return this.#version;
  }

  /** Takes a reading of the counters; `shown` says what the pane tells of a target at that moment, and since when. */
  take(
    {at, readings}: Extract<Event, {type: 'truth'}>,
    shown: (key: string) => {readonly nanoCores: number | null; readonly atMs: number} | null,
  ): void {
    this.#version += 1;
    for (const {target, usageNs} of readings) {
      const key = targetKey(target);
      const before = this.#used.get(key);
      const tookMs = before === undefined ? 0 : at - before.atMs;
      // A counter that is less than it was is another container's.
      if (before === undefined || usageNs < before.usageNs || tookMs <= 0 || tookMs > longestMs) {
        const history = before?.history ?? new History();
        this.#used.set(key, {history, atMs: at, usageNs, nanoCores: null});
        continue;
      }
      if (tookMs < 200) continue;
      const nanoCores = ((usageNs - before.usageNs) / tookMs) * 1000;
      before.history.push(stepOf(before, at, usageNs, nanoCores));
      const told = shown(key);
      if (told?.nanoCores != null) this.#compare(told.nanoCores - nanoCores, (at - told.atMs) / 1000);
      Object.assign(before, {atMs: at, usageNs, nanoCores});
    }
    for (const [key, {atMs}] of this.#used) if (at - atMs > forgottenMs) this.#used.delete(key);
  }

  /** What a target used, in a window; null where it was never read. */
  used(
    key: string,
    fromMs: number,
  ): {readonly steps: readonly Step[]; readonly atMs: number; readonly nanoCores: number | null} | null {
    const used = this.#used.get(key);
    if (used === undefined) return null;
    return {steps: used.history.between(fromMs, Infinity), atMs: used.atMs, nanoCores: used.nanoCores};
  }

  /** How far off the kubelet's figures were, by the age of their sample; all ages first, as `untilS` 0. */
  errors(): readonly ErrorByAge[] {
    const all = this.#errors.reduce(
      (sum, {count, sum: more, worst}) => ({
        count: sum.count + count,
        sum: sum.sum + more,
        worst: Math.max(sum.worst, worst),
      }),
      {count: 0, sum: 0, worst: 0},
    );
    const errorOf = (untilS: number, {count, sum, worst}: typeof all): ErrorByAge => ({
      untilS,
      count,
      mean: count === 0 ? 0 : sum / count,
      worst,
    });
    return [errorOf(0, all), ...this.#errors.map((error, i) => errorOf(ages[i] ?? Infinity, error))];
  }

  #compare(error: number, ageS: number): void {
    const bucket = this.#errors[ages.findIndex((untilS) => ageS < untilS)];
    if (bucket === undefined) return;
    bucket.count += 1;
    bucket.sum += Math.abs(error);
    bucket.worst = Math.max(bucket.worst, Math.abs(error));
  }
}

function stepOf(before: Used, toMs: number, usageNs: number, nanoCores: number): Step {
  return {
    fromMs: before.atMs,
    toMs,
    usageNs: usageNs - before.usageNs,
    minNanoCores: nanoCores,
    maxNanoCores: nanoCores,
    minBytes: Number.NaN,
    maxBytes: Number.NaN,
    samples: 1,
    tick: false,
    joined: before.history.newest()?.toMs === before.atMs,
  };
}
