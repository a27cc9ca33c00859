import {Canvas, type Row, type Span} from './canvas.ts';
import {formatClock, formatQuantity, figureWidth} from './units.ts';
import {columnAt, type Grid} from './time-grid.ts';
import type {Quantity} from './buckets.ts';

/** Columns of the labels of the y axis with the axis itself. */
export const axisWidth = figureWidth + 1;

/** One label in so many rows. */
const rowsPerLabel = 3;
const mostParts = 5;

/** The labels of the y axis, one for each row of the plot, all of one width whatever they say. */
export function yLabels(top: number, height: number, quantity: Quantity, unicode: boolean): Span[] {
  const highest = height - 1;
  const parts = partsOf(top, Math.min(mostParts, Math.max(1, Math.floor(highest / rowsPerLabel))), quantity);
  const figures = new Map(
    Array.from({length: parts + 1}, (_, i) => [highest - Math.round((i * highest) / parts), (top * i) / parts]),
  );
  return Array.from({length: height}, (_, row) => {
    const figure = figures.get(row);
    const text = figure === undefined ? '' : formatQuantity(figure, quantity);
    const axis = figure === undefined ? (unicode ? '│' : '|') : unicode ? '┤' : '+';
    return {text: text.padStart(figureWidth) + axis, tone: 'dim'};
  });
}

/** Into how many parts the scale is cut, so that the labels are round figures. */
function partsOf(top: number, most: number, quantity: Quantity): number {
  for (let parts = most; parts > 1; parts--) {
    if (isRound(top / parts, quantity)) return parts;
  }
  return 1;
}

function isRound(value: number, quantity: Quantity): boolean {
  const base = quantity === 'cpu' ? 10 : 1024;
  const digits = value / base ** Math.floor(Math.log(value) / Math.log(base) + 1e-12);
  const halves = digits * (quantity === 'cpu' ? 10 : 2);
  return Math.abs(halves - Math.round(halves)) < 1e-6;
}

/** What happened when. */
export interface AxisMarks {
  /** Columns with a housekeeping tick. */
  readonly ticks: readonly boolean[];
  readonly breaksMs: readonly number[];
  readonly restartsMs: readonly number[];
  /** The first column of which nothing is known yet; null where nothing more is to come. */
  readonly unknownFrom: number | null;
}

const unknownText = ' not known yet ';

/** Says from a column on that nothing is known there yet, where the words have room. */
export function writeUnknown(canvas: Canvas, row: number, from: number): void {
  const spare = canvas.width - from - unknownText.length;
  if (spare >= 0) canvas.write(from + (spare >> 1), row, unknownText, 'dim');
}

/**
 * The x axis: a tooth for each housekeeping tick, a cross where a line is broken, an R where the kubelet was started; it
 * is dashed from where on nothing is known yet.
 */
export function xAxis(grid: Grid, {ticks, breaksMs, restartsMs, unknownFrom}: AxisMarks, unicode: boolean): Row {
  const canvas = new Canvas(grid.count, 1);
  canvas.write(0, 0, (unicode ? '─' : '-').repeat(grid.count), 'dim');
  if (unknownFrom !== null) {
    canvas.write(unknownFrom, 0, (unicode ? '╌' : '.').repeat(Math.max(0, grid.count - unknownFrom)), 'dim');
    writeUnknown(canvas, 0, unknownFrom);
  }
  ticks.forEach((isTick, column) => {
    if (isTick) canvas.put(column, 0, unicode ? '┴' : '^', 'strong');
  });
  for (const atMs of breaksMs) canvas.put(columnAt(grid, atMs), 0, unicode ? '╳' : 'x', 'warning');
  for (const atMs of restartsMs) canvas.put(columnAt(grid, atMs), 0, 'R', 'warning');
  const corner: Span = {text: ' '.repeat(figureWidth) + (unicode ? '└' : '+'), tone: 'dim'};
  return [corner, ...canvas.row(0)];
}

const clockStepsMs = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200].map((seconds) => seconds * 1_000);
const secondsUpToMs = 30_000;

/** The wall clock below the x axis, at round times, as many as have room. */
export function clockRow(grid: Grid, utcOffsetMs: number): Row {
  const room = (stepMs: number) => stepMs / grid.bucketMs >= (stepMs <= secondsUpToMs ? 11 : 8);
  const stepMs = clockStepsMs.find(room) ?? 7_200_000;
  const canvas = new Canvas(axisWidth + grid.count, 1);
  const endMs = grid.startMs + grid.count * grid.bucketMs;
  const first = Math.ceil((grid.startMs + utcOffsetMs) / stepMs) * stepMs - utcOffsetMs;
  for (let atMs = first; atMs < endMs; atMs += stepMs) {
    const text = formatClock(atMs, utcOffsetMs, stepMs <= secondsUpToMs);
    const at = axisWidth + columnAt(grid, atMs);
    const from = at - (text.length >> 1);
    if (from + text.length <= canvas.width) canvas.write(from, 0, text, 'dim');
  }
  return canvas.row(0);
}
