import {safeName} from '../draw/safe-text.ts';
import {tellApart} from '../draw/tell-apart.ts';
import {cellWidth, pad} from '../draw/width.ts';
import {nodeMs} from '../time.ts';
import {clockTime, formatLine, type LaidLine, type LineLayout} from './format-line.ts';
import {isRule, type JournalLine} from './line.ts';
import type {JournalView, ShownLines} from './journal-model.ts';
import {scrolledRow, type ViewRow} from './view.ts';

/** One node's journal, as it goes into the lines of all. */
export interface MergedPart {
  /** What the node is called; stays. */
  readonly name: string;
  readonly lines: ShownLines;
  /** How far its clock is ahead of ours, in ms. */
  readonly aheadMs: number;
}

/** Where one of the journals stands in the picture: the place behind its last line that is shown. */
interface Cursor {
  readonly part: MergedPart;
  readonly index: number;
  at: number;
}

const longestName = 16;

/**
 * The lines of several nodes as one journal, by the time at which they were written, each node's clock set right. It
 * follows the newest, or stands where the user has scrolled to: then it is known of each journal up to which line.
 */
export class MergedJournal {
  /** Line numbers that are not shown any more, by node; null: the newest is followed. */
  #ends: Map<string, number> | null = null;
  #height = 10;
  #scroll = 0;
  #rows = new Map<string, ViewRow>();
  #layout = '';

  /** Whether the view stands still. */
  get paused(): boolean {
    return this.#ends !== null;
  }

  /** What is drawn in a picture of this size (without its header), the newest at the bottom. */
  view(parts: readonly MergedPart[], size: {readonly width: number; readonly height: number}): JournalView {
    this.#height = Math.max(1, size.height);
    const names = tellApart(
      parts.map(({name}) => safeName(name)),
      longestName,
    );
    const nameWidth = Math.max(4, ...names.map(cellWidth));
    const layout = `${size.width} ${names.join('\0')} ${this.#scroll} ${parts.map(({lines}) => lines.grep?.source).join('\0')}`;
    if (layout !== this.#layout || this.#rows.size > 1000) this.#rows.clear();
    this.#layout = layout;
    const rows: ViewRow[] = [];
    const cursors = this.#cursors(parts);
    while (rows.length < size.height) {
      const last = newestOf(cursors);
      if (last === null) break;
      rows.push(this.#row(last, pad(names[last.index] ?? '', nameWidth), size.width));
      step(last, -1);
    }
    return {rows: rows.reverse(), detail: false, leave: ''};
  }

  /** Scrolls by so many lines, up with a negative number; up from the newest stops the view, down to it follows again. */
  move(parts: readonly MergedPart[], lines: number): void {
    if (lines >= 0 && this.#ends === null) return;
    const cursors = this.#cursors(parts);
    for (let left = Math.abs(lines); left > 0; left -= 1) {
      const next = lines < 0 ? newestOf(cursors, this.#height) : oldestAfter(cursors);
      if (next === null) {
        // Behind the newest line there is only what comes.
        if (lines > 0) return this.follow();
        break;
      }
      step(next, lines < 0 ? -1 : 1);
    }
    if (lines > 0 && oldestAfter(cursors) === null) return this.follow();
    this.#ends = new Map(cursors.map(({part, at}) => [part.name, part.lines.at(at)?.number ?? part.lines.high]));
  }

  /** A page up (-1) or down. */
  page(parts: readonly MergedPart[], direction: 1 | -1): void {
    this.move(parts, direction * Math.max(1, this.#height - 1));
  }

  /** The oldest lines that are kept. */
  home(parts: readonly MergedPart[]): void {
    this.#ends = new Map(parts.map(({name}) => [name, 0]));
    const all = parts.reduce((sum, {lines}) => sum + lines.length, 0);
    this.move(parts, Math.min(all, this.#height));
  }

  /** Follows the newest line again. */
  follow(): void {
    this.#ends = null;
  }

  /** Stands still where it is, or follows again. */
  togglePause(parts: readonly MergedPart[]): void {
    if (this.#ends !== null) return this.follow();
    this.#ends = new Map(parts.map(({name, lines}) => [name, lines.high]));
  }

  /** Scrolls long lines by so many cells. */
  sideways(cells: number): void {
    this.#scroll = Math.max(0, this.#scroll + cells);
  }

  #cursors(parts: readonly MergedPart[]): Cursor[] {
    return parts.map((part, index) => {
      const end = this.#ends === null ? part.lines.length : (this.#ends.get(part.name) ?? part.lines.high);
      return {part, index, at: this.#ends === null ? end : part.lines.indexFrom(end)};
    });
  }

  #row({part, at}: Cursor, padded: string, width: number): ViewRow {
    const found = part.lines.at(at - 1);
    const key = `${part.name} ${found?.number ?? -1} ${found?.count ?? 0} ${part.aheadMs} ${part.lines.names.version}`;
    const known = this.#rows.get(key);
    if (known !== undefined || found === null) return known ?? {key, spans: [], line: null, current: false};
    const name = {text: `${padded} `, tone: 'unit'} as const;
    const layout = {narrow: width < 110, units: false, grep: part.lines.grep, search: null, names: part.lines.names};
    const spans = [
      name,
      ...scrolledRow(laidOf(found, part.aheadMs, layout), width - cellWidth(name.text), this.#scroll),
    ];
    const row: ViewRow = {key, spans, line: found.number, current: false};
    this.#rows.set(key, row);
    return row;
  }
}

function laidOf({line, count}: {line: JournalLine; count: number}, aheadMs: number, layout: LineLayout): LaidLine {
  const at = line.at - aheadMs;
  if (isRule(line))
    return {
      prefix: [{text: `${clockTime(at, false)} `, tone: 'rule'} as const],
      body: [{text: `── ${safeName(line.text)}`, tone: 'rule'} as const],
      keys: [],
    };
  const laid = formatLine({...line, at: nodeMs(at)}, layout);
  return count < 2 ? laid : {...laid, prefix: [...laid.prefix, {text: `×${count} `, tone: 'mark'} as const]};
}

const timeAt = ({part}: Cursor, place: number): number => (part.lines.at(place)?.line.at ?? Number.NaN) - part.aheadMs;

/** The journal whose last shown line is the newest; null where no more than `least` lines are left in all together. */
function newestOf(cursors: readonly Cursor[], least = 0): Cursor | null {
  let newest: Cursor | null = null;
  let time = Number.NEGATIVE_INFINITY;
  let left = 0;
  for (const cursor of cursors) {
    if (cursor.at <= 0) continue;
    left += cursor.at;
    const at = timeAt(cursor, cursor.at - 1);
    // Of the same time the later node is the lower one.
    if (at >= time || newest === null) [newest, time] = [cursor, at];
  }
  return left <= least ? null : newest;
}

function oldestAfter(cursors: readonly Cursor[]): Cursor | null {
  let oldest: Cursor | null = null;
  let time = Number.POSITIVE_INFINITY;
  for (const cursor of cursors) {
    if (cursor.at >= cursor.part.lines.length) continue;
    const at = timeAt(cursor, cursor.at);
    if (at < time || oldest === null) [oldest, time] = [cursor, at];
  }
  return oldest;
}

function step(cursor: Cursor, by: 1 | -1): void {
  cursor.at += by;
}
