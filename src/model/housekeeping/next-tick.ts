/**
 * The pieces of a distribution, flat: from, to (unix ms, `from < to`) and the mass that is spread evenly between them, three
 * numbers a piece. Those without mass or extent count for nothing. One is filled again and again: a node has hundreds of
 * distributions to make at each poll.
 */
export class Pieces {
  #data = new Float64Array(96);
  #length = 0;

  /** Adds one piece. */
  add(from: number, to: number, mass: number): void {
    if (this.#length + 3 > this.#data.length) this.#grow();
    const data = this.#data;
    data[this.#length++] = from;
    data[this.#length++] = to;
    data[this.#length++] = mass;
  }

  /** The pieces that were added since the last time; there are none afterwards. */
  take(): Float64Array {
    const taken = this.#data.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#data.length);
    larger.set(this.#data);
    this.#data = larger;
  }
}

/**
 * Where the density changes, laid out for one distribution at a time: a node has hundreds a poll, and of most of them
 * one figure is asked.
 */
const scratch: {of: NextTick | null; at: Float64Array; slope: Float64Array; by: Float64Array; edges: number} = {
  of: null,
  at: new Float64Array(64),
  slope: new Float64Array(64),
  by: new Float64Array(64),
  edges: 0,
};

/** Breakpoints in unix ms, ascending, and the probability that the tick has come by each; so many of them count. */
interface Layout {
  readonly at: Float64Array;
  readonly by: Float64Array;
  readonly edges: number;
}

/** When the next tick comes, as a density that is constant between breakpoints. Immutable; masses are normalised. */
export class NextTick {
  readonly #pieces: Float64Array;
  readonly #nowMs: number;
  /** What this is cut from, and what of that has passed by `nowMs`. */
  readonly #whole: NextTick | null;
  #passed: number | null = null;
  #wasLaidOut = false;
  /** Others are cut from it, at one poll after the other. */
  #isCut = false;
  #layout: Layout | null = null;
  #medianMs: number | null = null;

  /** Without pieces it means "at any moment now": all the mass stands at `nowMs`. The pieces are kept, not copied. */
  constructor(pieces: Float64Array, nowMs: number, whole: NextTick | null = null) {
    this.#pieces = pieces;
    this.#nowMs = nowMs;
    this.#whole = whole;
  }

  /** Others will be cut from it at one poll after the other: it is laid out once. */
  keep(): void {
    this.#isCut = true;
  }

  /** The same given that the tick has not come by `nowMs`. */
  given(nowMs: number): NextTick {
    this.#isCut = true;
    return new NextTick(this.#pieces, nowMs, this.#whole ?? this);
  }

  /** The expected moment, in unix ms. */
  get meanMs(): number {
    const pieces = this.#pieces;
    let total = 0;
    let moment = 0;
    for (let i = 0; i < pieces.length; i += 3) {
      const [opens, to, whole] = [pieces[i] ?? 0, pieces[i + 1] ?? 0, pieces[i + 2] ?? 0];
      const from = this.#whole === null ? opens : Math.max(opens, this.#nowMs);
      const mass = from === opens ? whole : (whole * (to - from)) / (to - opens);
      if (!isPiece(from, to, mass)) continue;
      total += mass;
      moment += mass * ((from + to) / 2 - this.#nowMs);
    }
    return total > 0 ? this.#nowMs + moment / total : this.#nowMs;
  }

  /** The moment (unix ms) before which it comes as likely as after it. */
  get medianMs(): number {
    this.#medianMs ??= this.quantile(0.5);
    return this.#medianMs;
  }

  /** The same given that the tick has not come by `nowMs`. */
  medianGiven(nowMs: number): number {
    this.#isCut = true;
    const passed = this.by(nowMs);
    return passed >= 1 ? nowMs : Math.max(nowMs, this.quantile((1 + passed) / 2));
  }

  /** The moment (unix ms) by which the tick has come with probability `p`. */
  quantile(p: number): number {
    if (this.#whole === null) return quantileOf(this.#laidOut(), p);
    const passed = this.#passedOf(this.#whole);
    if (passed >= 1) return this.#nowMs;
    return Math.max(this.#nowMs, this.#whole.quantile(passed + p * (1 - passed)));
  }

  /** The probability that the tick has come by `atMs` (unix ms). */
  by(atMs: number): number {
    if (this.#whole === null) return byOf(this.#laidOut(), atMs);
    if (atMs < this.#nowMs) return 0;
    const passed = this.#passedOf(this.#whole);
    return passed >= 1 ? 1 : Math.max(0, (this.#whole.by(atMs) - passed) / (1 - passed));
  }

  #passedOf(whole: NextTick): number {
    this.#passed ??= whole.by(this.#nowMs);
    return this.#passed;
  }

  /** The probability that it comes between two moments: what a density bar shades. */
  between(fromMs: number, toMs: number): number {
    return Math.max(0, this.by(toMs) - this.by(fromMs));
  }

  /** Laid out anew where another one was since; who is asked again and again in between keeps a layout of its own. */
  #laidOut(): Layout {
    if (this.#layout !== null) return this.#layout;
    if (scratch.of === this && !this.#isCut) return scratch;
    if (scratch.of !== this) this.#layOut();
    scratch.of = this;
    if (!this.#wasLaidOut && !this.#isCut) {
      this.#wasLaidOut = true;
      return scratch;
    }
    const {at, by, edges} = scratch;
    this.#layout = {at: at.slice(0, edges), by: by.slice(0, edges), edges};
    return this.#layout;
  }

  #layOut(): void {
    const pieces = this.#pieces;
    makeRoom((2 * pieces.length) / 3 + 2);
    const {at, slope, by} = scratch;
    let edges = 0;
    let total = 0;
    for (let i = 0; i < pieces.length; i += 3) {
      const from = pieces[i] ?? 0;
      const to = pieces[i + 1] ?? 0;
      const mass = pieces[i + 2] ?? 0;
      if (!isPiece(from, to, mass)) continue;
      total += mass;
      const density = mass / (to - from);
      edges = addEdge(edges, from, density);
      edges = addEdge(edges, to, -density);
    }
    if (edges === 0) {
      at[0] = this.#nowMs;
      at[1] = this.#nowMs + 1;
      by[0] = 0;
      by[1] = 1;
      scratch.edges = 2;
      return;
    }
    let dense = 0;
    let sum = 0;
    let here = at[0] ?? 0;
    for (let i = 0; i < edges; i++) {
      const edge = at[i] ?? 0;
      sum += Math.max(0, dense) * (edge - here);
      here = edge;
      dense += slope[i] ?? 0;
      by[i] = Math.min(1, sum / total);
    }
    scratch.edges = edges;
  }
}

function quantileOf({at, by, edges}: Layout, p: number): number {
  let i = 0;
  while (i < edges - 1 && (by[i] ?? 1) < p) i++;
  const x1 = at[i] ?? 0;
  const p1 = by[i] ?? 1;
  if (i === 0 || p1 <= p) return x1;
  const x0 = at[i - 1] ?? x1;
  const p0 = by[i - 1] ?? p1;
  return p1 > p0 ? x0 + ((p - p0) / (p1 - p0)) * (x1 - x0) : x1;
}

function byOf({at, by, edges}: Layout, atMs: number): number {
  const last = edges - 1;
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

function isPiece(from: number, to: number, mass: number): boolean {
  return mass > 0 && to > from;
}

/** Puts an edge in its place among the `count` that are there; returns how many there are then. */
function addEdge(count: number, edgeAt: number, change: number): number {
  const {at, slope} = scratch;
  let i = count;
  for (; i > 0 && (at[i - 1] ?? 0) > edgeAt; i--) {
    at[i] = at[i - 1] ?? 0;
    slope[i] = slope[i - 1] ?? 0;
  }
  at[i] = edgeAt;
  slope[i] = change;
  return count + 1;
}

function makeRoom(edges: number): void {
  if (edges <= scratch.at.length) return;
  const length = 2 * edges;
  scratch.at = new Float64Array(length);
  scratch.slope = new Float64Array(length);
  scratch.by = new Float64Array(length);
}
