import {cellWidth, fit, wrapWords} from '../draw/width.ts';
import type {Row, Tone} from '../draw/canvas.ts';
import type {ChartOptions, Drawing} from './chart.ts';
import {formatQuantity, formatSpan} from '../draw/units.ts';
import {legendRow, stateOf} from './legend.ts';
import {limitOf, requestOf, type Line} from './line.ts';
import {drawMultiples} from './multiples.ts';
import type {Quantity} from '../draw/buckets.ts';

/** What the pane shows: texts for its header and the rows below it, each as wide as the pane. */
export interface CpuView {
  readonly left: string;
  readonly right: string;
  readonly rightTone: Tone;
  readonly rows: readonly Row[];
}

export interface ViewOptions {
  readonly lines: readonly Line[];
  /** What is missing or unknown, a sentence each. Safe to draw. */
  readonly notes: readonly string[];
  readonly quantity: Quantity;
  readonly drawing: Drawing;
  /** Whose size is to be filled, the header not counted. */
  readonly width: number;
  readonly height: number;
  readonly scroll: number;
  readonly nowMs: number;
  readonly windowMs: number;
  readonly utcOffsetMs: number;
  readonly restartsMs: readonly number[];
  readonly top: number;
  readonly isFixed: boolean;
  /** Draws the chart, or knows it still. */
  readonly draw: (options: ChartOptions) => Row[];
}

/** As many lines can be told apart by colour; more are drawn as small multiples. */
export const mostChartLines = 7;

/** Is there room for a chart of so many lines and its legend? */
export function isChart(lineCount: number, height: number): boolean {
  return lineCount <= mostChartLines && lineCount <= Math.max(1, Math.floor(height / 2) - 1);
}

/** The rows of the CPU pane: a chart with its legend, or one row for each of many pods. */
export function viewOf(options: ViewOptions): CpuView {
  const {width, height, lines, quantity} = options;
  const room = lines.length === 0 ? height : Math.max(1, height - 4);
  const notes = options.notes
    .flatMap((note) => wrapWords(note, width))
    .slice(0, room)
    .map((text): Row => [{text: fit(text, width), tone: 'warning'}]);
  const left = height - notes.length;
  const rows =
    lines.length === 0 ? [] : isChart(lines.length, left) ? chartRows(options, left) : multiples(options, left);
  return {...headerOf(lines, options, quantity), rows: [...notes, ...rows].slice(0, height)};
}

function chartRows(options: ViewOptions, height: number): Row[] {
  const {lines, quantity, drawing, nowMs, width} = options;
  const [first] = lines;
  // Rules of one line among several would be taken for rules of all.
  const isOnePod = lines.every(
    ({target}) => target.namespace === first?.target.namespace && target.pod === first.target.pod,
  );
  const nameWidth = Math.max(...lines.map(({label}) => cellWidth(label)));
  const legend = lines.map((line) => legendRow(line, quantity, nowMs, width, drawing !== 'ascii', nameWidth));
  const chart = options.draw({
    ...options,
    height: height - legend.length,
    limit: first && isOnePod ? limitOf(first, quantity) : null,
    request: first && isOnePod ? requestOf(first, quantity) : null,
    tickLine: 0,
  });
  return [...chart, ...legend];
}

function multiples(options: ViewOptions, height: number): Row[] {
  const byMean = options.lines.toSorted(
    (a, b) => (b.statistics.mean || 0) - (a.statistics.mean || 0) || (a.label < b.label ? -1 : 1),
  );
  return drawMultiples({...options, lines: byMean, height, unicode: options.drawing !== 'ascii'});
}

function headerOf(lines: readonly Line[], options: ViewOptions, quantity: Quantity): Omit<CpuView, 'rows'> {
  const what = quantity === 'memory' ? 'memory working set · ' : '';
  const [first] = lines;
  const name = first === undefined ? '' : lines.length === 1 ? first.label : `${lines.length} lines`;
  const scale = options.isFixed ? ` · 0–${formatQuantity(options.top, quantity)} fixed` : '';
  const rule = first !== undefined && lines.length === 1 ? rulesOf(first, quantity) : '';
  const left = `${what}${name === '' ? '' : `${name} · `}${formatSpan(options.windowMs)}${scale}${rule}`;
  const newest = lines.filter((line) => !line.ended && line.latest !== null);
  const freshest = newest.toSorted((a, b) => (b.latest?.atMs ?? 0) - (a.latest?.atMs ?? 0))[0];
  if (freshest === undefined) return {left, right: '', rightTone: 'plain'};
  const state = stateOf(freshest, options.nowMs);
  if (!state.isAge) return {left, right: `sample ${state.text} ahead: clocks differ`, rightTone: 'warning'};
  return {left, right: `sample ${state.text} old`, rightTone: state.tone};
}

function rulesOf(line: Line, quantity: Quantity): string {
  const limit = limitOf(line, quantity);
  const request = requestOf(line, quantity);
  const output = [
    request === null ? '' : `request ${formatQuantity(request, quantity)}`,
    limit === null ? '' : `limit ${formatQuantity(limit, quantity)}`,
  ].filter((text) => text !== '');
  return output.length === 0 ? '' : ` · ${output.join(' · ')}`;
}
