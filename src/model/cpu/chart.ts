import {axisWidth, clockRow, writeUnknown, xAxis, yLabels} from '../draw/time-axis.ts';
import {plotBraille, bucketsPerColumn} from '../draw/braille-plot.ts';
import {Canvas, type Row} from '../draw/canvas.ts';
import {formatQuantity} from '../draw/units.ts';
import {gridOf, type Grid} from '../draw/time-grid.ts';
import type {Step} from './history.ts';
import type {Rule} from './rules.ts';
import {plotLine} from '../draw/line-plot.ts';
import {newestColumn, bucketsOf, type Quantity} from '../draw/buckets.ts';

/** What lines are drawn with. `line`: asciichart; `braille`: dots, 2×4 a cell; `ascii`: asciichart in plain ASCII. */
export type Drawing = 'line' | 'braille' | 'ascii';

interface ChartLine {
  readonly steps: readonly Step[];
  /** Moments at which the line is broken. */
  readonly breaksMs: readonly number[];
  /** It ended: nothing is to come after its newest sample. */
  readonly ended: boolean;
  /** Its letter and colour, counted from 0. */
  readonly colorIndex: number;
}

export interface ChartOptions {
  readonly lines: readonly ChartLine[];
  readonly quantity: Quantity;
  readonly drawing: Drawing;
  readonly width: number;
  readonly height: number;
  readonly nowMs: number;
  readonly windowMs: number;
  readonly utcOffsetMs: number;
  /** The value at the top of the scale, from 0. */
  readonly top: number;
  /** Requests and limits; the first ones lie on top. */
  readonly rules: readonly Rule[];
  /** When the kubelet was started. */
  readonly restartsMs: readonly number[];
  /** Which line's ticks stand on the axis. */
  readonly tickLine: number;
}

/** From these heights on there is room for the x axis, and for the clock below it. */
const axisFromHeight = 4;
const clockFromHeight = 6;

/** Lines over real time: just `height` rows of `width` cells. */
export function drawChart(options: ChartOptions): Row[] {
  const {width, height, lines, drawing} = options;
  const unicode = drawing !== 'ascii';
  const extra = height >= clockFromHeight ? 2 : height >= axisFromHeight ? 1 : 0;
  const grid = gridOf(options.nowMs, options.windowMs, width - axisWidth);
  const canvas = new Canvas(grid.count, height - extra);
  drawLines(canvas, grid, options);
  drawRules(canvas, options, unicode);
  const unknownFrom = unknownColumn(grid, options);
  if (extra === 0 && unknownFrom !== null) writeUnknown(canvas, canvas.height >> 1, unknownFrom);

  const labels = yLabels(options.top, canvas.height, options.quantity, unicode);
  const rows: Row[] = labels.map((label, row) => [label, ...canvas.row(row)]);
  const tickLine = lines[options.tickLine];
  const ticks = bucketsOf(tickLine?.steps ?? [], grid, options.quantity).ticks;
  if (extra > 0)
    rows.push(
      xAxis(grid, {ticks, breaksMs: tickLine?.breaksMs ?? [], restartsMs: options.restartsMs, unknownFrom}, unicode),
    );
  if (extra > 1) rows.push(clockRow(grid, options.utcOffsetMs));
  return rows;
}

function drawLines(canvas: Canvas, grid: Grid, {lines, quantity, drawing, top, tickLine}: ChartOptions): void {
  // The one whose ticks are shown last, so that it lies on top; then the first ones.
  const onTop = lines[tickLine];
  const below = lines.filter((line) => line !== onTop).toReversed();
  const backwards = onTop === undefined ? below : [...below, onTop];
  if (drawing === 'braille') {
    const fine = {...grid, bucketMs: grid.bucketMs / bucketsPerColumn, count: grid.count * bucketsPerColumn};
    const all = lines.map((line) => bucketsOf(line.steps, fine, quantity));
    plotBraille(
      canvas,
      all,
      lines.map((line) => line.colorIndex),
      top,
    );
  } else {
    for (const {steps, colorIndex} of backwards) {
      plotLine(canvas, bucketsOf(steps, grid, quantity), top, colorIndex, drawing === 'line');
    }
  }
  if (lines.length > 1) for (const line of backwards) drawLetter(canvas, grid, line, quantity, top);
}

/** A letter at the end of each line: colours are not the only way to tell them apart. */
function drawLetter(canvas: Canvas, grid: Grid, {steps, colorIndex}: ChartLine, quantity: Quantity, top: number): void {
  const buckets = bucketsOf(steps, grid, quantity);
  const column = newestColumn(buckets);
  if (column < 0) return;
  const highest = canvas.height - 1;
  const level = Math.round(Math.min(((buckets.mean[column] ?? 0) / top) * highest, highest));
  canvas.put(column, highest - level, seriesLetter(colorIndex), colorIndex);
}

/** The letter of a series in chart and legend: `A` to `Z`, then from `A` again. */
export function seriesLetter(series: number): string {
  return String.fromCharCode(65 + (series % 26));
}

/**
 * Horizontal rules at the requests and limits, where they are within the scale. Those that fall into one row share it: the
 * first draws it, and their texts stand side by side as far as there is room.
 */
function drawRules(canvas: Canvas, {top, quantity, rules}: ChartOptions, unicode: boolean): void {
  const highest = canvas.height - 1;
  const within = rules.filter(({value}) => value <= top * (1 + 1e-9));
  const byRow = Map.groupBy(within, ({value}) => highest - Math.round((value / top) * highest));
  for (const [row, here] of byRow) {
    const free = Array.from({length: canvas.width}, (_, column) => (canvas.isFree(column, row) ? ' ' : 'x')).join('');
    for (let column = 0; column < canvas.width; column++) {
      if (free[column] === ' ') canvas.put(column, row, unicode ? '┄' : '-', here[0]?.kind ?? 'plain');
    }
    let from = 0;
    for (const {kind, value, series} of here) {
      const whose = series.map((one) => `${seriesLetter(one)} `).join('');
      const text = ` ${kind} ${whose}${formatQuantity(value, quantity)} `;
      const at = free.indexOf(' '.repeat(text.length + 2), from);
      if (at < 0) continue;
      canvas.write(at + 1, row, text, kind);
      from = at + 1 + text.length;
    }
  }
}

/** The first column of which no line knows anything yet; null where all lines have ended. */
function unknownColumn(grid: Grid, {lines}: ChartOptions): number | null {
  const open = lines.filter((line) => !line.ended);
  if (open.length === 0) return null;
  const newestMs = Math.max(...open.map((line) => line.steps.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY));
  return Math.max(0, Number.isFinite(newestMs) ? Math.round((newestMs - grid.startMs) / grid.bucketMs) : 0);
}
