import type {Sample} from '../event.ts';
import type {Figures} from '../housekeeping/forecast.ts';
import {cacheMs} from '../housekeeping/rule.ts';
import type {Target} from '../target.ts';
import type {LocalMs} from '../time.ts';
import {counterSampleOf, finite, isRestart, problemOf, type CounterSample} from './counter-sample.ts';
import {History, type Step} from './history.ts';

/** Why a line does not go on from the sample before. */
export type BreakReason =
  | 'first'
  /** The container started again, or another pod came under the same name. */
  | 'restarted'
  /** The counter fell although nothing started. */
  | 'counter went back'
  /** It grew by more than any machine can do. */
  | 'counter leapt'
  /** The target was absent from an answer, or nobody asked for so long that a sample was missed. */
  | 'sample missed'
  | 'clock set back';

export interface Break {
  readonly atMs: number;
  readonly reason: BreakReason;
}

/** What is known since the newest sample. */
export interface Latest {
  /** When it was taken, unix milliseconds by the node's clock. */
  readonly atMs: number;
  /** Rate since the sample before; null after a break, when there is just one sample. */
  readonly nanoCores: number | null;
  /** `usageNanoCores` as the kubelet says it. */
  readonly reportedNanoCores: number | null;
  readonly workingSetBytes: number | null;
  /**
   * `runtime`: the value was taken for the request (the first seconds after a start, and always with
   * `PodAndContainerStatsFromCRI`); its time is no housekeeping tick. Which it is the housekeeping forecast says.
   */
  readonly origin: 'tick' | 'runtime';
  readonly uid: string | null;
}

/** What became of an answered sample. */
export type Observation = 'repeat' | 'completed' | 'step' | 'break' | 'rejected';

/** A shorter time between samples says nothing about a rate. */
const shortestStepMs = 100;
/** cAdvisor waits at most twice the longest base seen in use (5 minutes); beyond that a sample was missed. */
const longestStepMs = 15 * 60_000;
/** How long nobody may ask without a doubt that a sample was missed, as a multiple of the usual wait, and at least. */
const unwatchedWaits = 1.5;
const unwatchedMs = 3_000;
/** The wait that is taken as usual before one was seen: cAdvisor's longest at its default base. */
const firstWaitMs = 20_000;
/** Linux can be built for at most 8192 processors. */
const mostNanoCores = 8_192e9;
const mostBreaks = 64;

/**
 * The CPU of one cgroup over time, from its counter alone: rate = Δ usageCoreNanoSeconds / Δ sample time. It is never
 * negative, never reaches over a gap, and a repeated timestamp is no new sample (the kubelet answers from its cache).
 * Whatever a node may answer is taken in without an exception.
 */
export class CpuSeries {
  readonly target: Target;
  #history = new History();
  readonly #breaks: Break[] = [];
  #last: CounterSample | null = null;
  /** The sample from which the newest step went; null after a break. */
  #before: CounterSample | null = null;
  #latest: Latest | null = null;
  #problem: string | null = null;
  #present = false;
  #seenAt: LocalMs | null = null;
  #missed = false;
  #backwards = 0;
  #usageBeforeFall: number | null = null;
  #usualWaitMs = firstWaitMs;
  /** Whose the figures of the newest answer are. */
  #origin: Latest['origin'] = 'tick';
  /** The newest sample was not counted: an answer that shows it again may be. */
  #isPending = false;

  constructor(target: Target) {
    this.target = target;
  }

  /** The same state, which goes its own way from here. */
  copy(): CpuSeries {
    const copy = new CpuSeries(this.target);
    copy.#history = this.#history.copy();
    copy.#breaks.push(...this.#breaks);
    copy.#last = this.#last;
    copy.#before = this.#before;
    copy.#latest = this.#latest;
    copy.#problem = this.#problem;
    copy.#present = this.#present;
    copy.#seenAt = this.#seenAt;
    copy.#missed = this.#missed;
    copy.#backwards = this.#backwards;
    copy.#usageBeforeFall = this.#usageBeforeFall;
    copy.#usualWaitMs = this.#usualWaitMs;
    copy.#origin = this.#origin;
    copy.#isPending = this.#isPending;
    return copy;
  }

  /** About how many bytes it takes. */
  get bytes(): number {
    return 1000 + this.#history.bytes;
  }

  /** The newest sample and what the kubelet itself said of it; null before the first. */
  get latest(): Latest | null {
    return this.#latest;
  }

  /** Was it in the newest answer? */
  get present(): boolean {
    return this.#present;
  }

  /** When an answer last named it. */
  get seenAt(): LocalMs | null {
    return this.#seenAt;
  }

  /** Does only the summary tell of it, in whole seconds? */
  get isCoarse(): boolean {
    return this.#last?.sample.precision === 's';
  }

  /** What was wrong with the newest answer about it; null where all was well. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Where the line is broken and why, oldest first; the latest 64. */
  get breaks(): readonly Break[] {
    return this.#breaks;
  }

  /** When its first sample was taken; null before that, and of one with so many breaks that this is forgotten. */
  get firstMs(): number | null {
    return this.#breaks.find(({reason}) => reason === 'first')?.atMs ?? null;
  }

  /** The drawn increments that overlap a window. */
  steps(fromMs: number, toMs: number): Step[] {
    return this.#history.between(fromMs, toMs);
  }

  /** An answer came that did not name this target: it ended, or a kubelet that has just started does not know it yet. */
  miss(isStarting = false): void {
    if (!isStarting) this.#present = false;
    this.#missed = true;
  }

  /**
   * An answer named it. `seenAt` is when the answer was complete; `figures` is what the forecast knows of the sample's
   * figures, null where the target has no timer that is followed.
   */
  observe(sample: Sample, seenAt: LocalMs, figures: Figures | null = null): Observation {
    this.#origin = figures === 'runtime' ? 'runtime' : 'tick';
    const waitedMs = this.#seenAt === null ? 0 : seenAt - this.#seenAt;
    if (waitedMs > Math.max(unwatchedMs, unwatchedWaits * this.#usualWaitMs)) this.#missed = true;
    this.#present = true;
    this.#seenAt = seenAt;

    this.#problem = problemOf(sample);
    const isNew = this.#isPending || sample.novelty === 'new';
    this.#isPending = isNew && this.#problem !== null;
    if (this.#problem !== null) return 'rejected';
    const next = counterSampleOf(sample, seenAt);
    const last = this.#last;
    if (last === null) return this.#break(next, 'first');
    if (!isNew) return this.#again(last, next);
    if (next.atMs < last.atMs) return this.#isOlderTick(last, next) ? this.#wait() : this.#goBack(next);
    this.#backwards = 0;
    if (next.atMs - last.atMs < shortestStepMs) return this.#wait();
    const reason = this.#reasonToBreak(last, next);
    return reason === null ? this.#step(last, next) : this.#break(next, reason);
  }

  /** Nothing to count yet: a later answer that shows this sample, or another, may tell more. */
  #wait(): Observation {
    this.#isPending = true;
    return 'repeat';
  }

  /**
   * cAdvisor's figures follow the runtime's once it has two samples, and its newest may be older than what the runtime
   * was asked for last: the clock was not set back, and nothing is lost.
   */
  #isOlderTick(last: CounterSample, next: CounterSample): boolean {
    const isOlder = last.atMs - next.atMs <= cacheMs && next.usageNs <= last.usageNs;
    return (
      isOlder && this.#origin === 'tick' && this.#latest?.origin === 'runtime' && !isRestart(last.sample, next.sample)
    );
  }

  /** The same sample once more. Where only its second was known and now the millisecond is, its rate is put right. */
  #again(last: CounterSample, next: CounterSample): Observation {
    const isFiner = last.sample.precision === 's' && next.sample.precision === 'ms';
    let observation: Observation = 'repeat';
    // The summary, which tells whose sample it is, can come later than the sample.
    if (last.sample.precision === next.sample.precision) this.#last = {...last, sample: next.sample};
    if (isFiner && this.#before === null) {
      this.#last = next;
    } else if (isFiner && this.#before !== null && next.atMs > this.#before.atMs) {
      this.#history.cutAfter(this.#before.atMs);
      observation = this.#step(this.#before, next);
    }
    if (observation !== 'repeat') return observation;
    const [isComplete, isOtherwise] = [this.#complete(next.sample), this.#attribute()];
    return isComplete || isOtherwise ? 'completed' : 'repeat';
  }

  /** A slow answer can hold a tick by chance, which the next one tells from a value of the runtime's. */
  #attribute(): boolean {
    const origin = this.#origin;
    if (this.#latest === null || this.#latest.origin === origin) return false;
    this.#latest = {...this.#latest, origin};
    if (this.#before !== null) this.#history.attributeNewest(origin === 'tick');
    return true;
  }

  /** A later answer can tell figures of the same sample that the first one had not. */
  #complete(sample: Sample): boolean {
    const latest = this.#latest;
    const reportedNanoCores = latest?.reportedNanoCores ?? finite(sample.usageNanoCores);
    const workingSetBytes = latest?.workingSetBytes ?? finite(sample.workingSetBytes);
    if (latest === null) return false;
    if (latest.reportedNanoCores === reportedNanoCores && latest.workingSetBytes === workingSetBytes) return false;
    this.#latest = {...latest, reportedNanoCores, workingSetBytes};
    return true;
  }

  #reasonToBreak(last: CounterSample, next: CounterSample): BreakReason | null {
    if (isRestart(last.sample, next.sample)) return 'restarted';
    if (next.usageNs < last.usageNs) {
      this.#usageBeforeFall = last.usageNs;
      return 'counter went back';
    }
    // A counter that fell and is up again at once was a false answer; its way back up is no usage.
    if (this.#usageBeforeFall !== null && next.usageNs >= this.#usageBeforeFall) {
      this.#usageBeforeFall = null;
      return 'counter went back';
    }
    if (rateBetween(last, next) > mostNanoCores) return 'counter leapt';
    if (this.#missed || next.atMs - last.atMs > longestStepMs) return 'sample missed';
    return null;
  }

  /** One sample from the past may be an error; a second one means that the node's clock was set back. */
  #goBack(next: CounterSample): Observation {
    this.#backwards += 1;
    this.#problem = 'the time of the sample went back';
    if (this.#backwards < 2) {
      this.#isPending = true;
      return 'rejected';
    }
    this.#history.cutAfter(next.atMs);
    while ((this.#breaks.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) > next.atMs) this.#breaks.pop();
    return this.#break(next, 'clock set back');
  }

  #break(next: CounterSample, reason: BreakReason): Observation {
    this.#breaks.push({atMs: next.atMs, reason});
    if (this.#breaks.length > mostBreaks) this.#breaks.shift();
    if (reason !== 'counter went back') this.#usageBeforeFall = null;
    this.#backwards = 0;
    this.#before = null;
    this.#advance(next, null);
    return 'break';
  }

  #step(last: CounterSample, next: CounterSample): Observation {
    this.#usageBeforeFall = null;
    const tookMs = next.atMs - last.atMs;
    const usageNs = next.usageNs - last.usageNs;
    const nanoCores = rateBetween(last, next);
    const bytes = next.sample.workingSetBytes ?? Number.NaN;
    this.#history.push({
      fromMs: last.atMs,
      toMs: next.atMs,
      usageNs,
      minNanoCores: nanoCores,
      maxNanoCores: nanoCores,
      minBytes: bytes,
      maxBytes: bytes,
      samples: 1,
      tick: this.#origin === 'tick',
      joined: this.#history.newest()?.toMs === last.atMs,
    });
    if (this.#origin === 'tick') this.#usualWaitMs += (tookMs - this.#usualWaitMs) / 4;
    this.#before = last;
    this.#advance(next, nanoCores);
    return 'step';
  }

  #advance(next: CounterSample, nanoCores: number | null): void {
    this.#missed = false;
    this.#last = next;
    this.#latest = {
      atMs: next.atMs,
      nanoCores,
      reportedNanoCores: finite(next.sample.usageNanoCores),
      workingSetBytes: finite(next.sample.workingSetBytes),
      origin: this.#origin,
      uid: next.sample.uid,
    };
  }
}

function rateBetween(from: CounterSample, to: CounterSample): number {
  // One nanosecond of CPU time in a millisecond is a millionth of a core: 1000 nanocores.
  return ((to.usageNs - from.usageNs) / (to.atMs - from.atMs)) * 1_000;
}
