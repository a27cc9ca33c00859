import type {NodeMs} from '../time.ts';
import type {KeptForecast} from './forecast.ts';
import type {Forecaster} from './forecast-of.ts';
import type {TableRow} from './forecast-table.ts';
import type {PollMoment} from './poll-moment.ts';
import type {TargetTrack} from './target-track.ts';

/** Beyond so many moves to a target the places are sorted from scratch. */
const mostMoves = 40;

/**
 * The order of all targets by their next tick, from moment to moment. A node has hundreds of targets, and from one poll
 * to the next a few of them tick: the others keep their places, or, in their windows, move slowly. What is asked of each
 * at every poll lies side by side in arrays, by the number of the target: to fetch it from all over the memory would take
 * longer than to reckon with it.
 */
export class TickOrder {
  readonly #forecaster: Forecaster;
  /** In the order in which they were first seen, which decides between equals. */
  readonly #tracks: TargetTrack[] = [];
  readonly #rows: TableRow[] = [];
  /** What the median was taken from; null where it holds for one moment alone. */
  readonly #kept: (KeptForecast | null)[] = [];
  #medians = new Float64Array(64);
  /** Until its window opens silence says nothing: then the median stays. */
  #opens = new Float64Array(64);
  /** From when on what was kept holds no more, and the number by which the track then tells whether it is known otherwise. */
  #untils = new Float64Array(64);
  #versions = new Float64Array(64);
  #beliefVersion = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  /** The numbers of the targets in their order. */
  #order: number[] = [];

  constructor(forecaster: Forecaster) {
    this.#forecaster = forecaster;
  }

  /** A target was seen for the first time. */
  add(track: TargetTrack): void {
    const number = this.#tracks.length;
    if (number >= this.#medians.length) this.#grow();
    this.#tracks.push(track);
    this.#rows.push({key: track.key, target: track.target, medianMs: Number.NaN, isGone: false, waits: 0});
    this.#kept.push(null);
    this.#medians[number] = Number.MAX_VALUE;
    this.#order.push(number);
  }

  /** A target is forgotten. */
  remove(track: TargetTrack): void {
    const number = this.#tracks.indexOf(track);
    if (number < 0) return;
    this.#tracks.splice(number, 1);
    this.#rows.splice(number, 1);
    this.#kept.splice(number, 1);
    this.#medians.copyWithin(number, number + 1);
    this.#opens.copyWithin(number, number + 1);
    this.#untils.copyWithin(number, number + 1);
    this.#versions.copyWithin(number, number + 1);
    this.#order = this.#order.filter((one) => one !== number).map((one) => (one > number ? one - 1 : one));
  }

  /** A row for each target, the next tick first, those last that the newest poll did not name. */
  rows(polled: PollMoment | null, now: NodeMs): readonly TableRow[] {
    // Where the present went back, or more is known of the node, all is asked for again.
    const {version} = this.#forecaster;
    if (version !== this.#beliefVersion || now < this.#askedMs) this.#kept.fill(null);
    this.#beliefVersion = version;
    this.#askedMs = now;
    for (let number = 0; number < this.#tracks.length; number++) this.#settle(number, polled, now);
    this.#sort();
    const rows = this.#rows;
    const ordered: TableRow[] = [];
    for (const number of this.#order) {
      const row = rows[number];
      if (row !== undefined) ordered.push(row);
    }
    return ordered;
  }

  #settle(number: number, polled: PollMoment | null, now: NodeMs): void {
    const track = this.#tracks[number];
    if (track === undefined) return;
    if (polled !== null && track.polled !== polled && track.polled.receivedMs < polled.receivedMs) {
      this.#kept[number] = null;
      if (this.#rows[number]?.isGone !== true) this.#move(number, track, Number.MAX_VALUE, true);
      return;
    }
    const known = this.#kept[number] ?? null;
    const isKnown = known !== null && known === track.kept && track.version === this.#versions[number];
    if (isKnown && now < (this.#untils[number] ?? 0)) {
      if (now > (this.#opens[number] ?? 0)) this.#move(number, track, known.next.medianGiven(now), false);
      return;
    }
    const kept = this.#forecaster.kept(track, now);
    const opensMs = kept?.window?.opensMs ?? Infinity;
    const next = kept === null ? this.#forecaster.make(track, polled, now).next : kept.next;
    this.#move(number, track, now <= opensMs ? next.medianMs : next.medianGiven(now), false);
    this.#note(number, track, this.#forecaster.kept(track, now));
  }

  /** What was just asked for will do as long as this is kept. */
  #note(number: number, {version}: TargetTrack, kept: KeptForecast | null): void {
    this.#kept[number] = kept;
    this.#versions[number] = version;
    this.#untils[number] = kept?.untilMs ?? Number.NEGATIVE_INFINITY;
    this.#opens[number] = kept?.window?.opensMs ?? Infinity;
  }

  #move(number: number, {key, target, waits}: TargetTrack, medianMs: number, isGone: boolean): void {
    this.#medians[number] = medianMs;
    this.#rows[number] = {key, target, medianMs, isGone, waits: waits.length};
  }

  /** Moves each to its place among those before it: most are there. */
  #sort(): void {
    const order = this.#order;
    const medians = this.#medians;
    let moves = mostMoves * order.length;
    for (let i = 1; i < order.length; i++) {
      const number = order[i] ?? 0;
      const median = medians[number] ?? 0;
      let place = i;
      for (; place > 0; place--) {
        const other = order[place - 1] ?? 0;
        const otherMedian = medians[other] ?? 0;
        if (otherMedian < median || (otherMedian === median && other < number)) break;
        order[place] = other;
        moves--;
      }
      order[place] = number;
      if (moves < 0) break;
    }
    if (moves < 0) order.sort((a, b) => (medians[a] ?? 0) - (medians[b] ?? 0) || a - b);
  }

  #grow(): void {
    this.#medians = larger(this.#medians);
    this.#opens = larger(this.#opens);
    this.#untils = larger(this.#untils);
    this.#versions = larger(this.#versions);
  }
}

function larger(array: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(2 * array.length);
  twice.set(array);
  return twice;
}
