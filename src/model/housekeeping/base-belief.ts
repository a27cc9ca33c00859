import {type BaseGrid, baseGrid} from './base-grid.ts';
import {Lateness} from './lateness.ts';

/** How much (in nats) one tick may speak against a base: a stray on-demand tick must not overturn what is known. */
const mostAgainst = 5;
/** The same for a tick that may as well have been the first of a restart. */
const mostDoubtfullyAgainst = 2;
/** How much silence may speak against a base, of all cgroups together. */
const mostBySilence = 12;
/** After so many ticks of a kubelet its base is known well enough that silence means a kubelet that hangs. */
const ticksToKnow = 12;
/** How often a kubelet is started anew with another base. */
const changesBase = 0.05;
/** A forecast is made of so many candidates at most: hundreds of targets have one at each poll. */
const mostLikely = 32;
/** From here on the base counts as known. */
const surely = 0.999;
/** Candidates that have become more or less likely by less leave forecasts as they were. */
const notableChange = 2e-3;
/** What a candidate keeps of its prior at every tick, so that a changed base can come back from nothing. */
const floorShare = 1e-7;

/** What is believed of the kubelet's `--housekeeping-interval`, learned from all the node's cgroups together. */
export class BaseBelief {
  /** How late ticks come on this node: it belongs to a wait as the base does. */
  readonly lateness = new Lateness();
  #grid: BaseGrid;
  /** What the ticks say, and what is left of it when the silence since is counted in. */
  #weights: Float64Array;
  #present: Float64Array;
  #likelihood: Float64Array;
  #restartedSinceReported = false;
  #ticksSeen = 0;
  #reportedMs: number | null = null;
  readonly #doubtful: {readonly likelihood: Float64Array; readonly atMs: number}[] = [];
  readonly #gridOf: (reportedMs: number | null) => BaseGrid;
  #best = 0;
  #version = 0;
  /** The weights that forecasts of this version were made with. */
  #told: Float64Array;
  #likely: readonly number[] = [];

  /** `gridOf` lays out the bases that are thought possible, around the one that was reported if any was. */
  constructor(gridOf = baseGrid) {
    this.#gridOf = gridOf;
    this.#grid = gridOf(null);
    this.#weights = Float64Array.from(this.#grid.prior);
    this.#likelihood = new Float64Array(this.#weights.length);
    this.#present = this.#weights;
    this.#told = this.#weights;
    this.#settle();
  }

  /** The same state, which goes its own way from here. */
  copy(): BaseBelief {
    const copy = new BaseBelief(this.#gridOf);
    copy.lateness.takeOver(this.lateness);
    copy.#grid = this.#grid;
    copy.#weights = this.#weights.slice();
    copy.#present = this.#present === this.#weights ? copy.#weights : this.#present.slice();
    copy.#likelihood = this.#likelihood.slice();
    copy.#restartedSinceReported = this.#restartedSinceReported;
    copy.#ticksSeen = this.#ticksSeen;
    copy.#reportedMs = this.#reportedMs;
    copy.#doubtful.push(...this.#doubtful);
    copy.#best = this.#best;
    copy.#version = this.#version;
    copy.#told = this.#told.slice();
    copy.#likely = this.#likely;
    return copy;
  }

  /** The bases that are thought possible. */
  get grid(): BaseGrid {
    return this.#grid;
  }

  /** Another number as soon as forecasts come out notably otherwise, by the base or by how late ticks are. */
  get version(): number {
    return this.#version + this.lateness.version;
  }

  /** Whether it is known, as far as it can be. */
  get isKnown(): boolean {
    return !this.isOpen && this.weight(this.#best) > surely;
  }

  /** Room for the likelihood of one tick under each base; whoever takes in a tick fills it. */
  get likelihood(): Float64Array {
    return this.#likelihood;
  }

  /** Indexes of the candidates that matter for a forecast (0.1 % and more). */
  get likely(): readonly number[] {
    return this.#likely;
  }

  /** Index of the likeliest candidate. */
  get best(): number {
    return this.#best;
  }

  /** The likeliest base, in milliseconds. */
  get bestMs(): number {
    return this.#grid.bases[this.#best] ?? 0;
  }

  /** What the kubelet's command line said; null while it is not known. */
  get reportedMs(): number | null {
    return this.#reportedMs;
  }

  /** Whether the base of this kubelet may yet be another one, so that silence tells of it. */
  get isOpen(): boolean {
    return this.#ticksSeen < ticksToKnow;
  }

  /** How likely the base of this index is, between 0 and 1. */
  weight(index: number): number {
    return this.#present[index] ?? 0;
  }

  /** The base that the kubelet was started with. Returns whether the candidates changed: filters are then laid anew. */
  report(baseMs: number | null): boolean {
    if (baseMs !== null && !(baseMs > 0 && Number.isFinite(baseMs))) return false;
    if (baseMs === this.#reportedMs && !this.#restartedSinceReported) return false;
    this.#reportedMs = baseMs;
    this.#restartedSinceReported = false;
    this.#ticksSeen = baseMs === null ? 0 : ticksToKnow;
    this.#doubtful.length = 0;
    const grid = this.#gridOf(baseMs);
    const {intervals} = this.#grid;
    const changed = grid.intervals.length !== intervals.length || grid.intervals.some((d, i) => d !== intervals[i]);
    this.#grid = grid;
    this.#weights = Float64Array.from(grid.prior);
    this.#likelihood = new Float64Array(grid.bases.length);
    this.#settle();
    return changed;
  }

  /**
   * Keeps the likelihood of a tick out of its turn until it is clear whether it was the first of a restart, of which
   * nothing is to be learned.
   */
  learnLater(likelihood: Float64Array, atMs: number): void {
    this.#doubtful.push({likelihood: likelihood.slice(), atMs});
  }

  /** Learns from the doubtful ticks before `untilMs`: no restart was noticed since. */
  learnDoubtful(untilMs: number): void {
    while (this.#doubtful[0] !== undefined && this.#doubtful[0].atMs < untilMs) {
      const first = this.#doubtful.shift();
      if (first !== undefined) this.learn(first.likelihood);
    }
  }

  /** A kubelet started: the one moment at which the base can change. */
  restarted(): void {
    this.#doubtful.length = 0;
    this.#restartedSinceReported = true;
    this.#ticksSeen = 0;
    this.#mix(changesBase, this.#grid.changed);
    this.#settle();
  }

  /** Takes in one tick: its likelihood under each candidate. `doubtful` where it may be the first of a new timer. */
  learn(likelihood: Float64Array, doubtful = false): void {
    const weights = weighed(this.#weights, likelihood, doubtful ? mostDoubtfullyAgainst : mostAgainst);
    if (weights === null) return;
    this.#weights = weights;
    this.#ticksSeen += 1;
    this.#mix(floorShare, this.#grid.prior);
    this.#settle();
  }

  /**
   * Since their newest ticks the cgroups have been silent: how likely that is under each candidate. It counts until
   * the next call, because the waits that end the silence will say it again; and only while the kubelet is new, since
   * its base cannot change later.
   */
  silent(likelihood: Float64Array): void {
    if (this.isOpen) this.#settle(weighed(this.#weights, likelihood, mostBySilence) ?? this.#weights);
  }

  #mix(share: number, prior: readonly number[]): void {
    for (let i = 0; i < this.#weights.length; i++) {
      this.#weights[i] = (1 - share) * (this.#weights[i] ?? 0) + share * (prior[i] ?? 0);
    }
  }

  #settle(present = this.#weights): void {
    const likely: number[] = [];
    let best = 0;
    let isOther = present.length !== this.#told.length;
    for (let i = 0; i < present.length; i++) {
      const weight = present[i] ?? 0;
      if (weight >= 1e-3) likely.push(i);
      if (weight > (present[best] ?? 0)) best = i;
      isOther ||= Math.abs(weight - (this.#told[i] ?? 0)) > notableChange;
    }
    this.#present = present;
    this.#best = best;
    if (likely.length > mostLikely) {
      likely.sort((a, b) => this.weight(b) - this.weight(a)).length = mostLikely;
      likely.sort((a, b) => a - b);
    }
    this.#likely = likely;
    if (!isOther && this.#version > 0) return;
    this.#version += 1;
    this.#told = present.slice();
  }
}

/** Weights times likelihood, normalised, where nothing speaks by more than so many nats against a candidate. */
function weighed(weights: Float64Array, likelihood: Float64Array, mostNats: number): Float64Array | null {
  let top = 0;
  for (const value of likelihood) top = Math.max(top, value);
  if (!(top > 0)) return null;
  const least = top * Math.exp(-mostNats);
  const product = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const joint = (weights[i] ?? 0) * Math.max(likelihood[i] ?? 0, least);
    product[i] = joint;
    total += joint;
  }
  for (let i = 0; i < product.length; i++) product[i] = (product[i] ?? 0) / total;
  return product;
}
