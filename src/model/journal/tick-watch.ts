import type {Poll, Sample} from '../event.ts';
import {isRestart} from '../cpu/counter-sample.ts';
import {shortName, targetKey, type Target} from '../target.ts';
import {toNodeTime, type ClockOffset, type LocalMs} from '../time.ts';
import type {TickRule} from './tick-rules.ts';

interface Seen {
  readonly sample: Sample;
  /** It may be the runtime's, taken for the request: the next answer tells. */
  readonly doubtful: TickRule | null;
  /** When the first answer that had it was complete. */
  readonly seenAt: LocalMs;
  /** How long before that it can have been taken, in ms. */
  readonly mostAgeMs: number;
}

/** Polls are 5 s apart at most, and a kubelet under load takes as long: beyond this ticks may have been missed. */
const unwatchedMs = 15_000;
/** A sample is seen so soon after it was taken, by a kubelet that answers from its cache and under load. */
const seenWithinMs = 30_000;
/** The first one, and one that came while nobody polled, can have this age: cAdvisor's longest wait. */
const longestWaitMs = 10 * 60_000;
/** How far a comparison of the clocks is trusted at best. */
const clockRoomMs = 20;

/**
 * Finds the housekeeping ticks of the watched targets in the polls. A sample that was taken while the request was made
 * may be the container runtime's own and no tick (after a start, and for good with a base of two minutes and more):
 * it is one where the next answer still has it.
 */
export class TickWatch {
  readonly #seen = new Map<string, Seen>();
  #polledAt = Number.NEGATIVE_INFINITY;

  /** Takes over what another one has seen. */
  takeOver(other: TickWatch): void {
    this.#polledAt = other.#polledAt;
    this.#seen.clear();
    for (const [key, seen] of other.#seen) this.#seen.set(key, seen);
  }

  /** The ticks that a poll shows for the first time. */
  observe(poll: Poll, watched: readonly Target[], offset: ClockOffset): TickRule[] {
    const isGapless = poll.sentAt - this.#polledAt <= unwatchedMs;
    const mostAgeMs = isGapless ? seenWithinMs : longestWaitMs;
    this.#polledAt = poll.receivedAt;
    if (watched.length === 0) {
      this.#seen.clear();
      return [];
    }
    const keys = new Set(watched.map(targetKey));
    const samples = poll.samples.filter(({target, at}) => keys.has(targetKey(target)) && Number.isFinite(at));
    const ticks: TickRule[] = [];
    for (const sample of samples) {
      const key = targetKey(sample.target);
      const before = this.#seen.get(key);
      let doubtful: TickRule | null = null;
      if (before !== undefined && sample.novelty !== 'new') {
        if (before.doubtful !== null) ticks.push(before.doubtful);
      } else if (before !== undefined && sample.at > before.sample.at) {
        const name = shortName(sample.target, watched);
        const waitMs = isRestart(before.sample, sample) ? null : waitOf(before, sample, poll.receivedAt, mostAgeMs);
        const text = `housekeeping ${name}${waitMs === null ? '' : waitedText(waitMs, isGapless)}`;
        const tick: TickRule = {of: key, name, waitMs, isGapless, rule: {rule: 'tick', at: sample.at, text}};
        if (isTakenDuring(sample, poll, offset)) doubtful = tick;
        else ticks.push(tick);
      }
      // What came from the past is no tick: the name of another container, or a clock that was set back.
      const isKnown = before?.sample.at === sample.at;
      const firstSight = {seenAt: poll.receivedAt, mostAgeMs: before === undefined ? longestWaitMs : mostAgeMs};
      this.#seen.set(key, {...(isKnown ? before : firstSight), sample, doubtful});
    }
    // What is watched no more need not be remembered.
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
    return ticks.sort((a, b) => a.rule.at - b.rule.at);
  }
}

/** How long after the one before it was taken; null where the node's clock was set meanwhile, as both sights tell. */
function waitOf(before: Seen, sample: Sample, seenAt: LocalMs, mostAgeMs: number): number | null {
  const waitMs = sample.at - before.sample.at;
  const apartMs = waitMs - (seenAt - before.seenAt);
  return apartMs > before.mostAgeMs || apartMs < -mostAgeMs ? null : waitMs;
}

function waitedText(waitMs: number, isGapless: boolean): string {
  return `, ${(waitMs / 1000).toFixed(1)} s after the last${isGapless ? '' : ' that was seen'}`;
}

function isTakenDuring(sample: Sample, {sentAt, receivedAt}: Poll, offset: ClockOffset): boolean {
  const room = Number.isFinite(offset.uncertaintyMs) ? clockRoomMs + Math.min(offset.uncertaintyMs, 1_000) : 0;
  const [sent, received] = [toNodeTime(sentAt, offset), toNodeTime(receivedAt, offset)];
  const earliest = sample.precision === 's' ? Math.floor(sent / 1_000) * 1_000 - 1 : sent;
  return sample.at > earliest - room && sample.at < received + room;
}
