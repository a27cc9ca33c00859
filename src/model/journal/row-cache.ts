import {rowsOfLine, type ListLayout, type ListState, type ViewRow} from './view.ts';

interface Known {
  readonly rows: readonly ViewRow[];
  readonly current: boolean;
  readonly marked: boolean;
  readonly count: number;
}

/** Keeps the rows of lines while they stay in the picture: the same objects again need no drawing. */
export class RowCache {
  #known = new Map<number, Known>();
  #filter: ListState['filter'] | null = null;
  #layout: ListLayout | null = null;

  /** The rows of the line at an index of the list, made once for each layout. */
  rowsAt(state: ListState, index: number, layout: ListLayout, current: boolean): readonly ViewRow[] {
    if (state.filter !== this.#filter || !sameLayout(layout, this.#layout) || this.#known.size > 500)
      this.#known.clear();
    this.#filter = state.filter;
    this.#layout = layout;
    const number = state.filter.shown.at(index) ?? -1;
    const count = state.filter.foldAt(number)?.count ?? 1;
    const marked = state.marks.has(number);
    const known = this.#known.get(number);
    if (known?.current === current && known.count === count && known.marked === marked) return known.rows;
    const rows = rowsOfLine(state, index, layout, current);
    this.#known.set(number, {rows, current, marked, count});
    return rows;
  }
}

function sameLayout(one: ListLayout, other: ListLayout | null): boolean {
  return (
    one.width === other?.width &&
    one.wrap === other.wrap &&
    one.scroll === other.scroll &&
    one.grep === other.grep &&
    one.namesVersion === other.namesVersion &&
    one.search === other.search
  );
}
