/** Fewer rows are written sooner than they are moved. */
const leastRows = 3;

/** Rows that stand somewhere else now: what moves them, and what the terminal shows then. */
export interface ScrolledRows {
  readonly sequence: string;
  readonly shown: readonly string[];
}

/**
 * Finds the rows that only stand higher or lower than before, as a journal's lines do with each new one. The terminal moves
 * them itself, within a scrolling region (DECSTBM) by deleting or inserting lines, which even the Linux console does: that
 * is a few bytes instead of a pane's. Null where nothing moved, or so little that it is not worth it.
 */
export function scrolledRows(before: readonly string[], lines: readonly string[]): ScrolledRows | null {
  const by = before.length === lines.length ? mostMovedBy(before, lines) : 0;
  const moved = by === 0 ? null : movedBy(by, before, lines);
  return moved === null || moved.spared < leastRows ? null : scroll(moved, before);
}

/** How much lower most of the rows stood that moved; 0 where too few did. */
function mostMovedBy(before: readonly string[], lines: readonly string[]): number {
  const rows = new Map(before.map((line, row) => [line, row]));
  const counts = new Map<number, number>();
  let most = 0;
  for (const [row, line] of lines.entries()) {
    const stood = line === '' || line === before[row] ? undefined : rows.get(line);
    if (stood === undefined) continue;
    const count = (counts.get(stood - row) ?? 0) + 1;
    counts.set(stood - row, count);
    if (count >= leastRows && count > (counts.get(most) ?? 0)) most = stood - row;
  }
  return most;
}

/** Rows from `from` to `to`, both included, that stood `by` rows lower; `spared` of them are not what stood there. */
interface Moved {
  readonly by: number;
  readonly from: number;
  readonly to: number;
  readonly spared: number;
}

/** The stretch of rows that spares the most. */
function movedBy(by: number, before: readonly string[], lines: readonly string[]): Moved {
  let best = {by, from: 0, to: -1, spared: 0};
  let from = 0;
  let spared = 0;
  for (const [row, line] of lines.entries()) {
    if (line !== before[row + by]) {
      from = row + 1;
      spared = 0;
    } else if (line !== before[row]) {
      spared += 1;
      if (spared > best.spared) best = {by, from, to: row, spared};
    }
  }
  return best;
}

function scroll({by, from, to}: Moved, before: readonly string[]): ScrolledRows {
  const top = Math.min(from, from + by);
  const bottom = Math.max(to, to + by);
  const blank = Array.from({length: Math.abs(by)}, () => '');
  const region = before.slice(top, bottom + 1);
  const moved = by > 0 ? [...region.slice(by), ...blank] : [...blank, ...region.slice(0, by)];
  return {
    // The region's end takes the cursor to the first row; what is written next says itself where.
    sequence: `\u001b[${top + 1};${bottom + 1}r\u001b[${top + 1};1H\u001b[${Math.abs(by)}${by > 0 ? 'M' : 'L'}\u001b[r`,
    shown: [...before.slice(0, top), ...moved, ...before.slice(bottom + 1)],
  };
}
