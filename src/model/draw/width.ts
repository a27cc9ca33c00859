import stringWidth from 'string-width';

/**
 * Printable ASCII, and what ktop itself draws with: lines, blocks, braille, signs for what does not show and the like, each
 * one cell wide.
 */
const oneCellEach =
  /^[\x20-\x7e\u00b7\u00d7\u2013\u2014\u2026\u2039\u203a\u2190-\u2193\u2260\u2400-\u2426\u2500-\u259f\u25b2\u25bc\u25cf\u2800-\u28ff\ufffd]*$/;

/** Whether every terminal draws a text one cell a character (and each is one UTF-16 unit). */
export function isOneCellEach(text: string): boolean {
  return oneCellEach.test(text);
}

const graphemes = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

/** Widths that were measured before: measuring a character costs ten times as much as finding where it ends. */
const measured = new Map<string, number>();
/** A screen has a few hundred different ones; what comes from outside may have all there are. */
const mostMeasured = 4096;
const longestMeasured = 16;

/** The cells of one character as people count them (a grapheme cluster). */
function clusterWidth(cluster: string): number {
  const known = measured.get(cluster);
  if (known !== undefined) return known;
  const cells = stringWidth(cluster);
  if (cluster.length > longestMeasured) return cells;
  if (measured.size >= mostMeasured) measured.clear();
  // A copy: a part of a long text would hold on to all of it.
  measured.set(Array.from(cluster).join(''), cells);
  return cells;
}

/**
 * Cell widths of safe text (see `safe.ts`), by the same rule as Ink's own layout, so that what we measure is what is
 * drawn: 2 for wide characters and emoji, 0 for combining marks.
 */
export function cellWidth(text: string): number {
  if (isOneCellEach(text)) return text.length;
  if (text.length === 1) return clusterWidth(text);
  let cells = 0;
  for (const {segment} of graphemes.segment(text)) cells += clusterWidth(segment);
  return cells;
}

/** No cell of safe text holds more: a letter and four marks, each perhaps a pair of surrogates. */
const mostPerCell = 10;

/**
 * Cuts to at most `width` cells; a cut is marked by `mark` at the end (its width counts). Takes time by the width, however
 * long the text is.
 */
export function truncate(text: string, width: number, mark = '…'): string {
  if (width <= 0) return '';
  if (text.length <= width * mostPerCell && cellWidth(text) <= width) return text;
  const markWidth = cellWidth(mark);
  if (markWidth > width) return '';
  return sliceCells(text.slice(0, width * mostPerCell), 0, width - markWidth) + mark;
}

/** The same with the cut in the middle: names of pods and containers differ at their ends. */
export function truncateMiddle(text: string, width: number): string {
  if (width <= 0) return '';
  if (text.length <= width * mostPerCell && cellWidth(text) <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  if (tail < 1) return truncate(text, width);
  // Twice what is drawn: a cluster that this cuts in two is not among it.
  const end = text.slice(-2 * tail * mostPerCell);
  const cells = cellWidth(end);
  return truncate(text, width - tail) + sliceCells(end, cells - tail, cells);
}

/** Fills up with spaces to `width` cells. Longer text is left as it is. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, width - cellWidth(text)));
  return align === 'left' ? text + gap : gap + text;
}

/** Exactly `width` cells: cut or filled up. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  return pad(truncate(text, width), Math.max(0, width), align);
}

/** Exactly `width` cells of a name. */
export function fitName(name: string, width: number): string {
  return pad(truncateMiddle(name, width), Math.max(0, width));
}

/**
 * The cells from `from` up to, not including, `to`. A wide character cut in two by an edge becomes a space on that
 * side, so columns stay where they are.
 */
export function sliceCells(text: string, from: number, to: number): string {
  if (to <= from) return '';
  if (isOneCellEach(text)) return text.slice(Math.max(0, from), to);
  let out = '';
  let column = 0;
  for (const {segment} of graphemes.segment(text)) {
    const width = clusterWidth(segment);
    const end = column + width;
    if (column >= to && width > 0) break;
    if (column >= from && end <= to) out += segment;
    else if (end > from && column < to) out += ' '.repeat(Math.min(end, to) - Math.max(column, from));
    column = end;
  }
  return out;
}

/** Cuts into pieces of at most `width` cells, at least one; a character wider than that stands alone. */
export function wrapCells(text: string, width: number): string[] {
  if (cellWidth(text) <= width) return [text];
  const pieces: string[] = [];
  if (isOneCellEach(text)) {
    for (let at = 0; at < text.length; at += width) pieces.push(text.slice(at, at + width));
    return pieces;
  }
  let piece = '';
  let column = 0;
  for (const {segment} of graphemes.segment(text)) {
    const cells = clusterWidth(segment);
    if (column + cells > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      column = 0;
    }
    piece += segment;
    column += cells;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

/** Breaks a sentence at its spaces into lines of at most `width` cells; a longer word stands alone. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && cellWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
