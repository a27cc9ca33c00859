import {cellWidth, fit, fitName} from '../draw/width.ts';
import type {Row} from '../draw/canvas.ts';
import {gridOf} from '../draw/time-grid.ts';
import {cellsOf, columnsFor, figureSpans, headRow} from './columns.ts';
import type {Line} from './line.ts';
import {bucketsOf, type Quantity} from '../draw/buckets.ts';
import {sparkline} from '../draw/sparkline.ts';

export interface MultiplesOptions {
  readonly lines: readonly Line[];
  readonly quantity: Quantity;
  readonly width: number;
  readonly height: number;
  /** How many lines are above the first one shown. */
  readonly scroll: number;
  /** The keys that scroll, as they are told; none: nothing is said of them. */
  readonly scrollKeys?: string;
  readonly nowMs: number;
  readonly windowMs: number;
  readonly top: number;
  readonly unicode: boolean;
  /** What the names are of. */
  readonly title: string;
}

/** From this height on the figures have a head. */
const headFromHeight = 5;
/** From this width on the figures come before the sparkline. */
const figuresFromWidth = 60;
const leastName = 12;
const leastSparkline = 8;
const mostName = 0.38;

/** The rows of lines, and what stands above and below them. */
interface Multiples {
  readonly above: readonly Row[];
  readonly rows: readonly {readonly line: Line; readonly row: Row}[];
  readonly below: readonly Row[];
}

/** Small multiples: a row for each line with its name, a sparkline where that has room, and its figures. */
export function drawMultiples(options: MultiplesOptions): Multiples {
  const {lines, quantity, width, height, nowMs, unicode} = options;
  const headRows = height >= headFromHeight ? 1 : 0;
  const space = height - headRows;
  const isMore = lines.length > space;
  const shown = lines.slice(options.scroll, options.scroll + (isMore ? space - 1 : space));
  const longest = Math.max(6, ...lines.map((line) => cellWidth(line.label)));
  const reserved = width < figuresFromWidth ? leastName + leastSparkline : leastName;
  const columns =
    headRows === 0 ? columnsFor(quantity, width, width, unicode) : columnsFor(quantity, width, reserved, unicode);
  const beside = width - cellsOf(columns);
  const nameWidth = Math.min(
    longest,
    beside < leastName + leastSparkline ? beside : Math.max(leastName, Math.floor(width * mostName) - 1),
    beside,
  );
  const sparkWidth = beside - nameWidth - 1 < leastSparkline ? 0 : beside - nameWidth - 1;
  const grid = gridOf(nowMs, options.windowMs, sparkWidth);
  const above = headRows === 0 ? [] : [headRow(fit(options.title, beside), columns)];
  const rows = shown.map((line) => {
    const spark =
      sparkWidth === 0 ? '' : ` ${sparkline(bucketsOf(line.steps, grid, quantity), options.top, line.ended, unicode)}`;
    const row: Row = [
      {text: fitName(line.label, nameWidth), tone: line.ended ? 'dim' : 'plain'},
      {text: fit(spark, beside - nameWidth), tone: 0},
      ...figureSpans(line, columns, nowMs),
    ];
    return {line, row};
  });
  if (!isMore) return {above, rows, below: []};
  const {scrollKeys = ''} = options;
  const how = scrollKeys === '' ? '' : `, ${scrollKeys} scroll`;
  const text = `${options.scroll + 1}–${options.scroll + shown.length} of ${lines.length}${how}`;
  return {above, rows, below: [[{text: fit(unicode ? text : text.replace('–', '-'), width), tone: 'dim'}]]};
}
