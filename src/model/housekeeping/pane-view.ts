import type {Row, Span} from '../cpu/canvas.ts';
import {targetKey} from '../target.ts';
import {cellWidth, fit, truncate} from '../text/width.ts';
import {densityBar} from './density-bar.ts';
import type {Forecast} from './forecast.ts';
import type {Housekeeping} from './housekeeping.ts';
import {waitHistogram} from './wait-histogram.ts';
import {
  countdownShort,
  countdownWords,
  formatInterval,
  formatShort,
  formatWait,
  intervalWords,
  targetName,
} from './words.ts';

/** What the housekeeping pane draws: texts of its header and exactly as many rows as there is room for, or fewer. */
export interface HousekeepingView {
  readonly left: string;
  readonly right: string;
  readonly alarm: boolean;
  readonly rows: readonly Row[];
}

export interface ViewOptions {
  readonly width: number;
  /** Rows below the header. */
  readonly height: number;
  readonly unicode: boolean;
  /** All targets, the next tick first. */
  readonly forecasts: readonly Forecast[];
  /** The one with the large countdown. */
  readonly focused: Forecast | null;
  readonly watches: (target: Forecast['target']) => boolean;
  readonly base: Housekeeping['base'];
}

/** A base above this makes metrics stale for minutes: minikube sets 5 min when its metrics are off. */
const staleBaseMs = 60_000;

/** Shares the rows out: countdown and bar first, then the table, the state, the scale, and the histogram last. */
export function housekeepingView(options: ViewOptions): HousekeepingView {
  const {width, height, focused, base, forecasts} = options;
  const header = headerOf(options);
  if (focused === null) {
    return {...header, rows: [plain(fit('no container or pod in the answers yet', width), 'dim')].slice(0, height)};
  }
  const {bar, scale} = densityBar(focused, width, options.unicode);
  const top: Row[] = [countdownRow(focused, width), bar];
  if (height >= 8) top.push(scale);
  if (height >= 4) top.push(stateRow(focused, width));
  if (base.intervalMs > staleBaseMs && height >= 9) {
    const warning = `samples only every ${formatInterval(base.intervalMs)} to ${formatInterval(2 * base.intervalMs)}: metrics are stale (--housekeeping-interval)`;
    top.push(plain(fit(warning, width), 'warning'));
  }
  const histogramRows = height >= 22 ? 5 : height >= 17 ? 3 : height >= 14 ? 2 : 0;
  if (histogramRows > 0 && focused.waits.length >= 3) {
    top.push(...waitHistogram(focused, width, histogramRows, options.unicode));
  }
  const rows = [...top, ...tableRows(options, height - top.length)];
  const gone = forecasts.length > 0 && forecasts.every(({phase}) => phase === 'gone');
  return {...header, alarm: header.alarm || gone, rows: rows.slice(0, height)};
}

function headerOf({base, focused}: ViewOptions): {left: string; right: string; alarm: boolean} {
  const sure = base.told ? '' : base.probability > 0.9 ? ' (learned)' : ' (a guess)';
  const left = focused === null ? '' : `base ${formatInterval(base.intervalMs)}${sure}`;
  const right = focused === null || focused.phase === 'gone' ? '' : `age ${formatWait(focused.ageMs)}`;
  return {left, right, alarm: focused?.phase === 'overdue' || base.intervalMs > staleBaseMs};
}

function countdownRow(focused: Forecast, width: number): Row {
  const name = targetName(focused.target);
  const long = countdownWords(focused);
  const words = cellWidth(name) + 1 + cellWidth(long) <= width ? long : countdownShort(focused);
  const room = Math.max(4, width - cellWidth(words) - 1);
  const text = truncate(name, room);
  const tone = focused.phase === 'overdue' ? 'warning' : 'strong';
  return [
    {text: `${text} `, tone: 'plain'},
    {text: fit(words, Math.max(0, width - cellWidth(text) - 1)), tone},
  ];
}

function stateRow(focused: Forecast, width: number): Row {
  const worst = `age ${formatWait(focused.ageMs)}, worst ${formatWait(focused.worstAgeMs)}`;
  const interval = intervalWords(focused);
  const both = `${interval} · ${worst}`;
  return plain(
    fit(cellWidth(both) <= width ? both : `${interval} · worst ${formatShort(focused.worstAgeMs)}`, width),
    'plain',
  );
}

/** The table of all targets: a head where there is room for it, and a last row that says how many are not shown. */
function tableRows(options: ViewOptions, room: number): Row[] {
  const {width, forecasts, focused} = options;
  if (room < 1) return [];
  const nameWidth = width - ageWidth - nextWidth - intervalWidth;
  const head = room >= 4;
  const rows: Row[] = head
    ? [
        plain(
          fit('target', nameWidth) +
            fit('age', ageWidth, 'right') +
            fit('next', nextWidth, 'right') +
            fit('interval', intervalWidth, 'right'),
          'dim',
        ),
      ]
    : [];
  const space = room - rows.length;
  const shown = window(forecasts, focused, forecasts.length > space ? space - 1 : space);
  for (const forecast of shown) {
    const spans: Span[] = [
      {text: fit(targetName(forecast.target), nameWidth), tone: options.watches(forecast.target) ? 'plain' : 'dim'},
      {text: fit(formatShort(forecast.ageMs), ageWidth, 'right'), tone: 'dim'},
      {text: fit(nextWord(forecast), nextWidth, 'right'), tone: forecast.phase === 'overdue' ? 'warning' : 'plain'},
      {text: fit(intervalWord(forecast), intervalWidth, 'right'), tone: 'dim'},
    ];
    const isFocused = focused !== null && targetKey(focused.target) === targetKey(forecast.target);
    rows.push(isFocused ? spans.map(({text}) => ({text, tone: 'strong'})) : spans);
  }
  const hidden = forecasts.length - shown.length;
  if (hidden > 0 && space > 0) rows.push(plain(fit(`${hidden} more`, width), 'dim'));
  return rows;
}

const ageWidth = 6;
const nextWidth = 8;
const intervalWidth = 9;

/** The rows around the focused one that fit. */
function window(forecasts: readonly Forecast[], focused: Forecast | null, space: number): readonly Forecast[] {
  const at = forecasts.findIndex((forecast) => forecast === focused);
  const from = Math.max(0, Math.min(at - space + 1, forecasts.length - space));
  return forecasts.slice(from, from + Math.max(0, space));
}

function nextWord({phase, next, at, overdueMs}: Forecast): string {
  switch (phase) {
    case 'ticking':
      return formatShort(next.quantile(0.5) - at);
    case 'overdue':
      return `+${formatShort(overdueMs)}`;
    case 'starting':
      return 'soon';
    case 'runtime':
      return 'no tick';
    case 'gone':
      return 'gone';
  }
}

function intervalWord({states, idle, phase}: Forecast): string {
  const likeliest = states[0];
  if (likeliest === undefined || phase === 'gone') return '–';
  const seconds = formatInterval(likeliest.intervalMs).replace(' ', '');
  return `${likeliest.probability < 0.8 ? '~' : ''}${seconds}${idle ? ' idle' : ''}`;
}

function plain(text: string, tone: Span['tone']): Row {
  return [{text, tone}];
}
