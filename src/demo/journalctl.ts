import type {Journald, StoredEntry} from './journald.ts';

/** A `journalctl` command line that the simulated node understands. */
export interface JournalQuery {
  readonly follow: boolean;
  /** How many of the newest to begin with; null is all. */
  readonly lines: number | null;
  readonly units: readonly string[];
  readonly sinceMs: number | null;
  readonly afterSequence: number | null;
  readonly grep: RegExp | null;
  readonly format: (entry: StoredEntry) => string;
}

export type JournalctlCommand =
  | {readonly kind: 'query'; readonly query: JournalQuery}
  | {readonly kind: 'rotate'}
  | {readonly kind: 'vacuum'; readonly olderThanMs: number}
  | {readonly kind: 'error'; readonly stderr: string};

const shortOptions: Readonly<Record<string, string>> = {
  f: 'follow',
  q: 'quiet',
  a: 'all',
  m: 'merge',
  u: 'unit',
  t: 'identifier',
  n: 'lines',
  o: 'output',
  g: 'grep',
  S: 'since',
  b: 'boot',
  p: 'priority',
};
const takesValue = new Set(
  [
    'unit',
    'identifier',
    'lines',
    'output',
    'grep',
    'since',
    'priority',
    'after-cursor',
    'cursor',
    'output-fields',
  ].concat(['vacuum-time', 'case-sensitive']),
);
const flags = new Set(
  ['follow', 'quiet', 'all', 'merge', 'boot', 'no-pager', 'no-tail', 'no-hostname', 'utc', 'rotate', 'sync'].concat([
    'flush',
    'full',
    'no-full',
  ]),
);

/** Reads the arguments as journalctl does, as far as ktop's own command lines go; what it does not know is refused. */
export function parseJournalctl(argv: readonly string[], nowMs: number): JournalctlCommand {
  const options = new Map<string, string[]>();
  const add = (name: string, value: string) => options.set(name, [...(options.get(name) ?? []), value]);
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const long = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument);
    const short = /^-([A-Za-z])(.*)$/s.exec(argument);
    const name = long?.[1] ?? shortOptions[short?.[1] ?? ''];
    const attached = long === null ? nonEmpty(short?.[2]) : long[2];
    if (name !== undefined && takesValue.has(name)) {
      const value = attached ?? argv[(index += 1)];
      if (value === undefined) return {kind: 'error', stderr: `journalctl: option '--${name}' requires an argument\n`};
      add(name, value);
    } else if (name !== undefined && (flags.has(name) || (long !== null && name === 'boot'))) {
      add(name, attached ?? '');
    } else if (/^[A-Z_]+=/.test(argument)) {
      add('match', argument);
    } else if (argument !== '+') {
      return {kind: 'error', stderr: `journalctl: unrecognized option '${argument}'\n`};
    }
  }
  const last = (name: string) => options.get(name)?.at(-1);
  const vacuum = last('vacuum-time');
  if (vacuum !== undefined) return {kind: 'vacuum', olderThanMs: nowMs - durationMs(vacuum)};
  if (options.has('rotate')) return {kind: 'rotate'};
  const format = formats[last('output') ?? 'short'];
  if (format === undefined) return {kind: 'error', stderr: `Unknown output format '${last('output') ?? ''}'.\n`};
  const pattern = last('grep');
  const after = sequenceOf(last('after-cursor'));
  const from = sequenceOf(last('cursor'));
  const afterSequence = after ?? (from === null ? null : from - 1);
  const since = last('since');
  const lines = last('lines');
  const follow = options.has('follow');
  const tail = follow && !options.has('no-tail') && since === undefined && afterSequence === null ? 10 : null;
  const fields = last('output-fields')?.split(',');
  return {
    kind: 'query',
    query: {
      follow,
      lines: lines === undefined ? tail : lines === 'all' ? null : Number(lines),
      units: [...(options.get('unit') ?? []), ...unitMatches(options.get('match') ?? [])].map(unitName),
      sinceMs: since === undefined ? null : timeMs(since, nowMs),
      afterSequence,
      grep: pattern === undefined ? null : new RegExp(pattern, pattern === pattern.toLowerCase() ? 'iu' : 'u'),
      format: (entry) => format(entry, fields),
    },
  };
}

/** The entries that a query begins with, oldest first. */
export function select(journal: Journald, query: JournalQuery): readonly StoredEntry[] {
  const found = journal.entries.filter((entry) => matches(query, entry));
  if (query.lines === null) return found;
  // With a cursor journalctl counts from there, without one from the end.
  return query.afterSequence !== null
    ? found.slice(0, query.lines)
    : query.lines === 0
      ? []
      : found.slice(-query.lines);
}

/** Whether journalctl would print the entry for this query. */
export function matches(query: JournalQuery, entry: StoredEntry): boolean {
  return (
    (query.units.length === 0 || query.units.includes(entry.unit)) &&
    (query.sinceMs === null || entry.atMs >= query.sinceMs) &&
    (query.afterSequence === null || entry.sequence > query.afterSequence) &&
    (query.grep === null || query.grep.test(entry.fields.MESSAGE ?? ''))
  );
}

type Format = (entry: StoredEntry, only: readonly string[] | undefined) => string;

/** These four are in every entry, whatever `--output-fields` says (systemd 252). */
const addresses = ['__CURSOR', '__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP', '_BOOT_ID'];

const shortLine = (entry: StoredEntry, time: string) =>
  `${time} ${entry.fields._HOSTNAME ?? ''} ${entry.fields.SYSLOG_IDENTIFIER ?? ''}` +
  `[${entry.fields._PID ?? ''}]: ${entry.fields.MESSAGE ?? ''}\n`;

const formats: Readonly<Record<string, Format>> = {
  json: ({fields}, only) => {
    const kept = Object.entries(fields).filter(
      ([name]) => only === undefined || only.includes(name) || addresses.includes(name),
    );
    return `${JSON.stringify(Object.fromEntries(kept))}\n`;
  },
  export: ({fields}, only) => {
    const kept = Object.entries(fields).filter(
      ([name]) => only === undefined || only.includes(name) || addresses.includes(name),
    );
    return `${kept.map(([name, value]) => `${name}=${value}\n`).join('')}\n`;
  },
  cat: ({fields}) => `${fields.MESSAGE ?? ''}\n`,
  short: (entry) => shortLine(entry, new Date(entry.atMs).toISOString().slice(5, 19).replace('T', ' ')),
  'short-iso-precise': (entry) => shortLine(entry, new Date(entry.atMs).toISOString().replace('Z', '000+0000')),
};

const unitMatches = (fields: readonly string[]) =>
  fields.flatMap((match) => /^(?:_SYSTEMD_UNIT|UNIT)=(.+)$/.exec(match)?.[1] ?? []);

/** The number of the entry that a cursor names. */
function sequenceOf(cursor: string | undefined): number | null {
  const number = /(?:^|;)i=([0-9a-f]+)/.exec(cursor ?? '')?.[1];
  return number === undefined ? null : parseInt(number, 16);
}

const nonEmpty = (text: string | undefined) => (text === '' ? undefined : text);

const unitName = (name: string) => (/\.[a-z]+$/.test(name) ? name : `${name}.service`);

const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/** `1s`, `5min`, `2hours`, a bare number of seconds. */
function durationMs(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim());
  const unit = parts?.[2] ?? '';
  return Number(parts?.[1] ?? 0) * (unitsMs[unit] ?? unitsMs[unit.replace(/s$/, '')] ?? 1000);
}

/** `-5min`, `5min ago`, `@1795464484.05`, `now`, `2026-11-23 20:08:04`. */
function timeMs(text: string, nowMs: number): number {
  if (text === 'now') return nowMs;
  if (text.startsWith('@')) return Number(text.slice(1)) * 1000;
  if (text.startsWith('-')) return nowMs - durationMs(text.slice(1));
  if (text.endsWith(' ago')) return nowMs - durationMs(text.slice(0, -4));
  const midnight = new Date(nowMs).toISOString().slice(0, 10);
  if (text === 'today') return Date.parse(`${midnight}T00:00:00Z`);
  const parsed = Date.parse(`${text.replace(/ UTC$/, '').replace(' ', 'T')}Z`);
  return Number.isNaN(parsed) ? 0 : parsed;
}
