import {isOneCellEach} from '../../model/draw/width.ts';
import {SgrState, type Look} from './sgr.ts';

/** A line as the terminal holds it: a character and its look for each column. */
interface Cells {
  readonly marks: string;
  readonly looks: readonly Look[];
}

const sequence = /\u001b\[([\d;]*)m/g;
/** To go over so many unchanged cells costs no more than to write them again. */
const shortGap = 3;

/**
 * What makes a terminal that shows `before` in row `row` (from 0) show `after`: only the cells that differ, each run of
 * them where it stands. Where a line holds anything whose width a terminal could see differently (wide characters,
 * marks), the whole row is written anew. Ends with nothing switched on.
 */
export function changedCells(before: string, after: string, row: number): string {
  const old = cellsOf(before);
  const now = cellsOf(after);
  if (old === null || now === null) return wholeRow(after, row);
  let out = '';
  let look: Look = '';
  const end = now.marks.length;
  let column = 0;
  while (column < end) {
    if (isSame(old, now, column)) {
      column += 1;
      continue;
    }
    out += out === '' ? `\u001b[${row + 1};${column + 1}H` : `\u001b[${column + 1}G`;
    for (let until = endOfRun(old, now, column); column < until; column += 1) {
      const wanted = now.looks[column] ?? '';
      if (wanted !== look) out += lookCode(look, wanted);
      look = wanted;
      out += now.marks[column] ?? ' ';
    }
  }
  if (look !== '') out += '\u001b[m';
  if (!isBlankFrom(old, end)) out += `\u001b[${row + 1};${end + 1}H\u001b[K`;
  return out;
}

/** Writes a row from its beginning, whatever stands there. */
export function wholeRow(line: string, row: number): string {
  // Erased before, not behind: a line that fills the row would lose its last cell.
  return `\u001b[${row + 1};1H\u001b[K${line}`;
}

function cellsOf(line: string): Cells | null {
  let marks = '';
  const looks: Look[] = [];
  const state = new SgrState();
  let from = 0;
  const take = (text: string): void => {
    marks += text;
    const {look, showsBlanks} = state;
    // A blank looks alike in every colour.
    for (const mark of text) looks.push(mark === ' ' && !showsBlanks ? '' : look);
  };
  for (const match of line.matchAll(sequence)) {
    take(line.slice(from, match.index));
    state.apply(match[1] ?? '');
    from = match.index + match[0].length;
  }
  take(line.slice(from));
  return isOneCellEach(marks) ? {marks, looks} : null;
}

function isSame(old: Cells, now: Cells, column: number): boolean {
  return (old.marks[column] ?? ' ') === now.marks[column] && (old.looks[column] ?? '') === now.looks[column];
}

/** Where the run of changed cells ends that begins at `column`, short gaps included. */
function endOfRun(old: Cells, now: Cells, column: number): number {
  let end = column + 1;
  for (let at = end; at < now.marks.length && at - end <= shortGap; at += 1) {
    if (!isSame(old, now, at)) end = at + 1;
  }
  return end;
}

function isBlankFrom({marks, looks}: Cells, from: number): boolean {
  for (let column = from; column < marks.length; column += 1) {
    if (marks[column] !== ' ' || looks[column] !== '') return false;
  }
  return true;
}

function lookCode(from: Look, to: Look): string {
  return to === '' ? '\u001b[m' : `\u001b[${from === '' ? '' : '0;'}${to}m`;
}
