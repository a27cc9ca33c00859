import type {Reading, Readings} from './side.ts';

/**
 * Whether two sets of readings differ by more than chance, by a permutation test.
 *
 * Each reading is replaced by its rank among all readings of its target (mid-rank, 0…1), so that a busy and an idle
 * target, or one that is on one side more often, do not pass for a difference. The statistic is the distance of
 * Kolmogorov and Smirnov between the ranks of the two sides, D = max |F_A(x) − F_B(x)|. Neighbouring ticks depend on each
 * other (an idle timer goes 10, 15, 10, 15 s; a burst shows in its pod and its container), so not readings are permuted
 * but stretches of time of the whole node, each with all its readings: under the hypothesis that nothing changed it is
 * chance which of them are A's. p = (1 + permutations with D* ≥ D) / (1 + permutations)
 * (Phipson and Smyth 2010: never 0).
 */
export interface TestResult {
  readonly p: number;
  /** 0: the same distribution; 1: no overlap. */
  readonly distance: number;
}

export interface TestOptions {
  readonly permutations: number;
  /** The length of a stretch. */
  readonly blockMs: number;
  /** Numbers from 0 (included) to 1 (excluded): the same seed gives the same answer. */
  readonly random: () => number;
}

const bins = 64;
/** So many stretches on each side are needed: with fewer every difference could be chance. */
const leastBlocks = 4;

/** A stretch of time: how many of its readings have which rank. */
interface Block {
  readonly counts: Float64Array;
  total: number;
}

/** The test; null where there is too little on a side. */
export function permutationTest(a: Readings, b: Readings, options: TestOptions): TestResult | null {
  const blocks = [new Map<number, Block>(), new Map<number, Block>()] as const;
  for (const key of a.keys()) {
    const [ofA, ofB] = [a.get(key) ?? [], b.get(key) ?? []];
    if (ofA.length === 0 || ofB.length === 0) continue;
    const rank = rankIn([...ofA, ...ofB]);
    for (const [side, readings] of [ofA, ofB].entries()) {
      const into = blocks[side === 0 ? 0 : 1];
      for (const {atMs, value} of readings) add(into, Math.floor(atMs / options.blockMs), rank(value));
    }
  }
  const [inA, inB] = [[...blocks[0].values()], [...blocks[1].values()]];
  if (inA.length < leastBlocks || inB.length < leastBlocks) return null;
  const all = [...inA, ...inB];
  const sum = summed(all);
  const distance = distanceOf(summed(inA), sum);
  const drawn: Block = {counts: new Float64Array(bins), total: 0};
  let asFar = 0;
  for (let i = 0; i < options.permutations; i += 1) {
    shuffleFirst(all, inA.length, options.random);
    if (distanceOf(sumInto(drawn, all, inA.length), sum) >= distance - 1e-12) asFar += 1;
  }
  return {p: (1 + asFar) / (1 + options.permutations), distance};
}

/** Holm's correction: a p below α after it says that with all tests together at most α of such cases is chance. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({p, index})).sort((one, other) => one.p - other.p);
  const adjusted = Array.from({length: ps.length}, () => 1);
  let least = 0;
  for (const [i, {p, index}] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (ps.length - i)));
    adjusted[index] = least;
  }
  return adjusted;
}

/** A small generator of numbers (mulberry32): good enough to shuffle, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The mid-rank of a value among readings, from 0 to 1. */
function rankIn(readings: readonly Reading[]): (value: number) => number {
  const sorted = Float64Array.from(readings, ({value}) => value).sort();
  return (value) => (firstAt(sorted, value, false) + firstAt(sorted, value, true)) / 2 / sorted.length;
}

/** How many are below a value, or (`inclusive`) not above it. */
function firstAt(sorted: Float64Array, value: number, inclusive: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const here = sorted[middle] ?? Infinity;
    if (here < value || (inclusive && here === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}

function add(blocks: Map<number, Block>, at: number, rank: number): void {
  let block = blocks.get(at);
  if (block === undefined) blocks.set(at, (block = {counts: new Float64Array(bins), total: 0}));
  const bin = Math.min(bins - 1, Math.floor(rank * bins));
  block.counts[bin] = (block.counts[bin] ?? 0) + 1;
  block.total += 1;
}

function summed(blocks: readonly Block[]): Block {
  return sumInto({counts: new Float64Array(bins), total: 0}, blocks, blocks.length);
}

/** The first `count` together, into a block that is used again and again. */
function sumInto(sum: Block, blocks: readonly Block[], count: number): Block {
  const into = sum.counts.fill(0);
  sum.total = 0;
  for (let i = 0; i < count; i += 1) {
    const block = blocks[i];
    if (block === undefined) break;
    for (let bin = 0; bin < bins; bin += 1) into[bin] = (into[bin] ?? 0) + (block.counts[bin] ?? 0);
    sum.total += block.total;
  }
  return sum;
}

/** The greatest distance between the cumulated shares of A and of the rest. */
function distanceOf(a: Block, all: Block): number {
  const restTotal = all.total - a.total;
  if (a.total === 0 || restTotal === 0) return 0;
  let [inA, inRest, most] = [0, 0, 0];
  for (let bin = 0; bin < bins; bin += 1) {
    inA += a.counts[bin] ?? 0;
    inRest += (all.counts[bin] ?? 0) - (a.counts[bin] ?? 0);
    most = Math.max(most, Math.abs(inA / a.total - inRest / restTotal));
  }
  return most;
}

/** Brings a random choice of `count` to the front (Fisher and Yates). */
function shuffleFirst(items: Block[], count: number, random: () => number): void {
  for (let i = 0; i < count; i += 1) {
    const j = i + Math.floor(random() * (items.length - i));
    const [one, other] = [items[i], items[j]];
    if (one === undefined || other === undefined) return;
    items[i] = other;
    items[j] = one;
  }
}
