import {cellWidth, sliceCells, wrapCells} from './width.ts';

/** What a piece of a line means; the components choose the colour. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'key'
  | 'info'
  | 'warning'
  | 'error'
  | 'fatal'
  | 'unit'
  | 'name'
  | 'match'
  | 'found'
  | 'rule'
  | 'mark';

/** A piece of safe text in one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** The cells from `from` to `to` of a row of spans. */
export function sliceSpans(spans: readonly Span[], from: number, to: number): Span[] {
  const out: Span[] = [];
  let column = 0;
  for (const {text, tone} of spans) {
    const width = cellWidth(text);
    if (column >= to) break;
    if (column + width > from) {
      const cut = sliceCells(text, from - column, to - column);
      if (cut !== '') out.push({text: cut, tone});
    }
    column += width;
  }
  return out;
}

/** The width of the spans together, in cells. */
export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + cellWidth(span.text), 0);
}

/** Lays `tone` over the ranges `[start, end)`, in characters of the joined text. Ranges are in order and apart. */
export function overlay(spans: readonly Span[], ranges: readonly (readonly [number, number])[], tone: Tone): Span[] {
  if (ranges.length === 0) return [...spans];
  const out: Span[] = [];
  let offset = 0;
  let next = 0;
  for (const span of spans) {
    const end = offset + span.text.length;
    let at = offset;
    while (at < end) {
      while ((ranges[next]?.[1] ?? Infinity) <= at) next += 1;
      const [from, to] = ranges[next] ?? [Infinity, Infinity];
      const inside = from <= at;
      const until = Math.min(end, inside ? to : from);
      out.push({text: span.text.slice(at - offset, until - offset), tone: inside ? tone : span.tone});
      at = until;
    }
    offset = end;
  }
  return out;
}

/** Cuts a row of spans into rows of at most `width` cells, at least one. */
export function wrapSpans(spans: readonly Span[], width: number): Span[][] {
  const lines = wrapCells(spans.map((span) => span.text).join(''), width);
  const rows: Span[][] = [];
  let index = 0;
  let used = 0;
  for (const line of lines) {
    const row: Span[] = [];
    for (let left = line.length; left > 0;) {
      const span = spans[index];
      if (span === undefined) break;
      const piece = span.text.slice(used, used + left);
      if (piece !== '') row.push({text: piece, tone: span.tone});
      left -= piece.length;
      used += piece.length;
      if (used >= span.text.length) {
        index += 1;
        used = 0;
      }
    }
    rows.push(row);
  }
  return rows;
}
