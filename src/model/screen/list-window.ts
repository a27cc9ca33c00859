/** The first of `count` rows that is shown where there is room for `room`, with the cursor in the middle where it can be. */
export function firstShown(cursor: number, room: number, count: number): number {
  return Math.min(Math.max(0, cursor - (room >> 1)), Math.max(0, count - room));
}
