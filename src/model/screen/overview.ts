import {durationText} from '../../util/duration.ts';
import {safeName} from '../draw/safe-text.ts';
import {tellApart} from '../draw/tell-apart.ts';
import {cellWidth, fit, pad} from '../draw/width.ts';
import type {NodeState} from './node-state.ts';
import {shortCount} from './tabs.ts';

/** What the overview tells of a node; null where it is not known. */
export interface OverviewRow {
  readonly name: string;
  readonly isMarked: boolean;
  readonly state: NodeState;
  readonly version: string | null;
  /** How long the kubelet's process has run, in ms. */
  readonly upMs: number | null;
  /** The base of its housekeeping, in ms. */
  readonly baseMs: number | null;
  /** Ages of its newest samples: of the newest of them, and of the oldest, in ms. */
  readonly ages: {readonly newestMs: number; readonly worstMs: number} | null;
  /** By how much its clock is ahead of ours, in ms; null where it is right, or nothing is known of it. */
  readonly clockOffMs: number | null;
  /** Until its next tick is as likely to have come as not, in ms. */
  readonly nextMs: number | null;
  /** Errors in its journal in the last minute. */
  readonly errors: number;
  readonly unseen: number;
}

interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly text: (row: OverviewRow) => string;
  /** Goes first where there is little room: the highest number. */
  readonly spare: number;
}

/** One unit is enough to compare nodes by: `3 m`, `12 s`. */
const short = (ms: number | null): string =>
  ms === null ? '–' : durationText(Math.max(1000, ms)).split(' ').slice(0, 2).join(' ');

/** Ahead is `+`, as in `+5 m`; only where a clock is off there is anything. */
const clockText = ({clockOffMs}: OverviewRow): string =>
  clockOffMs === null ? '' : `${clockOffMs > 0 ? '+' : '-'}${durationText(Math.abs(clockOffMs))}`;

const columns: readonly Column[] = [
  {head: 'state', align: 'left', text: ({state}) => state.text, spare: 0},
  {head: 'clock', align: 'right', text: clockText, spare: 1},
  {head: 'kubelet', align: 'left', text: ({version}) => (version === null ? '–' : safeName(version)), spare: 4},
  {head: 'up', align: 'right', text: ({upMs}) => short(upMs), spare: 3},
  {head: 'base', align: 'right', text: ({baseMs}) => short(baseMs), spare: 5},
  {head: 'newest age', align: 'right', text: ({ages}) => short(ages?.newestMs ?? null), spare: 2},
  {head: 'worst age', align: 'right', text: ({ages}) => short(ages?.worstMs ?? null), spare: 0},
  {head: 'next tick', align: 'right', text: nextText, spare: 2},
  {head: 'errors/m', align: 'right', text: ({errors}) => shortCount(errors), spare: 0},
  {head: 'unseen', align: 'right', text: ({unseen}) => (unseen === 0 ? '' : `+${shortCount(unseen)}`), spare: 6},
];

function nextText({nextMs}: OverviewRow): string {
  if (nextMs === null) return '–';
  return nextMs <= 0 ? 'due' : `in ${Math.max(1, Math.round(nextMs / 1000))} s`;
}

/** A row of the overview, laid out: the state is apart, for its colour. */
export interface OverviewLine {
  readonly before: string;
  readonly state: string;
  readonly after: string;
}

const gap = '  ';
const leastName = 12;

/** The table of the nodes in `width` cells: its head, and a line for each row; columns that do not fit are left out. */
export function overviewTable(
  rows: readonly OverviewRow[],
  width: number,
): {readonly head: string; readonly lines: readonly OverviewLine[]} {
  const numbers = String(rows.length).length;
  const lead = numbers + 3;
  const names = rows.map(({name}) => safeName(name));
  let shown = columns
    // Clocks that are right are not worth a column.
    .filter(({head}) => head !== 'clock' || rows.some(({clockOffMs}) => clockOffMs !== null))
    .map((column) => ({
      ...column,
      cells: Math.max(cellWidth(column.head), ...rows.map((row) => cellWidth(column.text(row)))),
    }));
  const used = () => lead + shown.reduce((sum, {cells}) => sum + gap.length + cells, 0);
  const wanted = Math.max(4, ...names.map(cellWidth));
  const least = Math.min(wanted, leastName);
  while (used() + least > width && shown.some(({spare}) => spare > 0)) {
    const most = Math.max(...shown.map(({spare}) => spare));
    shown = shown.filter(({spare}) => spare < most);
  }
  const nameWidth = Math.max(4, Math.min(wanted, width - used()));
  const told = tellApart(names, nameWidth);
  const head = shown.map(({head, align, cells}) => gap + pad(head, cells, align)).join('');
  return {
    head: fit(`${' '.repeat(lead)}${pad('node', nameWidth)}${head}`, width),
    lines: rows.map((row, i) => {
      const [state, ...rest] = shown.map(({text, align, cells}) => pad(fit(text(row), cells, align), cells, align));
      const number = pad(String(i + 1), numbers, 'right');
      return {
        before: `${row.isMarked ? '*' : ' '} ${number} ${pad(told[i] ?? '', nameWidth)}${gap}`,
        state: state ?? '',
        after: rest.map((text) => gap + text).join(''),
      };
    }),
  };
}
