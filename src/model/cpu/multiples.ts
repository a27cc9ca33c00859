import {cellWidth, fit, fitName} from '../draw/width.ts';
import type {Row} from '../draw/canvas.ts';
import {FIGURE_WIDTH, formatQuantity} from '../draw/units.ts';
import {gridOf} from '../draw/time-grid.ts';
import {limitOf, newestOf, type Line} from './line.ts';
import {stateOf} from './legend.ts';
import {slotsOf, type Quantity} from '../draw/buckets.ts';
import {limitBar, sparkline} from '../draw/sparkline.ts';

export interface MultiplesOptions {
  readonly lines: readonly Line[];
  readonly quantity: Quantity;
  readonly width: number;
  readonly height: number;
  /** How many lines are above the first one shown. */
  readonly scroll: number;
  readonly nowMs: number;
  readonly windowMs: number;
  readonly top: number;
  readonly unicode: boolean;
}

const AGE_WIDTH = 6;
const BAR_WIDTH = 8;
const WITH_BAR = 48;

/** Small multiples: a row for each line with name, sparkline, newest value, age and how much of the limit is used. */
export function drawMultiples(options: MultiplesOptions): Row[] {
  const {lines, quantity, width, height, nowMs, unicode} = options;
  const isMore = lines.length > height;
  const shown = lines.slice(options.scroll, options.scroll + (isMore ? height - 1 : height));
  const barWidth = width >= WITH_BAR && lines.some((line) => limitOf(line, quantity) !== null) ? BAR_WIDTH : 0;
  const longest = Math.max(6, ...lines.map((line) => cellWidth(line.label)));
  const nameWidth = Math.min(longest, Math.floor(width * 0.38));
  const sparkWidth = Math.max(0, width - nameWidth - FIGURE_WIDTH - AGE_WIDTH - barWidth - 2);
  const grid = gridOf(nowMs, options.windowMs, sparkWidth);
  const rows = shown.map((line): Row => {
    const value = newestOf(line, quantity);
    const state = stateOf(line, nowMs);
    const slots = slotsOf(line.steps, grid, quantity);
    const spark = sparkWidth < 4 ? '' : sparkline(slots, options.top, line.ended, unicode);
    return [
      {text: `${fitName(line.label, nameWidth)} `, tone: 'plain'},
      {text: fit(spark, sparkWidth), tone: 0},
      {text: ` ${formatQuantity(value, quantity).padStart(FIGURE_WIDTH)}`, tone: 'strong'},
      {text: state.text.padStart(AGE_WIDTH), tone: state.tone},
      {
        text: barWidth === 0 ? '' : ` ${limitBar(value, limitOf(line, quantity), barWidth - 1, unicode)}`,
        tone: 'limit',
      },
    ];
  });
  if (isMore) {
    const text = `${options.scroll + 1}–${options.scroll + shown.length} of ${lines.length}, arrows scroll`;
    rows.push([{text: fit(unicode ? text : text.replace('–', '-'), width), tone: 'dim'}]);
  }
  return rows;
}
