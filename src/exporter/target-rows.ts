import type {Sample} from '../model/event.ts';
import {isSystem, type Target, targetKey} from '../model/target.ts';
import type {MetricsLevel} from '../session/options.ts';
import {Labels, ownText} from './labels.ts';
import type {SeriesBudget} from './series-budget.ts';
import {classicBounds, WaitHistogram} from './wait-histogram.ts';

/** A pod or container that has series. */
export interface TargetRow {
  readonly target: Target;
  readonly labels: Labels;
  readonly waits: WaitHistogram;
  /** Number of the poll that named it last. */
  seen: number;
  /** When that was, in ms of a clock of ours. */
  seenMs: number;
}

/** Series of a row in a text format: seven figures, and the histogram's buckets with its sum and count. */
export const seriesPerRow = 7 + classicBounds.length + 3;
/** Who is not named for so long has ended: its places go to others. Until then it may come back with its counts. */
const forgottenAfterMs = 120_000;

/** Which pods and containers of one node have series: those that the level names, as far as the budget goes. */
export class TargetRows {
  readonly #node: string;
  readonly #budget: SeriesBudget;
  readonly #level: MetricsLevel;
  readonly #rows = new Map<string, TargetRow>();
  /** Names that differ in what may not be shown only would be one series twice, which spoils a whole scrape. */
  readonly #told = new Set<string>();
  #polls = 0;
  #left = 0;
  /** No row of an ended one is left to give its places to another. */
  #noneEnded = false;

  constructor(node: string, budget: SeriesBudget, level: MetricsLevel) {
    this.#node = node;
    this.#budget = budget;
    this.#level = level;
  }

  /** Those that the newest answer named. */
  *present(): Iterable<TargetRow> {
    for (const row of this.#rows.values()) if (row.seen === this.#polls) yield row;
  }

  /** How many of the newest answer have no series, because there is no room. */
  get left(): number {
    return this.#left;
  }

  /** The row of a target; undefined where it has none. */
  get(target: Target): TargetRow | undefined {
    return this.#rows.get(targetKey(target));
  }

  /** Takes in who is there, of one poll received at `nowMs`: who is new gets a row while there is room. */
  polled(samples: readonly Sample[], nowMs: number): void {
    if (this.#level === 'node') return;
    this.#polls += 1;
    this.#left = 0;
    this.#noneEnded = false;
    for (const {target} of samples) {
      if (isSystem(target) || (this.#level === 'pod' && target.container !== null)) continue;
      const row = this.#rows.get(targetKey(target)) ?? this.#admit(target);
      if (row === null) this.#left += 1;
      else {
        row.seen = this.#polls;
        row.seenMs = nowMs;
      }
    }
    for (const [key, row] of this.#rows) {
      // A clock of ours that was set back must not keep them for ever.
      if (row.seen !== this.#polls && Math.abs(nowMs - row.seenMs) > forgottenAfterMs) this.#drop(key, row);
    }
  }

  /** Gives all places back. */
  clear(): void {
    for (const [key, row] of this.#rows) this.#drop(key, row);
  }

  #admit(target: Target): TargetRow | null {
    // Those that have ended make room for those that are there.
    if (!this.#budget.take(seriesPerRow) && !(this.#dropOneEnded() && this.#budget.take(seriesPerRow))) return null;
    const labels = new Labels([
      ['node', this.#node],
      ['namespace', target.namespace],
      ['pod', target.pod],
      ['container', target.container ?? ''],
    ]);
    if (this.#told.has(labels.text)) {
      this.#budget.give(seriesPerRow);
      return null;
    }
    const row = {target: ownTarget(target), labels, waits: new WaitHistogram(), seen: this.#polls, seenMs: 0};
    this.#rows.set(ownText(targetKey(target)), row);
    this.#told.add(labels.text);
    return row;
  }

  /** Ends the row that the newest answers have not named; those of the answer before may yet be named by this one. */
  #dropOneEnded(): boolean {
    if (this.#noneEnded) return false;
    for (const [key, row] of this.#rows) {
      if (row.seen >= this.#polls - 1) continue;
      this.#drop(key, row);
      return true;
    }
    this.#noneEnded = true;
    return false;
  }

  #drop(key: string, row: TargetRow): void {
    this.#rows.delete(key);
    this.#told.delete(row.labels.text);
    this.#budget.give(seriesPerRow);
  }
}

/** A target whose names keep no answer in memory. */
export function ownTarget({namespace, pod, container}: Target): Target {
  return {
    namespace: ownText(namespace),
    pod: ownText(pod),
    container: container === null ? null : ownText(container),
  };
}
