import type {ViewRow} from './view.ts';

/** Where the view stands: at the newest line, or on one line while the reading goes on. */
export type Position =
  | {readonly kind: 'newest'}
  | {
      readonly kind: 'paused';
      /** The line's number. */
      readonly line: number;
      /** The row of the pane that the line is on. */
      readonly row: number;
      /** Lines from this number on came after the pause began. */
      readonly since: number;
    };

/** The rows of a line, and of what stands above and below it that is no line. */
export interface RowsOf {
  readonly above: (index: number) => readonly ViewRow[];
  readonly rowsAt: (index: number) => readonly ViewRow[];
  readonly below: (index: number) => readonly ViewRow[];
}

/**
 * The rows of a window around the line at `index`. The line is on row `row` where the list is long enough, and no row of
 * the window stays empty while there is a line for it.
 */
export function windowAround(
  index: number,
  row: number,
  height: number,
  length: number,
  rows: RowsOf,
): {readonly rows: ViewRow[]; readonly row: number} {
  const allOf = (at: number) => [...rows.above(at), ...rows.rowsAt(at), ...rows.below(at)];
  const own = [...rows.rowsAt(index), ...rows.below(index)];
  const above: (readonly ViewRow[])[] = [rows.above(index)];
  const below: ViewRow[] = [];
  let rowsAbove = rows.above(index).length;
  let next = index - 1;
  const climb = (until: number): void => {
    for (; next >= 0 && rowsAbove < until; next -= 1) {
      const more = allOf(next);
      above.push(more);
      rowsAbove += more.length;
    }
  };
  climb(row);
  const startRow = Math.min(row, rowsAbove);
  for (let at = index + 1; at < length && startRow + own.length + below.length < height; at += 1)
    below.push(...allOf(at));
  climb(height - own.length - below.length);
  const all = [...above.reverse().flat(), ...own, ...below];
  // Rows above that do not fit are cut at the top; a line higher than the pane shows its beginning.
  const wanted = Math.max(Math.min(row, rowsAbove), Math.min(height - own.length - below.length, rowsAbove));
  const first = rowsAbove - Math.max(0, Math.min(wanted, height - 1));
  return {rows: all.slice(first, first + height), row: rowsAbove - first};
}
