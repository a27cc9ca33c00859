import asciichart from 'asciichart';
import type {Canvas} from './canvas.ts';
import type {Buckets} from './buckets.ts';

/** What lines are drawn with: asciichart's ten symbols, and the stroke from the lowest to the highest in a column. */
interface Pen {
  readonly symbols: readonly string[];
  readonly spread: string;
}

const unicodePen: Pen = {symbols: ['─', ' ', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'], spread: '┊'};
const asciiPen: Pen = {symbols: ['-', ' ', '-', '-', '-', '`', '.', '.', "'", '|'], spread: ':'};

/**
 * Draws a series with asciichart. It knows no gaps (a NaN makes it throw) and finds its own scale, so each run without
 * a gap is drawn for itself, in rows instead of figures.
 */
export function plotLine(canvas: Canvas, buckets: Buckets, top: number, series: number, unicode: boolean): void {
  const pen = unicode ? unicodePen : asciiPen;
  const highest = canvas.height - 1;
  if (highest < 1) return;
  const level = (value: number) => Math.min(Math.max((value / top) * highest, 0), highest);
  for (const run of runsOf(buckets.mean)) {
    drawSpread(canvas, buckets, run, (value) => highest - Math.round(level(value)), series, pen);
    const values = Array.from(buckets.mean.subarray(run.from, run.to), level);
    // The first value twice: asciichart draws the way from one value to the next, one column less than there are.
    const drawing = asciichart.plot([values[0] ?? 0, ...values], {
      min: 0,
      max: highest,
      height: highest,
      offset: 1,
      format: () => ' ',
      symbols: pen.symbols,
    });
    drawing.split('\n').forEach((line, row) => {
      Array.from(line.slice(1)).forEach((mark, i) => {
        if (mark !== ' ') canvas.put(run.from + i, row, mark, series);
      });
    });
  }
}

function drawSpread(
  canvas: Canvas,
  buckets: Buckets,
  run: Run,
  rowOf: (value: number) => number,
  series: number,
  pen: Pen,
): void {
  for (let column = run.from; column < run.to; column++) {
    const bottom = rowOf(buckets.low[column] ?? 0);
    for (let row = rowOf(buckets.high[column] ?? 0); row <= bottom && bottom > row; row++) {
      if (canvas.isFree(column, row)) canvas.put(column, row, pen.spread, series);
    }
  }
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** The stretches without a gap. */
export function runsOf(values: Float64Array): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let i = 0; i <= values.length; i++) {
    const isKnown = i < values.length && !Number.isNaN(values[i]);
    if (isKnown && from < 0) from = i;
    if (isKnown || from < 0) continue;
    runs.push({from, to: i});
    from = -1;
  }
  return runs;
}
