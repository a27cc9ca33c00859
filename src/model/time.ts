/**
 * Two clocks that must not be mixed: the node's (sample times, journal times, certificates) and ours (when a reply
 * came, when a frame is drawn). Both are unix milliseconds; the types keep them apart.
 */
declare const clock: unique symbol;

/** Unix milliseconds by the node's clock. */
export type NodeMs = number & {readonly [clock]: 'node'};

/** Unix milliseconds by the clock of the machine that ktop runs on. */
export type LocalMs = number & {readonly [clock]: 'local'};

/** Says that a number of unix milliseconds was read off the node's clock. */
export function nodeMs(unixMs: number): NodeMs {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the one place where the brand is given
  return unixMs as NodeMs;
}

/** Says that a number of unix milliseconds was read off the local clock. */
export function localMs(unixMs: number): LocalMs {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the one place where the brand is given
  return unixMs as LocalMs;
}

/** How far the node's clock runs ahead of ours, and how sure that is (half the round trip of the measurement). */
export interface ClockOffset {
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
}

/** Before any measurement the clocks are taken as equal: true for kind, whose nodes share the host's clock. */
export const sameClock: ClockOffset = {aheadMs: 0, uncertaintyMs: Number.POSITIVE_INFINITY};

/** The same moment by the node's clock. */
export function toNodeTime(at: LocalMs, offset: ClockOffset): NodeMs {
  return nodeMs(at + offset.aheadMs);
}
