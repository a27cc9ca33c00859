import type {Grid} from './time-grid.ts';
import type {Step} from '../cpu/history.ts';

/** What is drawn: CPU in nanocores, or the memory working set in bytes. */
export type Quantity = 'cpu' | 'memory';

/** A series laid on the columns of a chart. NaN: nothing is known of that column. */
export interface Buckets {
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Nanoseconds of CPU time that fall into the column; their sum is what the counter grew by. */
  readonly usageNs: Float64Array;
  /** Did a housekeeping tick fall into it? */
  readonly ticks: readonly boolean[];
}

/** A column is drawn when so much of it is covered, or when a whole step lies in it: a gap is not painted over. */
const enough = 0.5;

/** Sorts steps into the buckets of a grid: mean, extremes and ticks of each; NaN where too little of it is known. */
export function bucketsOf(steps: readonly Step[], grid: Grid, quantity: Quantity): Buckets {
  const {count, bucketMs, startMs} = grid;
  const sum = new Float64Array(count);
  const covered = new Float64Array(count);
  const usageNs = new Float64Array(count);
  const low = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const whole = new Array<boolean>(count).fill(false);
  const ticks = new Array<boolean>(count).fill(false);
  for (const step of steps) {
    const first = Math.max(0, Math.floor((step.fromMs - startMs) / bucketMs));
    const last = Math.min(count - 1, Math.ceil((step.toMs - startMs) / bucketMs) - 1);
    const [from, to] = quantity === 'cpu' ? [step.minNanoCores, step.maxNanoCores] : [step.minBytes, step.maxBytes];
    const tookMs = step.toMs - step.fromMs;
    const mean = quantity === 'cpu' ? (step.usageNs / tookMs) * 1_000 : (from + to) / 2;
    for (let i = first; i <= last; i++) {
      const bucketFrom = startMs + i * bucketMs;
      const overlapMs = Math.min(step.toMs, bucketFrom + bucketMs) - Math.max(step.fromMs, bucketFrom);
      if (overlapMs <= 0) continue;
      usageNs[i] = (usageNs[i] ?? 0) + (step.usageNs * overlapMs) / tookMs;
      if (Number.isNaN(mean)) continue;
      sum[i] = (sum[i] ?? 0) + mean * overlapMs;
      covered[i] = (covered[i] ?? 0) + overlapMs;
      // A step that only reaches into the column counts there by its part of the mean, not as an extreme.
      if (first !== last && from === to) continue;
      low[i] = Math.min(low[i] ?? from, from);
      high[i] = Math.max(high[i] ?? to, to);
      if (first === last) whole[i] = true;
    }
    const tickAt = Math.ceil((step.toMs - startMs) / bucketMs) - 1;
    if (step.tick && tickAt >= 0 && tickAt < count) ticks[tickAt] = true;
  }
  const mean = sum.map((value, i) => {
    const coveredMs = covered[i] ?? 0;
    const isDrawn = coveredMs > 0 && (whole[i] === true || coveredMs >= bucketMs * enough);
    return isDrawn ? value / coveredMs : Number.NaN;
  });
  return {
    mean,
    low: mean.map((value, i) => Math.min(value, low[i] ?? value)),
    high: mean.map((value, i) => Math.max(value, high[i] ?? value)),
    usageNs,
    ticks,
  };
}

/** The last column that has a value; -1 where none has. */
export function newestColumn(buckets: Buckets): number {
  return buckets.mean.findLastIndex((value) => !Number.isNaN(value));
}
