import type {BaseGrid} from './base-grid.ts';
import type {Lateness} from './lateness.ts';
import {survival, waitLikelihood} from './wait.ts';

/** Two ticks that were seen, with room for unseen ones between them under the shorter bases. */
export interface MissedTicks {
  /** Bases below this (ms) had room. */
  readonly belowMs: number;
  readonly waitMs: number;
  /** How long after the older tick an answer still showed no newer one. */
  readonly quietMs: number;
  /** P(StatsEq) of a comparison of which nothing was seen. */
  readonly idle: number;
  /** P(StatsEq) if the two ticks were successive. */
  readonly equal: number;
  /** The two samples differ, so that of several comparisons at least one was unequal. */
  readonly changed: boolean;
}

/** How often something that nobody saw puts a timer into another state: a filter that is sure of it would never find back. */
const lost = 1e-4;
/** Room for the states after two waits, within one step of one filter. */
let scratch = new Float64Array(0);

/**
 * The interval state of one cgroup under every candidate base: a hidden Markov filter whose transition is cAdvisor's
 * rule, driven by the evidence of equal samples, and whose observation is the wait between two ticks.
 */
export class IntervalFilter {
  readonly #grid: BaseGrid;
  readonly #lateness: Lateness;
  /** Probability of each state for the wait that runs now, normalised within each base. */
  readonly #now: Float64Array;
  /** The same for the wait that ended with the newest tick: kept to step again when better evidence comes late. */
  readonly #ended: Float64Array;
  /** Of the mass that a step put on each base, the share that came by inequality (and not by the maximum's fall). */
  readonly #unequalShare: Float64Array;
  #only: readonly number[] | null = null;
  /** The newest step was one comparison, which can be judged and stepped again, under the bases from this (ms) on. */
  #comparedFromMs = Infinity;

  /**
   * Starts without knowledge: the states as they are at a random tick of a cgroup that is idle half of the time; without
   * any where `isNew` is false. `room` is a filter that nobody uses any more: hundreds of them come and go at once.
   */
  constructor(grid: BaseGrid, lateness: Lateness, isNew = true, room?: IntervalFilter) {
    this.#grid = grid;
    this.#lateness = lateness;
    const states = grid.intervals.length;
    const hasRoom =
      room !== undefined && room.#now.length === states && room.#unequalShare.length === grid.bases.length;
    this.#now = hasRoom ? room.#now : new Float64Array(states);
    this.#ended = hasRoom ? room.#ended : new Float64Array(states);
    if (scratch.length < states) scratch = new Float64Array(states);
    this.#unequalShare = hasRoom ? room.#unequalShare : new Float64Array(grid.bases.length);
    if (isNew) this.#each((from, to) => this.#stationary(from, to, 0.5));
  }

  /** The same state, which goes its own way from here; in the room of a filter that nobody uses any more, if there is one. */
  copy(lateness: Lateness, room?: IntervalFilter): IntervalFilter {
    const copy = new IntervalFilter(this.#grid, lateness, false, room);
    copy.#now.set(this.#now);
    copy.#ended.set(this.#ended);
    copy.#unequalShare.set(this.#unequalShare);
    copy.#only = this.#only;
    copy.#comparedFromMs = this.#comparedFromMs;
    return copy;
  }

  /**
   * A tick of a timer that started at most `sinceMs` before it. Under a base above that it is the first one, whose
   * interval is the base; under the others it may be a later one, of a cgroup that is idle with probability `idle`.
   */
  afresh(sinceMs = 0, idle = 0.5): void {
    this.#only = null;
    this.#each((from, to, base) => {
      const isFirst = (this.#grid.bases[base] ?? 0) > sinceMs;
      if (isFirst) this.#now.fill(0, from, to);
      else this.#stationary(from, to, idle);
      for (let s = from; s < to; s++) this.#now[s] = (isFirst ? 0 : 0.5) * (this.#now[s] ?? 0);
      this.#now[from] = (this.#now[from] ?? 0) + (isFirst ? 1 : 0.5);
    });
    this.#comparedFromMs = Infinity;
  }

  /** A tick that no base above `aboveMs` allows so early: under these it is the first of a new timer. */
  afreshAbove(aboveMs: number): void {
    this.#each((from, to, base) => {
      if ((this.#grid.bases[base] ?? 0) <= aboveMs) return;
      this.#now.fill(0, from, to);
      this.#now[from] = 1;
    });
    this.#comparedFromMs = Infinity;
  }

  /** The kubelet told the interval: the nearest state of each base is certain. */
  certain(intervalMs: number): void {
    this.#now.fill(0);
    this.#each((from, to) => {
      let nearest = from;
      for (let s = from; s < to; s++) if (this.#off(s, intervalMs) < this.#off(nearest, intervalMs)) nearest = s;
      this.#now[nearest] = 1;
    });
    this.#comparedFromMs = Infinity;
  }

  /**
   * A tick came `waitMs` after the one before. Writes the likelihood of that under each base to `likelihood`, and
   * leaves the posterior of the wait's interval in place for a transition. `only` limits this step to some bases: on a
   * node of hundreds of cgroups a few of them suffice to learn the base.
   */
  waited(waitMs: number, uncertaintyMs: number, likelihood: Float64Array, only: readonly number[] | null = null): void {
    this.#only = only;
    const lateMs = this.#lateness.meanMs;
    this.#some((from, to, base) => {
      let total = 0;
      for (let s = from; s < to; s++) {
        const joint = (this.#now[s] ?? 0) * waitLikelihood(waitMs, uncertaintyMs, this.#grid.intervals[s] ?? 1, lateMs);
        this.#ended[s] = joint;
        total += joint;
      }
      for (let s = from; s < to; s++) this.#ended[s] = (this.#ended[s] ?? 0) / total;
      likelihood[base] = total;
    });
  }

  /** A tick came, but the wait says nothing (a clock that jumped). */
  waitedUnknown(): void {
    this.#only = null;
    this.#ended.set(this.#now);
  }

  /** The rule's step, with the probability that the two newest samples are equal. */
  transition(equal: number): void {
    this.#comparedFromMs = 0;
    this.reconsider(equal);
  }

  /** Steps the newest tick again: better evidence of it came with a later answer. */
  reconsider(equal: number): void {
    this.#some((from, to, base) => {
      if (this.#wasCompared(base)) this.#step(this.#ended, from, to, base, equal);
    });
  }

  /**
   * The step where ticks may have gone unseen: weighs one wait against two (exactly: two uniform waits that meet in
   * the unseen time) and against more (the states of a random tick). Adds the likelihood of the unseen ways to
   * `likelihood`, which `waited` filled.
   */
  transitionPastMissed(missed: MissedTicks, likelihood: Float64Array): void {
    this.#comparedFromMs = missed.belowMs;
    this.reconsider(missed.equal);
    this.#some((from, to, base) => {
      if (this.#wasCompared(base)) return;
      const one = likelihood[base] ?? 0;
      const two = this.#twoWaits(missed, from, to);
      const quiet = this.#quiet(from, to, missed.quietMs);
      this.#stationary(from, to, missed.idle);
      const baseMs = this.#grid.intervals[from] ?? 1;
      const hasRoom = missed.waitMs - Math.max(missed.quietMs, baseMs) >= 2 * baseMs;
      const more = hasRoom ? quiet / this.#meanWait(from, to) : 0;
      const total = one + two + more;
      likelihood[base] = total;
      for (let s = from; s < to; s++) scratch[s] = (scratch[s] ?? 0) + more * (this.#now[s] ?? 0);
      this.#step(this.#ended, from, to, base, missed.equal);
      for (let s = from; s < to; s++) this.#now[s] = (one * (this.#now[s] ?? 0) + (scratch[s] ?? 0)) / total;
    });
  }

  /**
   * What the wait that just ended (after `waited`, before a transition) says of the comparison before it: how much of
   * a comparison of equal-looking samples is now known to have been equal, and unequal. Nothing is learned from a
   * comparison at the maximum, where both lead to the base.
   */
  verdict(base: number): {equal: number; unequal: number} {
    const from = this.#grid.start[base] ?? 0;
    const to = this.#grid.start[base + 1] ?? 0;
    if (!this.#wasCompared(base) || to - from < 2) return {equal: 0, unequal: 0};
    const atBase = this.#ended[from] ?? 0;
    return {equal: Math.max(0, 1 - atBase), unequal: atBase * (this.#unequalShare[base] ?? 0)};
  }

  /** The interval (ms) that the wait which just ended most likely belonged to, under base `base`. */
  endedInterval(base: number): number {
    const from = this.#grid.start[base] ?? 0;
    const to = this.#grid.start[base + 1] ?? 0;
    let likeliest = from;
    for (let s = from; s < to; s++) if ((this.#ended[s] ?? 0) > (this.#ended[likeliest] ?? 0)) likeliest = s;
    return this.#grid.intervals[likeliest] ?? 0;
  }

  /** Multiplies `into` by the likelihood, under each base, that the wait which runs has lasted for `elapsedMs`. */
  silence(elapsedMs: number, into: Float64Array): void {
    this.#only = null;
    this.#each((from, to, base) => {
      if ((this.#grid.bases[base] ?? 0) < elapsedMs) into[base] = (into[base] ?? 0) * this.#quiet(from, to, elapsedMs);
    });
  }

  /** The first flat state of base `base`; that of the next one ends them. */
  firstState(base: number): number {
    return this.#grid.start[base] ?? 0;
  }

  /** The interval (ms) of a flat state. */
  interval(state: number): number {
    return this.#grid.intervals[state] ?? 1;
  }

  /** The probability of a flat state for the wait that runs now, among those of its base. */
  probability(state: number): number {
    return this.#now[state] ?? 0;
  }

  /** Probability of each state of base `base` for the wait that runs now, with its interval. */
  states(base: number): {intervalMs: number; probability: number}[] {
    const states = [];
    for (let s = this.#grid.start[base] ?? 0; s < (this.#grid.start[base + 1] ?? 0); s++) {
      states.push({intervalMs: this.#grid.intervals[s] ?? 0, probability: this.#now[s] ?? 0});
    }
    return states;
  }

  /** Likelihood of the wait as two waits; leaves the joint with the state after them in `scratch`. */
  #twoWaits({waitMs, quietMs, idle, equal, changed}: MissedTicks, from: number, to: number): number {
    const p = changed ? idle : equal;
    const bothEqual = changed ? 0 : p * p;
    const neither = 1 - (changed ? p * p : 0);
    let sum = 0;
    scratch.fill(0, from, to);
    for (let s = from; s < to; s++) {
      const d1 = this.#grid.intervals[s] ?? 1;
      for (const first of [true, false]) {
        const middle = after(s, from, to, first);
        const d2 = this.#grid.intervals[middle] ?? 1;
        const room = Math.min(2 * d1, waitMs - d2) - Math.max(quietMs, d1, waitMs - 2 * d2);
        if (room <= 0) continue;
        for (const second of [true, false]) {
          const way = first && second ? bothEqual : (first ? p : 1 - p) * (second ? p : 1 - p);
          const joint = ((this.#now[s] ?? 0) * (way / neither) * room) / (d1 * d2);
          const end = after(middle, from, to, second);
          scratch[end] = (scratch[end] ?? 0) + joint;
          sum += joint;
        }
      }
    }
    return sum;
  }

  #wasCompared(base: number): boolean {
    return (this.#grid.bases[base] ?? 0) >= this.#comparedFromMs;
  }

  /** The probability that the wait which ran lasted so long: an answer showed no newer tick until then. */
  #quiet(from: number, to: number, quietMs: number): number {
    const lateMs = this.#lateness.meanMs;
    let sum = 0;
    for (let s = from; s < to; s++)
      sum += (this.#now[s] ?? 0) * survival(quietMs, this.#grid.intervals[s] ?? 1, lateMs);
    return sum;
  }

  /** The mean wait (ms) in the states as they stand: one over it is how densely ticks lie where nobody looked. */
  #meanWait(from: number, to: number): number {
    let sum = 0;
    for (let s = from; s < to; s++) sum += (this.#now[s] ?? 0) * 1.5 * (this.#grid.intervals[s] ?? 1);
    return sum;
  }

  /** The states at a random tick of a cgroup whose samples are equal with probability `idle`: each doubling once more. */
  #stationary(from: number, to: number, idle: number): void {
    let all = 0;
    for (let s = from, share = 1; s < to; s++, share *= idle) all += share;
    const leak = lost / (to - from);
    for (let s = from, share = 1 / all; s < to; s++, share *= idle) this.#now[s] = (1 - lost) * share + leak;
  }

  #step(source: Float64Array, from: number, to: number, base: number, equal: number): void {
    const last = to - 1;
    // The top state falls back to the base either way; a base at or above the maximum has only itself.
    const top = source[last] ?? 0;
    let unequal = 0;
    for (let s = last; s > from; s--) this.#now[s] = equal * (source[s - 1] ?? 0);
    for (let s = from; s < last; s++) unequal += (1 - equal) * (source[s] ?? 0);
    this.#now[from] = last === from ? 1 : top + unequal;
    const leak = lost / (to - from);
    for (let s = from; s <= last; s++) this.#now[s] = (1 - lost) * (this.#now[s] ?? 0) + leak;
    this.#unequalShare[base] = top + unequal > 0 ? unequal / (top + unequal) : 0;
  }

  #off(state: number, intervalMs: number): number {
    return Math.abs((this.#grid.intervals[state] ?? 0) - intervalMs);
  }

  /** The bases that the newest step was limited to. */
  #some(visit: (from: number, to: number, base: number) => void): void {
    const {start} = this.#grid;
    if (this.#only === null) this.#each(visit);
    else for (const base of this.#only) visit(start[base] ?? 0, start[base + 1] ?? 0, base);
  }

  #each(visit: (from: number, to: number, base: number) => void): void {
    const {start} = this.#grid;
    for (let i = 0; i + 1 < start.length; i++) visit(start[i] ?? 0, start[i + 1] ?? 0, i);
  }
}

/** The state after one comparison, as an index: up by equality, else to the base; from the top always to the base. */
function after(state: number, from: number, to: number, equal: boolean): number {
  return equal && state + 1 < to ? state + 1 : from;
}
