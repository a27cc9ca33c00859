import {cellWidth, fit, wrapWords} from '../draw/width.ts';
import type {Row, RowOwners, Tone} from '../draw/canvas.ts';
import type {ChartOptions, Drawing} from './chart.ts';
import {formatQuantity, formatSpan} from '../draw/units.ts';
import {cellsOf, columnsFor, headRow} from './columns.ts';
import {legendRow, tableRow} from './legend.ts';
import {stateOf} from './line-state.ts';
import {limitOf, requestOf, type Line} from './line.ts';
import {rulesOf} from './rules.ts';
import {isSystem, targetKey, type Target} from '../target.ts';
import {counted} from '../../util/counted.ts';
import {drawMultiples} from './multiples.ts';
import type {Quantity} from '../draw/buckets.ts';

/** What the pane shows: texts for its header and the rows below it, each as wide as the pane. */
export interface CpuView {
  /** What the pane shows now. */
  readonly title: string;
  readonly left: string;
  readonly right: string;
  readonly rightTone: Tone;
  readonly rows: readonly Row[];
  /** Whose the rows are that are of one line alone. */
  readonly owners: RowOwners;
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
  /** The keys that scroll, as they are told. */
  readonly scrollKeys?: string;
  readonly nowMs: number;
  readonly windowMs: number;
  readonly utcOffsetMs: number;
  readonly restartsMs: readonly number[];
  readonly top: number;
  readonly isFixed: boolean;
  /** Whose line lies on top and has its ticks on the axis; null: the first one. */
  readonly aimed: Target | null;
  /** Draws the chart, or knows it still. */
  readonly draw: (options: ChartOptions) => Row[];
}

/** As many lines can be told apart by colour; more are drawn as small multiples. */
const mostChartLines = 7;

/** Is there room for a chart of so many lines and its legend? */
function isChart(lineCount: number, height: number): boolean {
  return lineCount <= mostChartLines && lineCount <= Math.max(1, Math.floor(height / 2) - 1);
}

/** The rows of the CPU pane: a chart with its legend, or one row for each of many pods. */
export function viewOf(options: ViewOptions): CpuView {
  const {width, height, lines, quantity} = options;
  // Words give way to the figures: a row in six is theirs.
  const room = lines.length === 0 ? height : Math.max(1, Math.floor(height / 6));
  const words = options.notes.flatMap((note) => wrapWords(note, width));
  const notes = words
    .slice(0, room)
    .map((text, i) => (i === room - 1 && words.length > room ? `${text} …` : text))
    .map((text): Row => [{text: fit(text, width), tone: 'warning'}]);
  const left = height - notes.length;
  const owners = new Map<Row, Target>();
  const rows =
    lines.length === 0
      ? []
      : isChart(lines.length, left)
        ? chartRows(options, left, owners)
        : multiples(options, left, owners);
  return {...headerOf(lines, options, quantity), rows: [...notes, ...rows].slice(0, height), owners};
}

/** From this height on the figures have a head. */
const headFromHeight = 9;
const leastName = 10;

function chartRows(options: ViewOptions, height: number, owners: Map<Row, Target>): Row[] {
  const {lines, aimed} = options;
  const legend = height < headFromHeight ? signedRows(options) : tableRows(options);
  const figures = legend.slice(legend.length - lines.length);
  const marked = lines.map((line, i) => {
    const row = emphasized(figures[i] ?? [], isAimed(line, aimed));
    owners.set(row, line.target);
    return row;
  });
  const at = lines.findIndex((line) => isAimed(line, aimed) && !line.standsStill);
  const chart = options.draw({
    ...options,
    height: height - legend.length,
    rules: rulesOf(lines, options.quantity),
    // Whose figures stand still has no ticks to show.
    tickLine: Math.max(0, at >= 0 ? at : lines.findIndex((line) => !line.standsStill)),
  });
  return [...chart, ...legend.slice(0, legend.length - lines.length), ...marked];
}

function isAimed({target}: Line, aimed: Target | null): boolean {
  return aimed !== null && targetKey(target) === targetKey(aimed);
}

/** The name of a row stands out. */
function emphasized(row: Row, isSo: boolean): Row {
  return isSo ? row.map((span) => (span.tone === 'plain' ? {...span, tone: 'strong'} : span)) : row;
}

/** A row a line, each figure with a sign of what it is. */
function signedRows({lines, quantity, drawing, nowMs, width}: ViewOptions): Row[] {
  const nameWidth = Math.max(...lines.map(({label}) => cellWidth(label)));
  return lines.map((line) => legendRow(line, quantity, nowMs, width, drawing !== 'ascii', nameWidth));
}

/** A row a line below a head that says what the figures are. */
function tableRows({lines, quantity, drawing, nowMs, width}: ViewOptions): Row[] {
  const longest = Math.max(...lines.map(({label}) => cellWidth(label)));
  const unicode = drawing !== 'ascii';
  const columns = columnsFor(quantity, width, 2 + Math.min(longest, leastName), unicode);
  const title = titleOf(lines);
  const nameWidth = Math.max(0, Math.min(Math.max(longest, title.length), width - 2 - cellsOf(columns)));
  const look = {quantity, nowMs, width, unicode};
  return [
    headRow(`  ${fit(title, nameWidth)}`, columns),
    ...lines.map((line) => tableRow(line, columns, look, nameWidth)),
  ];
}

function multiples(options: ViewOptions, height: number, owners: Map<Row, Target>): Row[] {
  const byMean = options.lines.toSorted(
    (a, b) => (b.statistics.mean || 0) - (a.statistics.mean || 0) || (a.label < b.label ? -1 : 1),
  );
  const unicode = options.drawing !== 'ascii';
  const {above, rows, below} = drawMultiples({
    ...{...options, lines: byMean, height, unicode},
    title: titleOf(options.lines),
  });
  const marked = rows.map(({line, row}) => {
    const drawn = emphasized(row, isAimed(line, options.aimed));
    owners.set(drawn, line.target);
    return drawn;
  });
  return [...above, ...marked, ...below];
}

function headerOf(lines: readonly Line[], options: ViewOptions, quantity: Quantity): Omit<CpuView, 'rows' | 'owners'> {
  const [first] = lines;
  const name = first === undefined ? '' : lines.length === 1 ? first.label : countOf(lines);
  const scale = options.isFixed ? ` · 0–${formatQuantity(options.top, quantity)} fixed` : '';
  const rule = first !== undefined && lines.length === 1 ? rulesText(first, quantity) : '';
  const left = `${name === '' ? '' : `${name} · `}last ${formatSpan(options.windowMs)}${scale}${rule}`;
  return {title: titles[quantity], left, ...agesOf(lines, options.nowMs, options.width)};
}

const titles: Readonly<Record<Quantity, string>> = {cpu: 'cpu', memory: 'memory working set'};
/** From this width on the header has room for more than figures. */
const wordsFromWidth = 40;

/** What is drawn and how much of it: `5 pods`, `3 targets, 1 ended`. */
function countOf(lines: readonly Line[]): string {
  const ended = lines.filter((line) => line.ended).length;
  const live = counted(lines.length - ended, isPods(lines) ? 'pod' : 'target');
  return ended === 0 ? live : `${live}, ${ended} ended`;
}

function isPods(lines: readonly Line[]): boolean {
  return lines.every(({target}) => !isSystem(target) && target.container === null);
}

function titleOf(lines: readonly Line[]): string {
  return isPods(lines) ? 'POD' : 'TARGET';
}

/** How old the newest samples are: of the freshest and of the stalest line, by the same words as in the legend. */
function agesOf(lines: readonly Line[], nowMs: number, width: number): Pick<CpuView, 'right' | 'rightTone'> {
  const newest = lines.filter((line) => !line.ended && line.latest !== null);
  const states = newest
    .toSorted((a, b) => (b.latest?.atMs ?? 0) - (a.latest?.atMs ?? 0))
    .map((line) => stateOf(line, nowMs));
  const [freshest, stalest] = [states[0], states.at(-1)];
  if (freshest === undefined || stalest === undefined) return {right: '', rightTone: 'plain'};
  if (!freshest.isAge) return {right: `sample ${freshest.text} ahead: clocks differ`, rightTone: 'warning'};
  if (freshest.text === stalest.text) {
    return {right: `sample${states.length === 1 ? '' : 's'} ${freshest.text} old`, rightTone: freshest.tone};
  }
  return {
    right: `${width < wordsFromWidth ? '' : 'samples '}${freshest.text}–${stalest.text} old`,
    rightTone: freshest.tone,
  };
}

function rulesText(line: Line, quantity: Quantity): string {
  const limit = limitOf(line, quantity);
  const request = requestOf(line, quantity);
  const output = [
    request === null ? '' : `request ${formatQuantity(request, quantity)}`,
    limit === null ? '' : `limit ${formatQuantity(limit, quantity)}`,
  ].filter((text) => text !== '');
  return output.length === 0 ? '' : ` · ${output.join(' · ')}`;
}
