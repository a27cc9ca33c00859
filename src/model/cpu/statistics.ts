import type {Step} from './history.ts';
import type {Quantity} from '../draw/buckets.ts';

/** Over a window, in nanocores or bytes; NaN where nothing is known. */
export interface Statistics {
  /** Weighted by time: CPU time over wall time, gaps left out. */
  readonly mean: number;
  readonly max: number;
}

/**
 * Mean (weighted by time) and maximum of the steps within a window, in nanocores or bytes; NaN where nothing is
 * known.
 */
export function statisticsOf(steps: readonly Step[], fromMs: number, toMs: number, quantity: Quantity): Statistics {
  let weighted = 0;
  let knownMs = 0;
  let max = Number.NaN;
  for (const step of steps) {
    const overlapMs = Math.min(step.toMs, toMs) - Math.max(step.fromMs, fromMs);
    const high = quantity === 'cpu' ? step.maxNanoCores : step.maxBytes;
    if (overlapMs <= 0 || Number.isNaN(high)) continue;
    const tookMs = step.toMs - step.fromMs;
    weighted += (quantity === 'cpu' ? (step.usageNs / tookMs) * 1_000 : (step.minBytes + high) / 2) * overlapMs;
    knownMs += overlapMs;
    max = Number.isNaN(max) ? high : Math.max(max, high);
  }
  return {mean: knownMs === 0 ? Number.NaN : weighted / knownMs, max};
}
