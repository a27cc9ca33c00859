import type {Poll} from '../event.ts';
import type {Figures} from '../housekeeping/forecast.ts';
import {type Target, targetKey} from '../target.ts';
import type {LocalMs} from '../time.ts';
import {historyMs} from './history.ts';
import {CpuSeries} from './series.ts';

/** Pods come and go for days; beyond this the ones that ended first are forgotten before their time. */
const mostSeries = 4_000;

/** What the figures of a target's newest sample are worth; null where its timer is not followed. */
export type FiguresOf = (target: Target) => Figures | null;

/** The CPU series of everything that the kubelet tells of. */
export class SeriesStore {
  readonly #figuresOf: FiguresOf;
  readonly #series = new Map<string, CpuSeries>();
  #version = 0;

  /** `figuresOf` is asked once the forecast has taken in the poll. */
  constructor(figuresOf: FiguresOf = () => null) {
    this.#figuresOf = figuresOf;
  }

  /** The same series, which go their own way from here. */
  copy(): SeriesStore {
    const copy = new SeriesStore(this.#figuresOf);
    copy.#version = this.#version;
    for (const [key, series] of this.#series) copy.#series.set(key, series.copy());
    return copy;
  }

  /** Grows when a line changed: a chart need not be drawn again before. */
  get version(): number {
    return this.#version;
  }

  /** How many there are. */
  get size(): number {
    return this.#series.size;
  }

  /** About how many bytes all of it takes. */
  get bytes(): number {
    let bytes = 0;
    for (const series of this.#series.values()) bytes += series.bytes;
    return bytes;
  }

  /** The series of a target's key. */
  get(key: string): CpuSeries | undefined {
    return this.#series.get(key);
  }

  /** All series, in no particular order. */
  all(): IterableIterator<CpuSeries> {
    return this.#series.values();
  }

  /**
   * Takes in one answered poll, `isStarting` from a kubelet that has just started: what it does not name has not ended
   * by that. An answer that named nothing at all is a missed one.
   */
  observe(poll: Poll, isStarting = false): void {
    const named = new Map(poll.samples.map((sample) => [targetKey(sample.target), sample]));
    for (const [key, sample] of named) {
      let series = this.#series.get(key);
      if (series === undefined) {
        series = new CpuSeries(sample.target);
        this.#series.set(key, series);
      }
      if (series.observe(sample, poll.receivedAt, this.#figuresOf(sample.target)) !== 'repeat') this.#version += 1;
    }
    // Most polls ask `/metrics/resource` alone, which does not name what only the summary knows (system containers).
    const hasSummary = poll.samples.length === 0 || poll.samples.some((sample) => sample.precision === 's');
    for (const [key, series] of this.#series) {
      if (named.has(key) || (series.isCoarse && !hasSummary)) continue;
      if (series.present) this.#version += 1;
      series.miss(isStarting);
      if (isForgotten(series, poll.receivedAt)) this.#series.delete(key);
    }
    this.#forgetSome();
  }

  #forgetSome(): void {
    const excess = this.#series.size - mostSeries;
    if (excess <= 0) return;
    const ended = [...this.#series].filter(([, series]) => !series.present);
    ended.sort(([, a], [, b]) => (a.seenAt ?? 0) - (b.seenAt ?? 0));
    for (const [key] of ended.slice(0, excess)) this.#series.delete(key);
  }
}

function isForgotten(series: CpuSeries, now: LocalMs): boolean {
  return !series.present && now - (series.seenAt ?? now) > historyMs;
}
