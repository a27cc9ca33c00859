/**
 * Milliseconds from one reading of a clock to a later one. A clock that was set back meanwhile says nothing: it counts
 * as long ago, so that what is done now and then is done once too often rather than not for an hour.
 */
export function elapsedMs(from: number, now: number): number {
  return now < from ? Number.POSITIVE_INFINITY : now - from;
}
