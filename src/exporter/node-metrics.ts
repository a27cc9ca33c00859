import type {Event, JournalEntry, Poll} from '../model/event.ts';
import type {FailureCode} from '../model/failure.ts';
import type {Forecast} from '../model/housekeeping/forecast.ts';
import {crashLoopStarts, emptyStatus, foldStatus, type Status} from '../model/screen/status.ts';
import {isSystem, type Target, targetKey} from '../model/target.ts';
import {toNodeTime, type LocalMs} from '../model/time.ts';
import type {LinePattern} from '../model/journal/pattern.ts';
import type {MetricsLevel} from '../session/options.ts';
import {Labels} from './labels.ts';
import type {SeriesBudget} from './series-budget.ts';
import {TargetRows, type TargetRow} from './target-rows.ts';
import {LightTicks, type Ticks} from './ticks.ts';
import {classicBounds, WaitHistogram} from './wait-histogram.ts';

/** Lines of the journal that are counted under a name. */
interface CountedPattern {
  readonly name: string;
  readonly pattern: LinePattern;
}

export interface NodeMetricsOptions {
  readonly node: string;
  readonly budget: SeriesBudget;
  readonly level: MetricsLevel;
  readonly patterns: readonly CountedPattern[];
  /** The forecast that somebody else keeps; null: a light one of its own. */
  readonly ticks: Ticks | null;
  readonly now: () => LocalMs;
}

/** A row and what is forecast of it now. */
export interface RowReading {
  readonly row: TargetRow;
  readonly forecast: Forecast;
}

/** `partial`: an answer came, but something of it was missing or could not be read. */
type ErrorCode = FailureCode | 'other' | 'partial';

/** The figures of a node besides patterns: gauges and counters, an error of each code, the histogram. */
const seriesPerNode = 20 + classicBounds.length + 3;

/** Folds the events of one node into what is told of it at a scrape. Memory is bounded by the budget. */
export class NodeMetrics {
  readonly labels: Labels;
  readonly waits = new WaitHistogram();
  readonly errors = new Map<ErrorCode, number>();
  readonly matches: Map<string, number>;
  readonly rows: TargetRows;
  restarts = 0;
  requests = 0;
  lines = 0;
  /** Whether there was room for it. */
  readonly hasRoom: boolean;
  readonly #options: NodeMetricsOptions;
  readonly #series: number;
  readonly #light: LightTicks | null;
  readonly #ticks: Ticks;
  readonly #startedAt: LocalMs;
  #status: Status = emptyStatus;
  #targets = 0;
  /** When the oldest sample of the newest answer was taken, by the node's clock; null where it had none. */
  #oldestAt: number | null = null;
  #worstAgeMs = 0;

  constructor(options: NodeMetricsOptions) {
    const {node, budget, level, patterns, ticks} = options;
    this.#options = options;
    this.labels = new Labels([['node', node]]);
    this.rows = new TargetRows(node, budget, level);
    this.matches = new Map(patterns.map(({name}) => [name, 0]));
    this.#series = seriesPerNode + patterns.length;
    this.hasRoom = budget.take(this.#series);
    this.#startedAt = options.now();
    if (ticks === null) {
      this.#light = new LightTicks((target) => this.rows.get(target) !== undefined, this.waited);
      this.#ticks = this.#light;
    } else {
      this.#light = null;
      this.#ticks = ticks;
    }
  }

  /** Told of each wait between two ticks, in ms. */
  readonly waited = (target: Target, waitMs: number): void => {
    this.waits.observe(waitMs / 1000);
    this.rows.get(target)?.waits.observe(waitMs / 1000);
  };

  /** Takes in an event. */
  apply(event: Event): void {
    this.#status = foldStatus(this.#status, event);
    if (event.type === 'poll') this.#polled(event.poll);
    // After the rows: who has one is followed.
    this.#light?.apply(event);
    if (event.type === 'kubelet-started') this.restarts += 1;
    else if (event.type === 'journal') event.entries.forEach((entry) => this.#line(entry));
    else if (event.type === 'node-failed') this.#failed(event.failure.code ?? 'other');
    else if (event.type === 'poll' && event.poll.problems.length > 0) this.#failed('partial');
    else if (event.type === 'stats-stream' && event.state.kind === 'reconnecting') {
      this.#failed(event.state.failure.code ?? 'other');
    }
  }

  /** A request was sent to the kubelet. */
  readonly requested = (): void => void (this.requests += 1);

  /** Gives its places back: the node is gone. */
  end(): void {
    this.rows.clear();
    if (this.hasRoom) this.#options.budget.give(this.#series);
  }

  /** Series that have no place: rows of pods and containers, or the node itself. */
  dropped(perRow: number): number {
    return this.rows.left * perRow + (this.hasRoom ? 0 : this.#series);
  }

  /** Whether the kubelet answers, as far as is known. */
  get isUp(): boolean {
    return this.#status.stats?.kind === 'following';
  }

  /** Whether it starts and ends again and again. */
  isCrashLooping(now: LocalMs): boolean {
    return crashLoopStarts(this.#status, toNodeTime(now, this.#ticks.offset)) > 0;
  }

  /** Age of the newest answer in ms; null before the first. */
  answerAgeMs(now: LocalMs): number | null {
    const at = this.#status.lastPollAt;
    return at === null ? null : Math.max(0, now - at);
  }

  /** How long the newest answer took, in ms; null before the first. */
  get answerMs(): number | null {
    return this.#status.pollMs;
  }

  /** How far the node's clock is ahead, in ms; null where nothing was read of it. */
  get aheadMs(): number | null {
    return this.#status.lastPollAt === null ? null : this.#ticks.offset.aheadMs;
  }

  /** Whether its journal is read: else nothing is known of its lines. */
  get readsJournal(): boolean {
    return this.#status.journal !== null;
  }

  /** The kubelet's version; null where it is not known. */
  get version(): string | null {
    return this.#status.facts?.kubeletVersion ?? null;
  }

  /** Pods and containers in the newest answer. */
  get targets(): number {
    return this.#targets;
  }

  /** The age of the oldest of the newest samples, in ms; null where there is none. */
  oldestAgeMs(now: LocalMs): number | null {
    return this.#oldestAt === null ? null : Math.max(0, this.#age(this.#oldestAt, now));
  }

  /** The oldest that a sample was in any answer, in ms; null where there was none. */
  get worstAgeMs(): number | null {
    return this.#oldestAt === null ? null : this.#worstAgeMs;
  }

  /** The base interval in ms and how sure that is; null before the first sample. */
  get base(): {readonly intervalMs: number; readonly probability: number} | null {
    return this.#oldestAt === null ? null : this.#ticks.base;
  }

  /** The rows that the newest answer named, with what is forecast of each. */
  readings(now: LocalMs): readonly RowReading[] {
    const present = new Map<string, TargetRow>();
    for (const row of this.rows.present()) present.set(targetKey(row.target), row);
    if (present.size === 0) return [];
    return this.#ticks.forecasts(now).flatMap((forecast) => {
      const row = forecast.phase === 'gone' ? undefined : present.get(targetKey(forecast.target));
      return row === undefined ? [] : [{row, forecast}];
    });
  }

  #failed(code: ErrorCode): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  #age(at: number, now: LocalMs): number {
    return toNodeTime(now, this.#ticks.offset) - at;
  }

  #polled({samples, receivedAt}: Poll): void {
    this.rows.polled(samples, receivedAt);
    let oldest = Number.POSITIVE_INFINITY;
    this.#targets = 0;
    for (const {target, at} of samples) {
      if (isSystem(target)) continue;
      this.#targets += 1;
      oldest = Math.min(oldest, at);
    }
    this.#oldestAt = Number.isFinite(oldest) ? oldest : null;
    if (this.#oldestAt !== null) this.#worstAgeMs = Math.max(this.#worstAgeMs, this.#age(oldest, receivedAt));
  }

  /** What was written before ktop started is no event of now: a counter that begins with it would tell of a burst. */
  #line({at, message}: JournalEntry): void {
    if (at < toNodeTime(this.#startedAt, this.#ticks.offset)) return;
    this.lines += 1;
    for (const {name, pattern} of this.#options.patterns) {
      if (pattern.test(message)) this.matches.set(name, (this.matches.get(name) ?? 0) + 1);
    }
  }
}
