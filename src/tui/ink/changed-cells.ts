import {isOneCellEach} from '../../model/draw/width.ts';
import {SgrState, type Look} from './sgr.ts';

/** A line as the terminal holds it: for each column a character, and one that stands for its look. */
interface Cells {
  readonly marks: string;
  readonly looks: string;
}

/** The states that give a cell its look, and what stands for each: a theme has a few dozen. */
const states: SgrState[] = [SgrState.plain];
const signs = new Map<Look, string>([['', '\0']]);
const mostLooks = 0xd000;

const isOfSgr = /^[\d;]*$/;
/** To go over so many unchanged cells costs no more than to write them again. */
const shortGap = 3;

/**
 * What makes a terminal that shows `before` in row `row` (from 0) show `after`: only the cells that differ, each run of
 * them where it stands. Where a line holds anything whose width a terminal could see differently (wide characters,
 * marks), the whole row is written anew. Ends with nothing switched on.
 */
export function changedCells(before: string, after: string, row: number): string {
  const [old, now] = cellsIn(row, before, after);
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
    for (const until = endOfRun(old, now, column); column < until;) {
      const to = Math.min(until, endOfLook(now, column));
      const wanted = stateAt(now.looks, column)?.look ?? '';
      if (wanted !== look) out += lookCode(look, wanted);
      look = wanted;
      out += now.marks.slice(column, to);
      column = to;
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

/** The cells of the line that stands in each row: most rows are compared in one frame after the other. */
const kept: {readonly line: string; readonly cells: Cells | null}[] = [];

/** The cells of what a row showed; it becomes what it shows. */
function cellsIn(row: number, before: string, after: string): readonly [old: Cells | null, now: Cells | null] {
  const shown = kept[row];
  const old = shown?.line === before ? shown.cells : cellsOf(before);
  const now = cellsOf(after);
  kept[row] = {line: after, cells: now};
  return [old, now];
}

/** Null where a terminal could see it differently. */
function cellsOf(line: string): Cells | null {
  let marks = '';
  let looks = '';
  let state = SgrState.plain;
  for (let from = 0; ;) {
    const sequence = line.indexOf('\u001b', from);
    const text = line.slice(from, sequence === -1 ? line.length : sequence);
    const sign = signOf(state);
    if (sign === null) return null;
    marks += text;
    looks += sign.repeat(text.length);
    if (sequence === -1) return isOneCellEach(marks) ? {marks, looks} : null;
    const end = line.indexOf('m', sequence);
    const parameters = line.slice(sequence + 2, end);
    if (line[sequence + 1] !== '[' || end === -1 || !isOfSgr.test(parameters)) return null;
    state = state.after(parameters);
    from = end + 1;
  }
}

function isSame(old: Cells, now: Cells, column: number): boolean {
  if ((old.marks[column] ?? ' ') !== now.marks[column]) return false;
  return old.looks[column] === now.looks[column] || (isBlank(old, column) && isBlank(now, column));
}

/** Whether nothing is seen: a blank looks alike in every colour. */
function isBlank({marks, looks}: Cells, column: number): boolean {
  return (marks[column] ?? ' ') === ' ' && stateAt(looks, column)?.showsBlanks !== true;
}

/** Where the run of changed cells ends that begins at `column`, short gaps included. */
function endOfRun(old: Cells, now: Cells, column: number): number {
  let end = column + 1;
  for (let at = end; at < now.marks.length && at - end <= shortGap; at += 1) {
    if (!isSame(old, now, at)) end = at + 1;
  }
  return end;
}

/** Where the cells end that look as the one at `column`. */
function endOfLook({looks}: Cells, column: number): number {
  let end = column + 1;
  while (end < looks.length && looks[end] === looks[column]) end += 1;
  return end;
}

function stateAt(looks: string, column: number): SgrState | undefined {
  return states[looks.charCodeAt(column)];
}

/** What stands for a state; null where there are too many looks. */
function signOf(state: SgrState): string | null {
  const known = signs.get(state.look);
  if (known !== undefined) return known;
  if (states.length >= mostLooks) return null;
  const sign = String.fromCharCode(states.length);
  states.push(state);
  signs.set(state.look, sign);
  return sign;
}

function isBlankFrom(cells: Cells, from: number): boolean {
  for (let column = from; column < cells.marks.length; column += 1) if (!isBlank(cells, column)) return false;
  return true;
}

function lookCode(from: Look, to: Look): string {
  return to === '' ? '\u001b[m' : `\u001b[${from === '' ? '' : '0;'}${to}m`;
}
