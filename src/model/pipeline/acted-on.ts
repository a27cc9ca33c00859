/** A number of `metrics.k8s.io`: of which sample it is, and since when it is known to be there. Ms on one clock. */
export interface SeenNumber {
  readonly at: number;
  readonly seenAt: number;
}

/** How old the number was when it was acted on; `mostMs` null: that has no bound. */
export interface ActedOn {
  readonly leastMs: number;
  readonly mostMs: number | null;
}

/** So many numbers are kept: an hour of them. */
const mostSeen = 240;

/** The numbers with one more, where it is another than the newest. */
export function withNumber(seen: readonly SeenNumber[], at: number, seenAt: number): readonly SeenNumber[] {
  return seen.at(-1)?.at === at ? seen : [...seen, {at, seenAt}].slice(-mostSeen);
}

/**
 * How old the number was that a decision at `scaledAt` read: the newest sample that was to be had then. One that was seen
 * before the decision settles it; one that was seen only later may not have been there yet. Null where all that was seen
 * is newer than the decision.
 */
export function actedOn(scaledAt: number, seen: readonly SeenNumber[]): ActedOn | null {
  const before = seen.filter(({at}) => at <= scaledAt);
  const newest = before.at(-1);
  if (newest === undefined) return null;
  const leastMs = scaledAt - newest.at;
  if (newest.seenAt <= scaledAt) return {leastMs, mostMs: leastMs};
  const earlier = before.at(-2);
  return {leastMs, mostMs: earlier === undefined ? null : scaledAt - earlier.at};
}
