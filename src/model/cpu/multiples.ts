import {cellWidth, fit, fitName} from '../draw/width.ts';
import type {Row} from '../draw/canvas.ts';
import {figureWidth, formatQuantity} from '../draw/units.ts';
import {gridOf} from '../draw/time-grid.ts';
import {limitOf, newestOf, type Line} from './line.ts';
import {stateOf} from './legend.ts';
import {bucketsOf, type Quantity} from '../draw/buckets.ts';
import {limitBar, sparkline} from '../draw/sparkline.ts';

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
}

const ageWidth = 6;
const limitBarWidth = 8;
const barFromWidth = 48;

/** Small multiples: a row for each line with name, sparkline, newest value, age and how much of the limit is used. */
export function drawMultiples(options: MultiplesOptions): Row[] {
  const {lines, quantity, width, height, nowMs, unicode} = options;
  const isMore = lines.length > height;
  const shown = lines.slice(options.scroll, options.scroll + (isMore ? height - 1 : height));
  const barWidth = width >= barFromWidth && lines.some((line) => limitOf(line, quantity) !== null) ? limitBarWidth : 0;
  const longest = Math.max(6, ...lines.map((line) => cellWidth(line.label)));
  const nameWidth = Math.min(longest, Math.floor(width * 0.38));
  const sparkWidth = Math.max(0, width - nameWidth - figureWidth - ageWidth - barWidth - 2);
  const grid = gridOf(nowMs, options.windowMs, sparkWidth);
  const rows = shown.map((line): Row => {
    const value = newestOf(line, quantity);
    const state = stateOf(line, nowMs);
    const buckets = bucketsOf(line.steps, grid, quantity);
    const spark = sparkWidth < 4 ? '' : sparkline(buckets, options.top, line.ended, unicode);
    return [
      {text: `${fitName(line.label, nameWidth)} `, tone: 'plain'},
      {text: fit(spark, sparkWidth), tone: 0},
      {text: ` ${formatQuantity(value, quantity).padStart(figureWidth)}`, tone: 'strong'},
      {text: state.text.padStart(ageWidth), tone: state.tone},
      {
        text: barWidth === 0 ? '' : ` ${limitBar(value, limitOf(line, quantity), barWidth - 1, unicode)}`,
        tone: 'limit',
      },
    ];
  });
  if (isMore) {
    const {scrollKeys = ''} = options;
    const how = scrollKeys === '' ? '' : `, ${scrollKeys} scroll`;
    const text = `${options.scroll + 1}–${options.scroll + shown.length} of ${lines.length}${how}`;
    rows.push([{text: fit(unicode ? text : text.replace('–', '-'), width), tone: 'dim'}]);
  }
  return rows;
}
