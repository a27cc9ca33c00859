/** A piece of a distribution: `mass` spread evenly from `from` to `to` (unix ms, `from < to`). */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly mass: number;
}

/** When the next tick comes, as a density that is constant between breakpoints. Immutable; masses are normalised. */
export class NextTick {
  /** Breakpoints in unix ms, ascending, and the probability that the tick has come by each. */
  readonly #at: readonly number[];
  readonly #by: readonly number[];
  readonly meanMs: number;

  /** An empty list of segments means "at any moment now": all the mass stands at `nowMs`. */
  constructor(segments: readonly Segment[], nowMs: number) {
    let total = 0;
    let moment = 0;
    const edges: {at: number; slope: number}[] = [];
    for (const {from, to, mass} of segments) {
      if (!(mass > 0) || !(to > from)) continue;
      total += mass;
      moment += mass * ((from + to) / 2 - nowMs);
      const slope = mass / (to - from);
      edges.push({at: from, slope}, {at: to, slope: -slope});
    }
    if (!(total > 0)) {
      this.#at = [nowMs, nowMs + 1];
      this.#by = [0, 1];
      this.meanMs = nowMs;
      return;
    }
    edges.sort((a, b) => a.at - b.at);
    const at: number[] = [];
    const by: number[] = [];
    let slope = 0;
    let sum = 0;
    let here = edges[0]?.at ?? nowMs;
    for (const edge of edges) {
      sum += Math.max(0, slope) * (edge.at - here);
      here = edge.at;
      slope += edge.slope;
      at.push(here);
      by.push(Math.min(1, sum / total));
    }
    this.#at = at;
    this.#by = by;
    this.meanMs = nowMs + moment / total;
  }

  /** The moment (unix ms) by which the tick has come with probability `p`. */
  quantile(p: number): number {
    let i = 0;
    while (i < this.#by.length - 1 && (this.#by[i] ?? 1) < p) i++;
    const x1 = this.#at[i] ?? 0;
    const p1 = this.#by[i] ?? 1;
    if (i === 0 || p1 <= p) return x1;
    const x0 = this.#at[i - 1] ?? x1;
    const p0 = this.#by[i - 1] ?? p1;
    return p1 > p0 ? x0 + ((p - p0) / (p1 - p0)) * (x1 - x0) : x1;
  }

  /** The probability that the tick has come by `atMs` (unix ms). */
  by(atMs: number): number {
    const last = this.#at.length - 1;
    if (atMs >= (this.#at[last] ?? 0)) return 1;
    let i = 0;
    while (i <= last && (this.#at[i] ?? 0) <= atMs) i++;
    if (i === 0) return 0;
    const x0 = this.#at[i - 1] ?? 0;
    const x1 = this.#at[i] ?? 0;
    const p0 = this.#by[i - 1] ?? 0;
    const p1 = this.#by[i] ?? 1;
    return x1 > x0 ? p0 + ((atMs - x0) / (x1 - x0)) * (p1 - p0) : p1;
  }

  /** The probability that it comes between two moments: what a density bar shades. */
  between(fromMs: number, toMs: number): number {
    return Math.max(0, this.by(toMs) - this.by(fromMs));
  }
}
