import {Canvas, type Row} from '../draw/canvas.ts';
import {formatClock} from '../draw/units.ts';
import type {Mark} from './marks.ts';
import type {Stretch} from './moment.ts';

export interface TimeBarOptions {
  /** Cells. */
  readonly width: number;
  readonly unicode: boolean;
  /** What local time runs ahead of UTC. */
  readonly utcOffsetMs: number;
  /** The whole recording, as far as that is known. */
  readonly whole: Stretch;
  /** Up to here it has been read. */
  readonly readMs: number;
  /** The position. */
  readonly atMs: number;
  readonly ticks: readonly Mark[];
  readonly matches: readonly Mark[];
  readonly restarts: readonly Mark[];
  /** Where no answer came. */
  readonly gaps: readonly Stretch[];
}

/** The cells of a clock with its blank. */
const labelCells = 9;

const looks = {
  unicode: {played: '━', ahead: '─', unread: '·', tick: '┴', match: '▪', gap: '╳', restart: 'R', here: '●'},
  ascii: {played: '=', ahead: '-', unread: '.', tick: '^', match: '*', gap: 'x', restart: 'R', here: 'O'},
} as const;

/**
 * A recording as one row of `width` cells: its first and last moment, and between them what happened when. What is rarer is
 * drawn over what is more usual: ticks below matches, gaps and restarts, the position over all.
 */
export function timeBar(options: TimeBarOptions): Row {
  const {width, whole, utcOffsetMs, ticks, matches, restarts, gaps} = options;
  const look = options.unicode ? looks.unicode : looks.ascii;
  const canvas = new Canvas(width, 1);
  const cells = barCells(width);
  const put = (column: number, mark: string, tone: 'dim' | 'plain' | 'strong' | 'warning' | number): void =>
    canvas.put(cells.from + column, 0, mark, tone);
  const columnOf = (atMs: number): number => barColumn(whole, atMs, cells.count);
  canvas.write(0, 0, formatClock(whole.fromMs, utcOffsetMs, true), 'dim');
  canvas.write(width - labelCells + 1, 0, formatClock(whole.untilMs, utcOffsetMs, true), 'dim');
  const [here, read] = [columnOf(options.atMs), columnOf(options.readMs)];
  for (let column = 0; column < cells.count; column += 1) {
    put(column, column > read ? look.unread : column <= here ? look.played : look.ahead, 'dim');
  }
  for (const {atMs} of ticks) put(columnOf(atMs), look.tick, 'plain');
  for (const {atMs} of matches) put(columnOf(atMs), look.match, 0);
  for (const {fromMs, untilMs} of gaps) {
    const last = columnOf(untilMs);
    for (let column = columnOf(fromMs); column <= last; column += 1) put(column, look.gap, 'warning');
  }
  for (const {atMs} of restarts) put(columnOf(atMs), look.restart, 'warning');
  put(here, look.here, 'strong');
  return canvas.row(0);
}

/** The moment (unix ms) under a cell of the bar's row; null beside it. */
export function momentAt(column: number, width: number, {fromMs, untilMs}: Stretch): number | null {
  const {from, count} = barCells(width);
  if (column < from || column >= from + count) return null;
  return fromMs + ((untilMs - fromMs) * (column - from)) / Math.max(1, count - 1);
}

function barCells(width: number): {readonly from: number; readonly count: number} {
  return {from: labelCells, count: Math.max(1, width - 2 * labelCells)};
}

function barColumn({fromMs, untilMs}: Stretch, atMs: number, count: number): number {
  const share = untilMs > fromMs ? (atMs - fromMs) / (untilMs - fromMs) : 0;
  return Math.min(count - 1, Math.max(0, Math.round(share * (count - 1))));
}
