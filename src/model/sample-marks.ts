import type {Novelty, Sample} from './event.ts';
import {type Target, targetKey} from './target.ts';

/** A sample of which nobody has said yet whether an earlier answer showed it. */
export type UnmarkedSample = Omit<Sample, 'novelty'>;

/** What is remembered of the newest sample of one name. */
interface Seen {
  readonly at: number;
  readonly precision: Sample['precision'];
  readonly usageCoreNanoSeconds: number | null;
  /** Which figures were told so far, a bit each. */
  readonly told: number;
}

/** So many names beyond those of the newest answer are remembered: pods come and go for days. */
const mostAbsent = 1_000;

/**
 * The one place that decides whether an answered sample is new: the kubelet answers from its cache, so that most polls
 * show the tick of the poll before.
 */
export class SampleMarks {
  /** The name that was absent longest comes first. */
  readonly #seen = new Map<string, Seen>();

  /** Marks the samples of one poll, one of each name. */
  mark(samples: readonly UnmarkedSample[]): Sample[] {
    const marked = samples.map((sample) => ({...sample, novelty: this.#note(targetKey(sample.target), sample)}));
    for (const key of this.#seen.keys()) {
      if (this.#seen.size <= samples.length + mostAbsent) break;
      this.#seen.delete(key);
    }
    return marked;
  }

  /** Whether a sample of this time, to the millisecond, would be new. Nothing is noted. */
  isNew(target: Target, atMs: number): boolean {
    const seen = this.#seen.get(targetKey(target));
    return seen === undefined || !isSameTick(seen, {at: atMs, precision: 'ms'});
  }

  /** The counter of the newest sample of this name, nanoseconds; null where none is known. */
  counterOf(target: Target): number | null {
    return this.#seen.get(targetKey(target))?.usageCoreNanoSeconds ?? null;
  }

  #note(key: string, sample: UnmarkedSample): Novelty {
    const before = this.#seen.get(key);
    this.#seen.delete(key);
    const told = figuresOf(sample);
    if (before === undefined || !isSameTick(before, sample)) {
      const {at, precision, usageCoreNanoSeconds} = sample;
      this.#seen.set(key, {at, precision, usageCoreNanoSeconds, told});
      return 'new';
    }
    const isFiner = before.precision === 's' && sample.precision === 'ms';
    this.#seen.set(key, {
      // The millisecond, once known, stays.
      at: isFiner ? sample.at : before.at,
      precision: isFiner ? 'ms' : before.precision,
      usageCoreNanoSeconds: before.usageCoreNanoSeconds ?? sample.usageCoreNanoSeconds,
      told: before.told | told,
    });
    return isFiner || (told & ~before.told) !== 0 ? 'refined' : 'repeated';
  }
}

/** Where one of the two knows its second only, the second decides. */
function isSameTick(a: Pick<Seen, 'at' | 'precision'>, b: Pick<Seen, 'at' | 'precision'>): boolean {
  if (a.precision === b.precision) return a.at === b.at;
  return Math.floor(a.at / 1000) === Math.floor(b.at / 1000);
}

function figuresOf(sample: UnmarkedSample): number {
  const figures = [
    sample.usageCoreNanoSeconds,
    sample.usageNanoCores,
    sample.workingSetBytes,
    sample.fingerprint === '' ? null : sample.fingerprint,
    sample.startedAt,
    sample.uid,
  ];
  return figures.reduce<number>((told, figure, bit) => (figure === null ? told : told | (1 << bit)), 0);
}
