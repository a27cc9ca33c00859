import {cellWidth, fit, fitName} from '../draw/width.ts';
import type {Row, Span} from '../draw/canvas.ts';
import {seriesLetter} from './chart.ts';
import {figureWidth, formatQuantity} from '../draw/units.ts';
import {cellsOf, figureSpans, type Column} from './columns.ts';
import {contradictionOf, newestOf, reportedOf, type Line} from './line.ts';
import {stateOf} from './line-state.ts';
import type {Quantity} from '../draw/buckets.ts';

/** From these widths on there is room for mean and maximum, and for words instead of signs. */
const statisticsFromWidth = 38;
const wordsFromWidth = 54;

/** One row a line: letter, name, newest value, mean and maximum in the window, age of the newest sample. */
export function legendRow(
  line: Line,
  quantity: Quantity,
  nowMs: number,
  width: number,
  unicode: boolean,
  /** What the longest name of all lines needs. */
  nameWidth = cellWidth(line.label),
): Row {
  const {colorIndex: series} = line;
  const words = width >= wordsFromWidth;
  const figure = (value: number | null) => formatQuantity(value, quantity).padStart(figureWidth);
  const newest = newestOf(line, quantity);
  const borrowed = newest === null && quantity === 'cpu' && !line.standsStill ? reportedOf(line) : null;
  const {mean, max} = line.statistics;
  const signs = words ? ['  avg', ' max'] : unicode ? [' ø', ' ↑'] : [' ~', ' ^'];
  const [long, short] = quantity === 'cpu' || line.standsStill ? remarkOf(line, borrowed !== null, unicode) : ['', ''];
  const remark = words ? long : short;
  // Where it is narrow, or there are no statistics, a remark takes their place: figures stay below each other.
  const usual = width < statisticsFromWidth ? '' : `${signs[0] ?? ''}${figure(mean)}${signs[1] ?? ''}${figure(max)}`;
  const besides = width - 3 - figureWidth - cellWidth(usual + remark) - (words ? 10 : 6);
  const isIn = remark !== '' && cellWidth(remark) <= cellWidth(usual) && (borrowed !== null || besides < nameWidth);
  const statistics = isIn ? fit(remark, cellWidth(usual)) : usual;
  const says = isIn ? '' : remark;
  const state = stateOf(line, nowMs);
  const age = ` ${(words && state.isAge ? `${state.text} ago` : state.text).padStart(words ? 9 : 5)}`;
  const figures = figure(newest ?? borrowed);
  const room = Math.min(nameWidth, width - 3 - figures.length - statistics.length - age.length - says.length);
  const spans: Span[] = [
    {text: `${seriesLetter(series)} `, tone: series},
    {text: `${fitName(line.label, Math.max(0, room))} `, tone: 'plain'},
    {text: figures, tone: 'strong'},
    {text: statistics, tone: isIn ? 'warning' : 'dim'},
    {text: age, tone: state.tone},
    {text: says, tone: 'warning'},
  ];
  return cut(spans, width);
}

/** The same as a row of a table whose columns have titles; `nameWidth` is what the names have. */
export function tableRow(
  line: Line,
  columns: readonly Column[],
  {quantity, nowMs, width, unicode}: {quantity: Quantity; nowMs: number; width: number; unicode: boolean},
  nameWidth: number,
): Row {
  const borrowed =
    quantity === 'cpu' && newestOf(line, quantity) === null && !line.standsStill && reportedOf(line) !== null;
  const [long, short] = quantity === 'cpu' || line.standsStill ? remarkOf(line, borrowed, unicode) : ['', ''];
  // The column of what the kubelet says makes the remark that it says so needless.
  const isTold = columns.some(({title}) => title === 'KUBELET') && contradictionOf(line) !== null;
  const behind = width - 2 - nameWidth - cellsOf(columns);
  const inside = cellsOf(columns.filter(({givesWay}) => givesWay));
  const remark = isTold ? '' : long;
  const place = cellWidth(remark) <= behind ? 'behind' : 'inside';
  const within = cellWidth(remark) <= inside ? remark : short;
  const spans: Span[] = [
    {text: `${seriesLetter(line.colorIndex)} `, tone: line.colorIndex},
    {text: fitName(line.label, nameWidth), tone: line.ended ? 'dim' : 'plain'},
    ...figureSpans(line, columns, nowMs, place === 'inside' ? within : ''),
    {text: place === 'behind' ? remark : '', tone: 'warning'},
  ];
  return cut(spans, width);
}

/** What must be known of the newest figure, in words and as a sign: whose it is, or who contradicts it. */
function remarkOf(line: Line, isBorrowed: boolean, unicode: boolean): readonly [string, string] {
  if (line.standsStill) return [' stands still', ' still'];
  if (isBorrowed) return [' says the kubelet', ''];
  const contradiction = contradictionOf(line);
  if (contradiction !== null) {
    const figure = formatQuantity(contradiction, 'cpu');
    return [` kubelet says ${figure}`, ` ${unicode ? '≠' : '!'}${figure}`];
  }
  // Taken when it was asked for, as in the first seconds after a start: its age says nothing about a tick.
  return line.latest?.origin === 'runtime' ? [' by the runtime', ' rt'] : ['', ''];
}

function cut(spans: readonly Span[], width: number): Row {
  let left = width;
  return spans.flatMap((span) => {
    const text = span.text.slice(0, Math.max(0, left));
    left -= span.text.length;
    return text === '' ? [] : [{...span, text}];
  });
}
