/** Something that can be gone to: the event of a recording that shows it (its number from 0), and when that came. */
export interface Mark {
  readonly index: number;
  readonly atMs: number;
}

/**
 * The mark next to a place in a recording, in one direction; null where there is none. At a place all events below `at`
 * are known: the event of a mark there is the newest of these, and is neither before nor behind it.
 */
export function markBeside(marks: readonly Mark[], at: number, direction: 1 | -1): Mark | null {
  const behind = firstFrom(marks, at);
  if (direction === 1) return marks[behind] ?? null;
  return marks[firstFrom(marks, at - 1) - 1] ?? null;
}

/** How many of the marks have an event below `index`. */
function firstFrom(marks: readonly Mark[], index: number): number {
  let [from, to] = [0, marks.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((marks[middle]?.index ?? Infinity) < index) from = middle + 1;
    else to = middle;
  }
  return from;
}
