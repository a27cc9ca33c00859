import {isRule, type JournalLine, type Rule} from './line.ts';
import {clockTime, formatLine, type LaidLine, type LineLayout} from './format-line.ts';
import {fitLine} from './fit-line.ts';
import type {LineFilter} from './line-filter.ts';
import type {LineRing} from './ring.ts';
import {clip, safeLine} from '../draw/safe-text.ts';
import {sliceSpans, spansWidth, wrapSpans, type Span} from '../draw/span.ts';
import {cellWidth, truncate, wrapCells, wrapWords} from '../draw/width.ts';

/** One row of the pane, ready to draw: at most as wide as was asked for. */
export interface ViewRow {
  /** Stable while the row shows the same part of the same line. */
  readonly key: string;
  readonly spans: readonly Span[];
  /** The number of its line; null in the view of one line, and for what stands between the lines. */
  readonly line: number | null;
  /** The line that keys act on. */
  readonly current: boolean;
}

/** How the list is drawn. */
export interface ListLayout extends LineLayout {
  readonly width: number;
  readonly wrap: boolean;
  /** Cells scrolled to the right. */
  readonly scroll: number;
  /** Another value: other names than before. */
  readonly namesVersion: number;
}

export interface ListState {
  readonly ring: LineRing;
  readonly filter: LineFilter;
  readonly marks: ReadonlySet<number>;
}

/** The rows of the line at `index` of what the filter shows. */
export function rowsOfLine(state: ListState, index: number, layout: ListLayout, current: boolean): ViewRow[] {
  const number = state.filter.shown.at(index);
  if (number === undefined) return [];
  const gutter: Span = state.marks.has(number)
    ? {text: '●', tone: 'mark'}
    : {text: current ? '▌' : ' ', tone: current ? 'strong' : 'plain'};
  return contentOf(state, number, layout).map((spans, row) => ({
    key: `${number}.${row}`,
    spans: [gutter, ...spans],
    line: number,
    current,
  }));
}

function contentOf(state: ListState, number: number, layout: ListLayout): Span[][] {
  const fold = state.filter.foldAt(number);
  const line: JournalLine | undefined = state.ring.get(fold?.last ?? number);
  const width = layout.width - 1;
  if (line === undefined) return [[]];
  if (isRule(line)) return ruleSpans(line, width);
  const laid = formatLine(line, layout);
  const counted = fold === undefined ? laid : {...laid, prefix: [...laid.prefix, mark(fold.count)]};
  const isContext = state.filter.criteria.contextLines > 0 && !state.filter.isMatch(number);
  const tidy: LaidLine = isContext ? dimmed(counted) : counted;
  return layout.wrap ? wrapped(tidy, width) : [scrolledRow(tidy, width, layout.scroll)];
}

/**
 * One row of a line: what stays in place, and the text, which loses its middle where it is too long; once it is scrolled,
 * what is left and right of the pane.
 */
export function scrolledRow({prefix, body, keys}: LaidLine, width: number, scroll: number): Span[] {
  const room = width - spansWidth(prefix);
  if (scroll === 0) return [...prefix, ...fitLine(body, keys, room)];
  const shown = sliceSpans(body, scroll, scroll + room);
  if (spansWidth(body) - scroll <= room) return [...prefix, ...shown];
  return [...prefix, ...sliceSpans(shown, 0, room - 1), {text: '…', tone: 'dim'}];
}

function wrapped({prefix, body}: LaidLine, width: number): Span[][] {
  const indent = Math.min(spansWidth(prefix), Math.floor(width / 2));
  const rows = wrapSpans(body, Math.max(1, width - spansWidth(prefix)));
  return rows.map((row, index) =>
    index === 0 ? [...prefix, ...row] : [{text: ' '.repeat(indent), tone: 'plain'}, ...row],
  );
}

const dimmed = ({prefix, body, keys}: LaidLine): LaidLine => ({
  prefix,
  keys,
  body: body.map(({text, tone}) => ({text, tone: tone === 'found' ? tone : 'dim'})),
});

/** A row of its own for what happened between the lines. */
export function ruleRow(key: string, rule: Rule, width: number): ViewRow {
  return {key, spans: [{text: ' ', tone: 'plain'}, ruleSpan(rule, width - 1)], line: null, current: false};
}

/** The cells that the text of a rule has in a row of `width`. */
export function ruleRoom(width: number): number {
  return width - 1 - cellWidth(`${timeOfRule} `);
}

/** Between groups of context that do not touch, as grep writes it. */
export function separatorRow(number: number): ViewRow {
  return {key: `s${number}`, spans: [{text: ' --', tone: 'dim'}], line: null, current: false};
}

function ruleSpan({at, text}: Rule, width: number): Span {
  return {text: rule(`${clockTime(at, false)} ${safeLine(clip(text, longestRule))}`, width), tone: 'rule'};
}

/** A rule in as many rows as its text needs: it may end with the command to type next. */
function ruleSpans(line: Rule, width: number): Span[][] {
  const room = Math.max(1, ruleRoom(width + 1));
  const texts = wrapWords(safeLine(clip(line.text, longestRule)), room).flatMap((text) => wrapCells(text, room));
  const indent = ' '.repeat(cellWidth(timeOfRule));
  return texts.map((text, row) => [row === 0 ? ruleSpan({...line, text}, width) : {text: indent + text, tone: 'rule'}]);
}

/** What stands before the text of a rule, by its width. */
const timeOfRule = '── 00:00:00 ';

/** No pane shows more of a rule. */
const longestRule = 1024;

function rule(text: string, width: number): string {
  const label = truncate(`── ${text} `, width);
  return label + '─'.repeat(Math.max(0, width - cellWidth(label)));
}

const mark = (count: number): Span => ({text: `×${count} `, tone: 'mark'});
