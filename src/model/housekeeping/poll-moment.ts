import type {Sample} from '../event.ts';

/** The poll that a sample came with, on the node's clock. */
export interface PollMoment {
  readonly sentMs: number;
  readonly receivedMs: number;
  /** How far these may be off, as far as that is known. */
  readonly uncertaintyMs: number;
}

/** The same poll, where the present turns out to be `byMs` later on the node's clock than was thought. */
export function movedBy(poll: PollMoment, byMs: number): PollMoment {
  return {...poll, sentMs: poll.sentMs + byMs, receivedMs: poll.receivedMs + byMs};
}

/** Between two moments, on the node's clock. */
export interface Between {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The same two, where the present turns out to be `byMs` later on the node's clock than was thought. */
export function movedBetween({fromMs, toMs}: Between, byMs: number): Between {
  return {fromMs: fromMs + byMs, toMs: toMs + byMs};
}

/** How far a moment lies outside of two others, in ms; 0 between them. */
export function apartMs(atMs: number, {fromMs, toMs}: Between): number {
  return Math.max(0, fromMs - atMs, atMs - toMs);
}

/** Whether it was taken while the request was made; a whole second that holds the request may hold its sample. */
export function takenDuring(sample: Sample, {sentMs, receivedMs, uncertaintyMs}: PollMoment): boolean {
  const earliest = sample.precision === 's' ? Math.floor(sentMs / 1000) * 1000 : sentMs;
  const room = 20 + Math.min(uncertaintyMs, 1000);
  return sample.at >= earliest - room && sample.at <= receivedMs + room;
}
