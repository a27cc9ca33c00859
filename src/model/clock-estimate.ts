import {sameClock, type ClockOffset} from './time.ts';

/** One comparison of the clocks: the node read its own clock after `sentAt` and before `receivedAt` of ours. */
export interface ClockReading {
  /** Unix milliseconds, by our clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** Unix milliseconds by the node's clock: not later than `nodeFrom` when asked, not earlier than `nodeTo` when answered. */
  readonly nodeFrom: number;
  readonly nodeTo: number;
}

/**
 * A reading from an HTTP exchange, whose `Date` header has whole seconds only: the node's clock stood somewhere in that
 * second. Many of them, at different moments of the second, together tell the offset much better than one.
 */
export function readingFromDate(reply: {sentAt: number; receivedAt: number; date: number}): ClockReading {
  return {sentAt: reply.sentAt, receivedAt: reply.receivedAt, nodeFrom: reply.date + 1000, nodeTo: reply.date};
}

/**
 * By how much a node's clock is ahead of ours (behind: below 0), as it is told: in ms, from 10 s on in whole seconds (a
 * clock set forward by 5 minutes is never read as 300 000 ms); null where it is not surely off.
 */
export function clockOffMs({aheadMs, uncertaintyMs}: ClockOffset): number | null {
  if (Math.abs(aheadMs) <= Math.max(leastOffMs, uncertaintyMs)) return null;
  return Math.abs(aheadMs) < 10_000 ? aheadMs : Math.round(aheadMs / 1000) * 1000;
}

/** Nobody sees less in ages and orders that are told in seconds. */
const leastOffMs = 50;

/** How far two clocks drift apart at most while nobody corrects them: 100 ppm, more than quartz does. */
const driftPerMs = 1e-4;

/**
 * How far the node's clock is ahead of ours. Every reading is a window that holds the truth; several together are
 * narrower than each. A reading that contradicts the others means that a clock was set: it starts anew.
 */
export class ClockEstimate {
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  #readAt = 0;

  /** The same estimate, which goes its own way from here. */
  copy(): ClockEstimate {
    const copy = new ClockEstimate();
    copy.#low = this.#low;
    copy.#high = this.#high;
    copy.#readAt = this.#readAt;
    return copy;
  }

  /** Takes one exchange with the node into account; gives the estimate after it. */
  take(reading: ClockReading): ClockOffset {
    const {sentAt, receivedAt, nodeFrom, nodeTo} = reading;
    const low = nodeTo - receivedAt;
    const high = nodeFrom - sentAt;
    // A clock that was set in the middle of the reading makes nonsense of it.
    if (!(low <= high)) return this.offset;
    const drift = Math.max(0, receivedAt - this.#readAt) * driftPerMs;
    const [keptLow, keptHigh] = [this.#low - drift, this.#high + drift];
    const disagrees = low > keptHigh || high < keptLow;
    this.#low = disagrees ? low : Math.max(low, keptLow);
    this.#high = disagrees ? high : Math.min(high, keptHigh);
    this.#readAt = receivedAt;
    return this.offset;
  }

  /** How far the node's clock is ahead of ours, and half the width of what is possible, in milliseconds. */
  get offset(): ClockOffset {
    if (!Number.isFinite(this.#low)) return sameClock;
    return {aheadMs: (this.#low + this.#high) / 2, uncertaintyMs: (this.#high - this.#low) / 2};
  }
}
