import {type BaseGrid, baseGrid} from './base-grid.ts';

/** How much (in nats) one tick may speak against a base: a stray on-demand tick must not overturn what is known. */
const mostAgainst = 5;
/** What a candidate keeps of its prior at every tick, so that a changed base can come back from nothing. */
const floorShare = 1e-7;

/** What is believed of the kubelet's `--housekeeping-interval`, learned from all the node's cgroups together. */
export class BaseBelief {
  #grid: BaseGrid;
  #weights: Float64Array;
  #toldMs: number | null = null;
  readonly #doubtful: {readonly likelihood: Float64Array; readonly atMs: number}[] = [];
  #best = 0;
  #likely: readonly number[] = [];

  constructor() {
    this.#grid = baseGrid(null);
    this.#weights = Float64Array.from(this.#grid.prior);
    this.#settle();
  }

  get grid(): BaseGrid {
    return this.#grid;
  }

  /** Indexes of the candidates that matter for a forecast (0.1 % and more). */
  get likely(): readonly number[] {
    return this.#likely;
  }

  /** Index of the likeliest candidate. */
  get best(): number {
    return this.#best;
  }

  get bestMs(): number {
    return this.#grid.bases[this.#best] ?? 0;
  }

  /** What the kubelet's command line said; null while it is not known. */
  get toldMs(): number | null {
    return this.#toldMs;
  }

  weight(index: number): number {
    return this.#weights[index] ?? 0;
  }

  /** The base that the kubelet was started with. Returns whether the candidates changed: filters are then laid anew. */
  tell(baseMs: number | null): boolean {
    if (baseMs === this.#toldMs || (baseMs !== null && !(baseMs > 0 && Number.isFinite(baseMs)))) return false;
    this.#toldMs = baseMs;
    this.#doubtful.length = 0;
    const grid = baseGrid(baseMs);
    const changed =
      grid.bases.length !== this.#grid.bases.length || grid.bases.some((b, i) => b !== this.#grid.bases[i]);
    this.#grid = grid;
    this.#weights = Float64Array.from(grid.prior);
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
    this.#mix(0.03, this.#grid.untold);
    this.#settle();
  }

  /** Takes in one tick: its likelihood under each candidate. */
  learn(likelihood: Float64Array): void {
    let top = 0;
    for (const value of likelihood) top = Math.max(top, value);
    if (!(top > 0)) return;
    const least = top * Math.exp(-mostAgainst);
    let total = 0;
    for (let i = 0; i < this.#weights.length; i++) {
      const weight = (this.#weights[i] ?? 0) * Math.max(likelihood[i] ?? 0, least);
      this.#weights[i] = weight;
      total += weight;
    }
    for (let i = 0; i < this.#weights.length; i++) this.#weights[i] = (this.#weights[i] ?? 0) / total;
    this.#mix(floorShare, this.#grid.prior);
    this.#settle();
  }

  #mix(share: number, prior: readonly number[]): void {
    for (let i = 0; i < this.#weights.length; i++) {
      this.#weights[i] = (1 - share) * (this.#weights[i] ?? 0) + share * (prior[i] ?? 0);
    }
  }

  #settle(): void {
    const likely: number[] = [];
    this.#best = 0;
    this.#weights.forEach((weight, i) => {
      if (weight >= 1e-3) likely.push(i);
      if (weight > this.weight(this.#best)) this.#best = i;
    });
    this.#likely = likely;
  }
}
