/** A piece of a distribution: `mass` spread evenly from `from` to `to` (unix ms, `from < to`). */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly mass: number;
}

/** Where the density changes, while the breakpoints of one distribution are laid out: a node has hundreds a poll. */
let edgeAt = new Float64Array(64);
let edgeSlope = new Float64Array(64);

/** When the next tick comes, as a density that is constant between breakpoints. Immutable; masses are normalised. */
export class NextTick {
  readonly #segments: readonly Segment[];
  readonly #nowMs: number;
  /** Breakpoints in unix ms, ascending, and the probability that the tick has come by each; laid out when asked for. */
  #at: Float64Array | null = null;
  #by: Float64Array | null = null;

  /** An empty list of segments means "at any moment now": all the mass stands at `nowMs`. */
  constructor(segments: readonly Segment[], nowMs: number) {
    this.#segments = segments;
    this.#nowMs = nowMs;
  }

  /** The expected moment, in unix ms. */
  get meanMs(): number {
    let total = 0;
    let moment = 0;
    for (const segment of this.#segments) {
      if (!isPiece(segment)) continue;
      total += segment.mass;
      moment += segment.mass * ((segment.from + segment.to) / 2 - this.#nowMs);
    }
    return total > 0 ? this.#nowMs + moment / total : this.#nowMs;
  }

  /** The moment (unix ms) by which the tick has come with probability `p`. */
  quantile(p: number): number {
    const {at, by} = this.#laidOut();
    let i = 0;
    while (i < by.length - 1 && (by[i] ?? 1) < p) i++;
    const x1 = at[i] ?? 0;
    const p1 = by[i] ?? 1;
    if (i === 0 || p1 <= p) return x1;
    const x0 = at[i - 1] ?? x1;
    const p0 = by[i - 1] ?? p1;
    return p1 > p0 ? x0 + ((p - p0) / (p1 - p0)) * (x1 - x0) : x1;
  }

  /** The probability that the tick has come by `atMs` (unix ms). */
  by(atMs: number): number {
    const {at, by} = this.#laidOut();
    const last = at.length - 1;
    if (atMs >= (at[last] ?? 0)) return 1;
    let i = 0;
    while (i <= last && (at[i] ?? 0) <= atMs) i++;
    if (i === 0) return 0;
    const x0 = at[i - 1] ?? 0;
    const x1 = at[i] ?? 0;
    const p0 = by[i - 1] ?? 0;
    const p1 = by[i] ?? 1;
    return x1 > x0 ? p0 + ((atMs - x0) / (x1 - x0)) * (p1 - p0) : p1;
  }

  /** The probability that it comes between two moments: what a density bar shades. */
  between(fromMs: number, toMs: number): number {
    return Math.max(0, this.by(toMs) - this.by(fromMs));
  }

  #laidOut(): {readonly at: Float64Array; readonly by: Float64Array} {
    const [at, by] = [this.#at, this.#by];
    if (at !== null && by !== null) return {at, by};
    return this.#layOut();
  }

  #layOut(): {readonly at: Float64Array; readonly by: Float64Array} {
    let edges = 0;
    let total = 0;
    for (const segment of this.#segments) {
      if (!isPiece(segment)) continue;
      const {from, to, mass} = segment;
      total += mass;
      edges = addEdge(edges, from, mass / (to - from));
      edges = addEdge(edges, to, -mass / (to - from));
    }
    const at = total > 0 ? edgeAt.slice(0, edges) : Float64Array.of(this.#nowMs, this.#nowMs + 1);
    const by = new Float64Array(at.length);
    by[at.length - 1] = 1;
    let slope = 0;
    let sum = 0;
    let here = at[0] ?? 0;
    for (let i = 0; i < edges; i++) {
      const edge = at[i] ?? 0;
      sum += Math.max(0, slope) * (edge - here);
      here = edge;
      slope += edgeSlope[i] ?? 0;
      by[i] = Math.min(1, sum / total);
    }
    this.#at = at;
    this.#by = by;
    return {at, by};
  }
}

function isPiece({from, to, mass}: Segment): boolean {
  return mass > 0 && to > from;
}

/** Puts an edge in its place among the `count` that are there; returns how many there are then. */
function addEdge(count: number, at: number, slope: number): number {
  if (count === edgeAt.length) {
    edgeAt = grown(edgeAt);
    edgeSlope = grown(edgeSlope);
  }
  let i = count;
  for (; i > 0 && (edgeAt[i - 1] ?? 0) > at; i--) {
    edgeAt[i] = edgeAt[i - 1] ?? 0;
    edgeSlope[i] = edgeSlope[i - 1] ?? 0;
  }
  edgeAt[i] = at;
  edgeSlope[i] = slope;
  return count + 1;
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}
