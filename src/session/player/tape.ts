import type {Event, Poll, Sample} from '../../model/event.ts';
import type {Mark} from '../../model/player/marks.ts';
import type {Stretch} from '../../model/player/moment.ts';
import {samePressure} from '../../model/housekeeping/pressure.ts';
import {isSystem, type Target} from '../../model/target.ts';
import {localMs, type LocalMs} from '../../model/time.ts';

/** An answer that showed new samples, and of which containers and pods. */
export interface TickMark extends Mark {
  readonly targets: readonly Target[];
}

/** No answer came from `fromMs` to `untilMs`; the mark is the answer after it. */
export type GapMark = Mark & Stretch;

/** An answer every 5 s is the slowest that ktop asks for, and a thinned recording keeps one in 9 s. */
const gapMs = 10_000;
/** What a line, a sample and a whole answer take in memory, about; besides its text. */
const lineBytes = 350;
const sampleBytes = 400;
const slotBytes = 8;
/** The same figures of a target as different answers tell them: with the summary, and without. */
const mostTellings = 4;
/** What claims to be from beyond the year 9999 is damaged. */
const lastMs = 253_402_300_799_000;

/**
 * The events of a recording in memory, each with the moment at which it came (these never go back), and what can be gone to
 * among them. Samples that answers repeat are kept once.
 */
export class Tape {
  readonly events: Event[] = [];
  readonly #times: number[] = [];
  readonly ticks: TickMark[] = [];
  readonly restarts: Mark[] = [];
  readonly gaps: GapMark[] = [];
  /** The numbers of the events that are lines of the journal. */
  readonly lines: number[] = [];
  #bytes = 0;
  #polledMs: number | null = null;
  #aheadMs = 0;
  readonly #told = new Map<string, {at: number; tellings: Sample[]}>();

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** From the first event to the last, in unix ms. */
  get stretch(): Stretch {
    return {fromMs: this.#times[0] ?? 0, untilMs: this.#times.at(-1) ?? 0};
  }

  /** When the event of this number came; behind the last one, when that did. */
  timeOf(index: number): LocalMs {
    return localMs(this.#times[Math.min(index, this.#times.length - 1)] ?? 0);
  }

  /** How many events have come by this moment. */
  countUntil(atMs: number): number {
    let [from, to] = [0, this.#times.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#times[middle] ?? Infinity) <= atMs) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Adds the newest event. */
  add(at: LocalMs, event: Event): void {
    const before = this.#times.at(-1) ?? 0;
    const atMs = Number.isFinite(at) ? Math.min(lastMs, Math.max(before, at)) : before;
    const index = this.events.length;
    this.#times.push(atMs);
    if (event.type === 'poll') this.events.push({type: 'poll', poll: this.#keep(event.poll, index, atMs)});
    else this.events.push(event);
    if (event.type === 'journal') {
      this.lines.push(index);
      for (const {message, cursor} of event.entries) this.#bytes += lineBytes + message.length + cursor.length;
    }
    if (event.type === 'clock') this.#aheadMs = event.offset.aheadMs;
    // A start that was told with the first answers was there before.
    const isSeen = this.#polledMs !== null && event.type === 'kubelet-started';
    if (isSeen && event.at - this.#aheadMs >= this.stretch.fromMs) this.restarts.push({index, atMs});
  }

  #keep(poll: Poll, index: number, atMs: number): Poll {
    const polledMs = this.#polledMs;
    if (polledMs !== null && atMs - polledMs > gapMs) this.gaps.push({index, atMs, fromMs: polledMs, untilMs: atMs});
    this.#polledMs = atMs;
    const samples = poll.samples.map((sample) => this.#kept(sample));
    this.#bytes += samples.length * slotBytes + sampleBytes;
    if (polledMs === null) return {...poll, samples};
    const targets = samples.flatMap(({novelty, target}) => (novelty === 'new' && !isSystem(target) ? [target] : []));
    if (targets.length > 0) this.ticks.push({index, atMs, targets});
    return {...poll, samples};
  }

  #kept(sample: Sample): Sample {
    const {namespace, pod, container} = sample.target;
    const key = `${namespace}/${pod}/${container ?? ''}`;
    const told = this.#told.get(key);
    const tellings = told?.at === sample.at ? told.tellings : [];
    const same = tellings.find((one) => isSame(one, sample));
    if (same !== undefined) return same;
    this.#bytes += sampleBytes + sample.fingerprint.length;
    this.#told.set(key, {at: sample.at, tellings: [...tellings.slice(1 - mostTellings), sample]});
    return sample;
  }
}

function isSame(one: Sample, other: Sample): boolean {
  return (
    one.novelty === other.novelty &&
    one.at === other.at &&
    one.precision === other.precision &&
    one.usageCoreNanoSeconds === other.usageCoreNanoSeconds &&
    one.usageNanoCores === other.usageNanoCores &&
    one.workingSetBytes === other.workingSetBytes &&
    one.fingerprint === other.fingerprint &&
    one.startedAt === other.startedAt &&
    one.uid === other.uid &&
    isSamePressure(one.pressure ?? null, other.pressure ?? null)
  );
}

function isSamePressure(one: readonly number[] | null, other: readonly number[] | null): boolean {
  return one === null || other === null ? one === other : samePressure(one, other);
}
