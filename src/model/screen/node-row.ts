import type {Event} from '../event.ts';
import {severityOf} from '../journal/line.ts';
import {isSystem} from '../target.ts';
import {toNodeTime, type LocalMs, type NodeMs} from '../time.ts';
import {sameClock, type ClockOffset} from '../time.ts';

const minuteMs = 60_000;
const bucketMs = 1000;
const buckets = minuteMs / bucketMs;

/** What the overview tells of a node besides its status: how old its samples are, and how many errors it logs. */
export class NodeRow {
  #newestAt: NodeMs | null = null;
  #oldestAt: NodeMs | null = null;
  #offset: ClockOffset = sameClock;
  /** Errors by the second in which they were logged, and which second each count is of. */
  readonly #errors = new Array<number>(buckets).fill(0);
  readonly #seconds = new Array<number>(buckets).fill(Number.NEGATIVE_INFINITY);

  /** Takes in an event of the node. */
  apply(event: Event): void {
    if (event.type === 'clock') this.#offset = event.offset;
    else if (event.type === 'journal') {
      for (const entry of event.entries) {
        const severity = severityOf(entry);
        if (severity === 'error' || severity === 'fatal') this.#count(entry.at);
      }
    } else if (event.type === 'poll') {
      this.#newestAt = null;
      this.#oldestAt = null;
      for (const {target, at} of event.poll.samples) {
        if (isSystem(target) || !Number.isFinite(at)) continue;
        if (this.#newestAt === null || at > this.#newestAt) this.#newestAt = at;
        if (this.#oldestAt === null || at < this.#oldestAt) this.#oldestAt = at;
      }
    }
  }

  /** The age of the newest sample of a pod or container, and of the oldest, in ms at a moment of the node's clock. */
  ages(now: NodeMs): {readonly newestMs: number; readonly worstMs: number} | null {
    if (this.#newestAt === null || this.#oldestAt === null) return null;
    return {newestMs: Math.max(0, now - this.#newestAt), worstMs: Math.max(0, now - this.#oldestAt)};
  }

  /** Errors that were logged in the minute before, by the node's clock. */
  errorsInMinute(now: LocalMs): number {
    const second = Math.floor(toNodeTime(now, this.#offset) / bucketMs);
    let sum = 0;
    for (const [i, of] of this.#seconds.entries())
      if (of > second - buckets && of <= second + 1) sum += this.#errors[i] ?? 0;
    return sum;
  }

  #count(at: NodeMs): void {
    const second = Math.floor(at / bucketMs);
    const bucket = ((second % buckets) + buckets) % buckets;
    const before = this.#seconds[bucket] ?? Number.NEGATIVE_INFINITY;
    // A line from before the clock jumped, or of an older minute.
    if (second < before) return;
    if (second > before) this.#errors[bucket] = 0;
    this.#seconds[bucket] = second;
    this.#errors[bucket] = (this.#errors[bucket] ?? 0) + 1;
  }
}
