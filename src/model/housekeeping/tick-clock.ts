import {ClockEstimate} from '../clock-estimate.ts';
import {type ClockOffset, sameClock} from '../time.ts';

/** Clocks that differ by less are taken as the same: what an answer's way takes must not be mistaken for it. */
const slackMs = 1000;
/** A tick that contradicts them by more does not show that they were ever the same. */
const agreedMs = 100;

/** A tick was first seen in an answer of ours and not yet in the one before. */
export interface TickWindow {
  /** The tick by the node's clock, ± its resolution. */
  readonly nodeFromMs: number;
  readonly nodeToMs: number;
  /** When the answer before was asked for, by our clock, and when this one came. */
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** Polls that are remembered to tell which of the two clocks was set. */
const gapsKept = 64;

/**
 * Tells from the ticks alone how far the node's clock is ahead of ours, where nobody compared them (a recording): each
 * new tick happened between two answers. Until ticks contradict it the clocks are taken as the same; one tick alone
 * moves no clock, two that agree do.
 */
export class TickClock {
  #estimate: ClockEstimate | null = null;
  #odd: TickWindow | null = null;
  #agreed = false;
  #polledMs: number | null = null;
  #usualGapMs = 1000;
  /** From poll to poll by our clock, since a tick agreed with the offset. */
  #gaps: number[] = [];

  /** The same state, which goes its own way from here. */
  copy(): TickClock {
    const copy = new TickClock();
    copy.#estimate = this.#estimate?.copy() ?? null;
    copy.#odd = this.#odd;
    copy.#agreed = this.#agreed;
    copy.#polledMs = this.#polledMs;
    copy.#usualGapMs = this.#usualGapMs;
    copy.#gaps = [...this.#gaps];
    return copy;
  }

  /** How far the node's clock is ahead, as the ticks show it. */
  get offset(): ClockOffset {
    return this.#estimate?.offset ?? sameClock;
  }

  /** A poll was answered, by our clock. */
  polled(receivedMs: number): void {
    if (this.#polledMs !== null) {
      const gapMs = receivedMs - this.#polledMs;
      this.#gaps.push(gapMs);
      if (this.#gaps.length > gapsKept) this.#gaps.shift();
      if (gapMs > 0 && gapMs < 4 * this.#usualGapMs) this.#usualGapMs += 0.1 * (gapMs - this.#usualGapMs);
    }
    this.#polledMs = receivedMs;
  }

  /**
   * By how much the node's clock was set where the offset changes by `byMs`: nothing where ours was, which makes one
   * gap between two polls that much shorter, or longer; nothing where the clocks were never known to agree.
   */
  nodeMovedMs(byMs: number): number {
    if (!this.#agreed) return 0;
    const room = Math.max(500, Math.abs(byMs) / 2);
    return this.#gaps.some((gapMs) => Math.abs(gapMs - this.#usualGapMs + byMs) < room) ? 0 : byMs;
  }

  /** Takes in a tick: `odd` contradicts the offset for the first time, `moved` for the second: there is a new one. */
  take(window: TickWindow): 'agrees' | 'odd' | 'moved' {
    const [low, high] = boundsOf(window);
    const {aheadMs} = this.offset;
    if (low - slackMs < aheadMs && high + slackMs > aheadMs) {
      this.#odd = null;
      this.#agreed ||= low - agreedMs < aheadMs && high + agreedMs > aheadMs;
      this.#gaps = [];
      this.#estimate?.take(readingOf(window));
      return 'agrees';
    }
    const odd = this.#odd;
    this.#odd = window;
    if (odd === null) return 'odd';
    const [oddLow, oddHigh] = boundsOf(odd);
    if (low > oddHigh + slackMs || high < oddLow - slackMs) return 'odd';
    this.#odd = null;
    this.#estimate = new ClockEstimate();
    this.#estimate.take(readingOf(odd));
    this.#estimate.take(readingOf(window));
    return 'moved';
  }
}

function boundsOf({nodeFromMs, nodeToMs, sentMs, receivedMs}: TickWindow): [low: number, high: number] {
  return [nodeFromMs - receivedMs, nodeToMs - sentMs];
}

function readingOf({nodeFromMs, nodeToMs, sentMs, receivedMs}: TickWindow) {
  return {sentAt: sentMs, receivedAt: receivedMs, nodeFrom: nodeToMs, nodeTo: nodeFromMs};
}
