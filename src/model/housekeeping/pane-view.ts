import type {Row, RowOwners, Span} from '../draw/canvas.ts';
import {shortName, targetKey, type Target} from '../target.ts';
import {safeLine} from '../draw/safe-text.ts';
import {ageWords, formatAge} from '../draw/units.ts';
import {counted} from '../../util/counted.ts';
import {cellWidth, fit, fitName, truncateMiddle, wrapWords} from '../draw/width.ts';
import {densityBar} from '../draw/density-bar.ts';
import type {Forecast} from './forecast.ts';
import type {ForecastTable, TableRow} from './forecast-table.ts';
import type {Housekeeping} from './housekeeping.ts';
import {cacheMs} from './rule.ts';
import type {Ordered} from './table-order.ts';
import {waitHistogram} from './wait-histogram.ts';
import {
  countdownShort,
  formatCountdown,
  formatInterval,
  formatIntervalState,
  formatShort,
  formatWait,
  targetName,
} from './format.ts';

/** What the housekeeping pane draws: texts of its header and exactly as many rows as there is room for, or fewer. */
export interface HousekeepingView {
  readonly left: string;
  readonly right: string;
  readonly alarm: boolean;
  readonly rows: readonly Row[];
  /** Whose the rows are that are of one target alone. */
  readonly owners: RowOwners;
}

export interface ViewOptions {
  readonly width: number;
  /** Rows below the header. */
  readonly height: number;
  readonly unicode: boolean;
  /** All targets, the next tick first. */
  readonly table: ForecastTable;
  /** The one with the large countdown. */
  readonly focused: Forecast | null;
  /** The same targets as they are drawn. */
  readonly ordered: Ordered;
  /** The watched target that ticks next; null where none is watched that does. */
  readonly next: TableRow | null;
  readonly base: Housekeeping['base'];
  /** The node and the system containers among what was chosen: others tick them on demand, there is no countdown. */
  readonly system?: readonly Forecast['target'][];
  /** Why nothing can be seen now; null while the kubelet answers. */
  readonly silence: 'not asked yet' | 'no answer' | 'no figures' | null;
  /** The kubelet says that it could not collect all figures. */
  readonly isPartial?: boolean;
}

/** A base above this makes metrics stale for minutes: minikube sets 5 min when its metrics are off. */
const staleBaseMs = 60_000;

/** Shares the rows out: countdown and bar first, then the table, the state, the scale, and the histogram last. */
export function housekeepingView(options: ViewOptions): HousekeepingView {
  const {width, height, focused, base, table} = options;
  const header = headerOf(options);
  const owners = new Map<Row, Target>();
  if (focused === null) {
    const why = wrapWords(whyNoCountdown(options), width).map((text) => plain(fit(text, width), 'dim'));
    return {...header, rows: [...why, ...tableRows(options, height - why.length, owners)].slice(0, height), owners};
  }
  const lead = width < barFromWidth ? '' : `age ${ageWords(focused.ageMs)} `.padEnd(9);
  const {bar, scale} = densityBar(focused, width - lead.length, options.unicode);
  const top: Row[] = [countdownRow(options, focused), [{text: lead, tone: 'plain'}, ...bar]];
  if (height >= 8) top.push([{text: ' '.repeat(lead.length), tone: 'dim'}, ...scale]);
  if (height >= 4) top.push(stateRow(focused, width));
  if (base.intervalMs > staleBaseMs && height >= 9) {
    top.push(...staleRows(options));
  }
  const histogramRows = height >= 22 ? 5 : height >= 17 ? 3 : height >= 14 ? 2 : 0;
  // Its rows are kept while the countdown goes from target to target: the table below shall not jump.
  if (histogramRows > 0 && table.rows.some(({waits}) => waits >= fewWaits)) {
    top.push(...histogramOf(focused, histogramRows, options));
  }
  const rows = [...top, ...tableRows(options, height - top.length, owners)];
  const gone = table.rows.length > 0 && table.rows.every(({isGone}) => isGone);
  return {...header, alarm: header.alarm || gone, rows: rows.slice(0, height), owners};
}

/** From this width on the age has room beside the bar. */
const barFromWidth = 24;

/** What a base of minutes means, in the words that fit. */
function staleRows({base, width, height}: ViewOptions): Row[] {
  const often = `samples only every ${formatInterval(base.intervalMs)} to ${formatInterval(2 * base.intervalMs)}`;
  const texts = [`${often}: metrics are stale (--housekeeping-interval)`, `${often}: metrics are stale`, often];
  const rows = [plain(fit(texts.find((text) => cellWidth(text) <= width) ?? often, width), 'warning')];
  if (base.intervalMs < cacheMs || height < 10) return rows;
  const means = base.dropsContainers
    ? 'beyond 2 min this kubelet answers with no containers'
    : "beyond 2 min containers are the runtime's, pods have no rate";
  return [...rows, plain(fit(means, width), 'warning')];
}

const fewWaits = 3;

function whyNoCountdown({silence, table, system = []}: ViewOptions): string {
  if (silence === 'no figures' && table.rows.length === 0) return 'no figures from the kubelet yet';
  if (silence !== null && table.rows.length === 0) return "waiting for the kubelet's first answer";
  if (table.rows.length === 0) return 'no container or pod in the answers yet';
  const names = system.map((target) => safeLine(shortName(target))).join(', ');
  if (names === '') return 'nothing of what is watched is in the answers yet';
  return `no countdown for ${names}: read on demand, too`;
}

function histogramOf(focused: Forecast, rows: number, {width, unicode}: ViewOptions): Row[] {
  if (focused.waits.length >= fewWaits) return waitHistogram(focused, width, rows, unicode);
  const blank = Array.from({length: rows}, () => plain('', 'dim'));
  return [plain(fit('no histogram of its waits yet', width), 'dim'), ...blank];
}

function headerOf(options: ViewOptions): {left: string; right: string; alarm: boolean} {
  const {base, focused, table, silence} = options;
  const sure = base.reported ? '' : base.probability > 0.9 ? ' (learned)' : ' (a guess)';
  const left = table.rows.length === 0 ? '' : `base ${formatInterval(base.intervalMs)}${sure}`;
  const isLate = focused?.phase === 'overdue' && silence === null;
  return {left, right: nextText(options, left), alarm: isLate || base.intervalMs > staleBaseMs};
}

/** What the header has besides: its rule, its title and the spaces between. */
const headerCells = '─ housekeeping  '.length + 3;

/** Which of the watched ticks next, in the words that fit. */
function nextText({next, table, silence, width}: ViewOptions, left: string): string {
  const forecast = next === null || silence !== null ? null : table.forecast(next);
  if (forecast?.phase !== 'ticking') return '';
  const wait = `in ${formatWait(forecast.next.medianMs - forecast.at)}`;
  const room = width - headerCells - cellWidth(left);
  const texts = [`next: ${targetName(forecast.target)} ${wait}`, `next ${wait}`];
  return texts.find((text) => cellWidth(text) <= room) ?? '';
}

function countdownRow(options: ViewOptions, focused: Forecast): Row {
  const {width} = options;
  const name = targetName(focused.target);
  const isHidden = isUnseen(options, focused);
  const long = isHidden
    ? unseenTexts[options.silence ?? 'no answer']
    : formatCountdown(focused, options.isPartial === true ? 'the kubelet could not collect' : null);
  const short = isHidden ? 'not seen' : countdownShort(focused);
  const words = cellWidth(name) + 1 + cellWidth(long) <= width ? long : short;
  const room = Math.max(4, width - cellWidth(words) - 1);
  const text = truncateMiddle(name, room);
  const tone = focused.phase === 'overdue' && !isHidden ? 'warning' : 'strong';
  return [
    {text: `${text} `, tone: 'plain'},
    {text: fit(words, Math.max(0, width - cellWidth(text) - 1)), tone},
  ];
}

/** A kubelet that does not answer, or not with figures, may have ticked, or may be down: late ticks and first ones are only guesses then. */
function isUnseen({silence}: ViewOptions, {phase}: Forecast): boolean {
  return silence !== null && (phase === 'overdue' || phase === 'starting');
}

const unseenTexts = {
  'not asked yet': 'not seen: not asked yet',
  'no answer': 'not seen: the kubelet does not answer',
  'no figures': 'not seen: the kubelet gives no figures',
};

function stateRow(focused: Forecast, width: number): Row {
  const interval = formatIntervalState(focused);
  const texts = [`${interval} · worst age ${ageWords(focused.worstAgeMs)}`, interval];
  return plain(fit(texts.find((text) => cellWidth(text) <= width) ?? interval, width), 'plain');
}

/**
 * The table of all targets, those that are watched first: a head where there is room for it, and a last row that says
 * how many are not shown and when the next of them ticks.
 */
function tableRows(options: ViewOptions, room: number, owners: Map<Row, Target>): Row[] {
  const {width, table, focused, ordered} = options;
  if (room < 1) return [];
  // A narrow table needs its cells for the names; the state row tells the interval of the focused target.
  const intervalWidth = width < withInterval ? 0 : 10;
  const all = [...ordered.watched, ...ordered.others];
  const nameWidth = Math.min(longestName(all), width - ageWidth - nextWidth - intervalWidth);
  const head = room >= 4;
  const rows: Row[] = head
    ? [
        plain(
          fit(ordered.watched.length > 0 ? 'WATCHED' : 'TARGET', nameWidth) +
            fit('AGE', ageWidth, 'right') +
            fit('NEXT', nextWidth, 'right') +
            fit('INTERVAL', intervalWidth, 'right'),
          'dim',
        ),
      ]
    : [];
  const space = room - rows.length;
  const [from, to] = window(all, focused, all.length > space ? space - 1 : space);
  for (const [i, row] of all.slice(from, to).entries()) {
    const forecast = table.forecast(row);
    if (forecast === null) continue;
    const isWatched = from + i < ordered.watched.length;
    const spans: Span[] = [
      {text: fitName(targetName(forecast.target), nameWidth), tone: isWatched ? 'plain' : 'dim'},
      {text: fit(formatAge(forecast.ageMs), ageWidth, 'right'), tone: 'dim'},
      {
        text: fit(isUnseen(options, forecast) ? '–' : nextWord(forecast), nextWidth, 'right'),
        tone: forecast.phase === 'overdue' && options.silence === null ? 'warning' : 'plain',
      },
      {text: fit(intervalWord(forecast), intervalWidth, 'right'), tone: 'dim'},
    ];
    const isFocused = focused !== null && targetKey(focused.target) === targetKey(forecast.target);
    const drawn: Row = isFocused ? spans.map(({text}) => ({text, tone: 'strong'})) : spans;
    owners.set(drawn, forecast.target);
    rows.push(drawn);
  }
  const hidden = [...all.slice(0, from), ...all.slice(to)];
  // Nothing that is watched is among them.
  const areOthers = from === 0 && to >= ordered.watched.length && ordered.watched.length > 0;
  if (hidden.length > 0 && space > 0) rows.push(plain(fit(hiddenText(hidden, areOthers, options), width), 'dim'));
  return rows;
}

/** `9 others, next in 2.6 s`; of more of what is watched `9 more`. */
function hiddenText(hidden: readonly TableRow[], areOthers: boolean, {table, silence}: ViewOptions): string {
  const what = areOthers ? counted(hidden.length, 'other') : `${hidden.length} more`;
  const first = hidden.reduce((soonest, row) => (row.medianMs < soonest.medianMs ? row : soonest));
  const forecast = silence === null ? table.forecast(first) : null;
  if (forecast?.phase !== 'ticking') return what;
  return `${what}, next in ${formatWait(forecast.next.medianMs - forecast.at)}`;
}

const ageWidth = 6;
const nextWidth = 8;
const withInterval = 38;

/** Where the rows begin and end that fit, with the focused one among them; from the first on where it allows. */
function window(rows: readonly TableRow[], focused: Forecast | null, space: number): readonly [number, number] {
  const at = rows.findIndex(({target}) => target === focused?.target);
  const from = Math.max(0, Math.min(at - space + 1, rows.length - space));
  return [from, Math.min(rows.length, from + Math.max(0, space))];
}

/** Cells of a target's name; the same object stands for a target as long as it is there. */
const nameCells = new WeakMap<Forecast['target'], number>();

function longestName(rows: readonly TableRow[]): number {
  let longest = 7;
  for (const {target} of rows) {
    const cells = nameCells.get(target) ?? cellWidth(targetName(target));
    nameCells.set(target, cells);
    longest = Math.max(longest, cells);
  }
  return longest;
}

function nextWord({phase, next, at, overdueMs}: Forecast): string {
  switch (phase) {
    case 'ticking':
      return formatShort(next.medianMs - at);
    case 'overdue':
      return `+${formatShort(overdueMs)}`;
    case 'starting':
      return 'soon';
    case 'runtime':
      return 'no tick';
    case 'gone':
      return 'ended';
  }
}

function intervalWord({states, idle, phase}: Forecast): string {
  const likeliest = states[0];
  if (likeliest === undefined || phase === 'gone') return '–';
  const seconds = formatInterval(likeliest.intervalMs).replace(' ', '');
  return `${likeliest.probability < 0.8 ? '~' : ''}${seconds}${idle === true ? ' idle' : ''}`;
}

function plain(text: string, tone: Span['tone']): Row {
  return [{text, tone}];
}
