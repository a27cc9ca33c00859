import type {Row, Span, Tone} from '../draw/canvas.ts';
import type {Quantity} from '../draw/buckets.ts';
import {figureWidth, formatQuantity} from '../draw/units.ts';
import {fit} from '../draw/width.ts';
import {stateOf} from './line-state.ts';
import {contradictionOf, limitOf, newestOf, reportedOf, requestOf, type Line} from './line.ts';

/** A figure of a line, and what its column is called. */
export interface Column {
  readonly title: string;
  /** With the space before it. */
  readonly width: number;
  /** Whether a remark may stand in its place: figures of the past and settings, not what is now. */
  readonly givesWay: boolean;
  cell(line: Line, nowMs: number): Span;
}

const usual = figureWidth + 1;

/** The figures of a table, in their order from left to right. */
function columnsOf(quantity: Quantity, unicode: boolean): Readonly<Record<Name, Column>> {
  const none = unicode ? '–' : '-';
  const figure = (value: number | null, tone: Tone): Span => ({
    text: value === null || Number.isNaN(value) ? none : formatQuantity(value, quantity),
    tone,
  });
  const column = (title: string, width: number, cell: Column['cell'], givesWay = true): Column => ({
    ...{title, width, givesWay},
    cell,
  });
  return {
    now: column('NOW', usual, (line) => figure(nowOf(line, quantity), 'strong'), false),
    avg: column('AVG', usual, ({statistics}) => figure(statistics.mean, 'plain')),
    max: column('MAX', usual, ({statistics}) => figure(statistics.max, 'plain')),
    request: column('REQ', usual, (line) => figure(requestOf(line, quantity), 'dim')),
    limit: column('LIM', usual, (line) => figure(limitOf(line, quantity), 'dim')),
    share: column('%LIM', 6, (line) => shareOf(newestOf(line, quantity), limitOf(line, quantity), none)),
    sample: column('SAMPLE', usual, (line, nowMs) => stateOf(line, nowMs), false),
    kubelet: column(
      'KUBELET',
      8,
      (line) => figure(reportedOf(line), contradictionOf(line) === null ? 'dim' : 'warning'),
      false,
    ),
  };
}

type Name = 'now' | 'avg' | 'max' | 'request' | 'limit' | 'share' | 'sample' | 'kubelet';

const order: readonly Name[] = ['now', 'avg', 'max', 'request', 'limit', 'share', 'sample', 'kubelet'];
/** What is left out last where there is little room. */
const importance: readonly Name[] = ['now', 'sample', 'max', 'avg', 'share', 'limit', 'request'];
/** From this width on there is room for what the kubelet itself says, beside the rate of the counter. */
const kubeletFromWidth = 100;

/** The columns that have room beside `reserved` cells of a table of `width`; what is now and its age always. */
export function columnsFor(quantity: Quantity, width: number, reserved: number, unicode: boolean): readonly Column[] {
  const all = columnsOf(quantity, unicode);
  const chosen = new Set<Name>();
  let room = width - reserved;
  for (const name of importance) {
    if (name !== 'now' && name !== 'sample' && all[name].width > room) break;
    chosen.add(name);
    room -= all[name].width;
  }
  if (quantity === 'cpu' && width >= kubeletFromWidth && chosen.size === importance.length) chosen.add('kubelet');
  return order.filter((name) => chosen.has(name)).map((name) => all[name]);
}

/** The cells of columns together. */
export function cellsOf(columns: readonly Column[]): number {
  return columns.reduce((sum, {width}) => sum + width, 0);
}

/** The head of a table; `lead` stands above what comes before the figures, and is as wide. */
export function headRow(lead: string, columns: readonly Column[]): Row {
  return [{text: lead + columns.map(({title, width}) => title.padStart(width)).join(''), tone: 'dim'}];
}

/** The figures of a line; a remark takes the place of those that give way. */
export function figureSpans(line: Line, columns: readonly Column[], nowMs: number, remark = ''): readonly Span[] {
  let said = false;
  return columns.flatMap((column): Span[] => {
    if (remark !== '' && column.givesWay) {
      if (said) return [];
      said = true;
      return [{text: fit(remark, cellsOf(columns.filter(({givesWay}) => givesWay))), tone: 'warning'}];
    }
    const {text, tone} = column.cell(line, nowMs);
    return [{text: text.padStart(column.width), tone}];
  });
}

/** The newest rate of the counter; before there are two samples what the kubelet says. */
function nowOf(line: Line, quantity: Quantity): number | null {
  return newestOf(line, quantity) ?? (quantity === 'cpu' && !line.standsStill ? reportedOf(line) : null);
}

const nearlyAll = 0.9;

function shareOf(value: number | null, limit: number | null, none: string): Span {
  if (value === null || limit === null || limit <= 0) return {text: none, tone: 'dim'};
  const share = value / limit;
  return {text: `${Math.min(9999, Math.round(share * 100))}%`, tone: share >= nearlyAll ? 'warning' : 'plain'};
}
