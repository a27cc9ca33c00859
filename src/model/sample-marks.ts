import type {Novelty, Sample} from './event.ts';
import {type Target, targetKey} from './target.ts';
import {nodeMs} from './time.ts';

/** A sample of which nobody has said yet whether an earlier answer showed it. */
export type UnmarkedSample = Omit<Sample, 'novelty'>;

/** What is remembered of the newest sample of one name. */
interface Seen {
  /** The object that stands for this name in all samples: who keeps something by it need not make its key anew. */
  readonly target: Target;
  at: Sample['at'];
  precision: Sample['precision'];
  usageCoreNanoSeconds: number | null;
  /** Whose sample it is, as far as that was told. */
  startedAt: Sample['startedAt'];
  uid: Sample['uid'];
  /** Which figures were told so far, a bit each. */
  told: number;
  /** The number of the newest answer that named it. */
  answer: number;
}

/** A start has whole seconds in one endpoint and a fraction in the other. */
const sameStartMs = 2_000;
/** At most so many names beyond those of the newest answer are remembered: pods come and go for days. */
const mostAbsent = 1_000;
/** So many are forgotten at a time. */
const forgottenAtOnce = 250;

/**
 * The one place that decides whether an answered sample is new: the kubelet answers from its cache, so that most polls
 * show the tick of the poll before.
 */
export class SampleMarks {
  readonly #seen = new Map<string, Seen>();
  #answers = 0;

  /** Marks the samples of one poll, one of each name. All samples of a name share one `Target`. */
  mark(samples: readonly UnmarkedSample[]): Sample[] {
    this.#answers += 1;
    const marked = samples.map((sample) => this.#marked(sample));
    const over = this.#seen.size - samples.length - mostAbsent;
    if (over > 0) this.#forget(over + forgottenAtOnce);
    return marked;
  }

  /** Whether a sample of this time, to the millisecond, would be new. Nothing is noted. */
  isNew(target: Target, atMs: number): boolean {
    const seen = this.#seen.get(targetKey(target));
    return seen === undefined || !isSameTick(seen, {at: nodeMs(atMs), precision: 'ms'});
  }

  /** The counter of the newest sample of this name, nanoseconds; null where none is known. */
  counterOf(target: Target): number | null {
    return this.#seen.get(targetKey(target))?.usageCoreNanoSeconds ?? null;
  }

  #marked(sample: UnmarkedSample): Sample {
    const key = targetKey(sample.target);
    const known = this.#seen.get(key);
    if (known !== undefined) return {...sample, target: known.target, novelty: this.#noveltyOf(known, sample)};
    const {target, at, precision, usageCoreNanoSeconds, startedAt, uid} = sample;
    const told = figuresOf(sample);
    this.#seen.set(key, {target, at, precision, usageCoreNanoSeconds, startedAt, uid, told, answer: this.#answers});
    return {...sample, novelty: 'new'};
  }

  #noveltyOf(known: Seen, sample: UnmarkedSample): Novelty {
    const told = figuresOf(sample);
    known.answer = this.#answers;
    const isOthers = isOfOther(known, sample);
    known.startedAt = sample.startedAt ?? known.startedAt;
    known.uid = sample.uid ?? known.uid;
    if (!isSameTick(known, sample)) {
      known.at = sample.at;
      known.precision = sample.precision;
      known.usageCoreNanoSeconds = sample.usageCoreNanoSeconds;
      known.told = told;
      return 'new';
    }
    const isFiner = known.precision === 's' && sample.precision === 'ms';
    const isFuller = (told & ~known.told) !== 0;
    // The millisecond, once known, stays.
    if (isFiner) known.at = sample.at;
    if (isFiner) known.precision = 'ms';
    known.usageCoreNanoSeconds ??= sample.usageCoreNanoSeconds;
    known.told |= told;
    return isFiner || isFuller || isOthers ? 'refined' : 'repeated';
  }

  /** Forgets the names that were absent longest. */
  #forget(count: number): void {
    const absent = [...this.#seen].filter(([, {answer}]) => answer < this.#answers);
    const oldest = absent.sort(([, a], [, b]) => a.answer - b.answer).slice(0, count);
    for (const [key] of oldest) this.#seen.delete(key);
  }
}

/**
 * One tick, seen twice: the kubelet answers from its cache. Where one of the two knows its second only, the second
 * decides.
 */
export function isSameTick(a: Pick<Sample, 'at' | 'precision'>, b: Pick<Sample, 'at' | 'precision'>): boolean {
  if (a.precision === b.precision) return a.at === b.at;
  return Math.floor(a.at / 1000) === Math.floor(b.at / 1000);
}

/**
 * The summary, asked less often, tells that a sample is of another container or pod than the one before had been; until
 * then it stood under that one's start and uid.
 */
function isOfOther(a: Pick<Sample, 'startedAt' | 'uid'>, b: Pick<Sample, 'startedAt' | 'uid'>): boolean {
  if (a.uid !== null && b.uid !== null && a.uid !== b.uid) return true;
  return a.startedAt !== null && b.startedAt !== null && Math.abs(a.startedAt - b.startedAt) > sameStartMs;
}

function figuresOf(sample: UnmarkedSample): number {
  return (
    (sample.usageCoreNanoSeconds === null ? 0 : 1) |
    (sample.usageNanoCores === null ? 0 : 2) |
    (sample.workingSetBytes === null ? 0 : 4) |
    (sample.fingerprint === '' ? 0 : 8) |
    (sample.startedAt === null ? 0 : 16) |
    (sample.uid === null ? 0 : 32) |
    (sample.pressure == null ? 0 : 64)
  );
}
