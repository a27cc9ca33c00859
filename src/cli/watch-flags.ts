import {InvalidArgumentError, type Command} from 'commander';
import {severities} from '../model/journal/line.ts';
import {compilePattern, compileSought, type CompiledPattern, type LinePattern} from '../model/journal/pattern.ts';
import {compileTickPattern, type TickPattern} from '../model/journal/tick-pattern.ts';
import {parsePodQuery, type PodQuery, type Selection} from '../model/selection/pod-query.ts';
import type {JournalOptions, WatchOptions} from '../session/options.ts';
import {connectionFlags, readConnection} from './connection-flags.ts';
import {readScreenDeploys} from './deploy-flags.ts';
import {Flag, UnusableValue} from './flag.ts';
import {bootId, journalTime} from './journal-time.ts';

/** The options of the screen and of the JSON lines, besides those that reach the node. */
export const watchFlags = {
  pod: Flag.list(
    '-p, --pod <pod>',
    'pod to watch: name, namespace/name, glob or workload; @node, @kubelet; repeatable',
    checked((pods) => ({pods})),
  ),
  container: Flag.list(
    '--container <name>',
    'only containers of this name or glob',
    checked((containers) => ({containers})),
  ),
  namespace: Flag.list(
    '--namespace <name>',
    'only pods of this namespace or glob; repeatable',
    checked((namespaces) => ({namespaces})),
  ),
  selector: Flag.of('-l, --selector <labels>', 'pods with these labels', (labels) => {
    select({labels});
    return labels;
  }),
  top: Flag.number('--top <n>', 'watch the n busiest pods', [1, 10_000]),
  grep: Flag.of('--grep <pattern>', 'show only lines that match this regular expression', soughtPattern),
  exclude: Flag.list('--exclude <pattern>', 'hide lines that match; repeatable', (given) => given.map(soughtPattern)),
  severity: Flag.choice('--severity <floor>', 'hide lines below this severity', severities),
  contextLines: Flag.number('-C, --context-lines <n>', 'lines around each match', [0, 1000]),
  since: Flag.of('--since <time>', 'start this far back (journalctl --since)', journalTime),
  boot: Flag.of('--boot <id>', 'of this boot (journalctl --boot)', bootId),
  sourceGrep: Flag.text('--source-grep <pattern>', 'let the node filter (journalctl --grep): for slow links'),
  scrollback: Flag.number('--scrollback <lines>', 'lines kept (default: 50000)', [100, 1_000_000]),
  tickPattern: Flag.of(
    '--tick-pattern <pattern>',
    'regular expression with groups container, interval, next',
    tickPattern,
  ),
  fold: Flag.switch('--no-fold', 'show repeated lines one by one'),
  output: Flag.choice('-o, --output <format>', 'screen, or JSON lines for scripts; with --once a table or JSON', [
    'tui',
    'jsonl',
    'table',
    'json',
  ]).shows('tui'),
  once: Flag.switch('--once', 'print one state of the node and end, with an exit code by its health'),
  record: Flag.text('--record <dir>', 'keep what the node says, for replay'),
  recordMax: Flag.of('--record-max <size>', 'drop the oldest of a recording above this size (500M, 2G)', sizeBytes),
  theme: Flag.choice(
    '--theme <name>',
    'colours; auto asks the terminal for its background',
    ['auto', 'dark', 'light', 'solarized', 'mono'],
    {default: 'auto'},
  ),
  mouse: Flag.switch('--mouse', 'the wheel scrolls, a click focuses a pane; with shift held the terminal selects text'),
  bell: Flag.switch(
    '--bell',
    'ring the bell at a restart, a crash loop, a line that matches --grep, the end of a deploy',
  ),
  notify: Flag.switch('--notify', 'at the same, a desktop notification by the terminal (OSC 9 or OSC 777)'),
  notifyWith: Flag.choice('--notify-with <sequence>', 'where it picks the wrong one', ['osc9', 'osc777']),
  for: Flag.of('--for <duration>', 'end after this long (30s, 5m); --once waits so long (default 30s)', durationMs),
} as const;

/** What a command was asked to watch, read once and for all. Throws an `UnusableValue`. */
export function readWatch(command: Command): Omit<WatchOptions, 'metrics'> {
  const flags = watchFlags;
  return {
    connection: readConnection(command),
    journal: readJournal(command),
    pods: select({
      pods: flags.pod.read(command),
      containers: flags.container.read(command),
      namespaces: flags.namespace.read(command),
      labels: flags.selector.read(command),
      top: flags.top.read(command),
    }),
    output: readOutput(command),
    record: {dir: flags.record.read(command), maxBytes: flags.recordMax.read(command)},
    theme: flags.theme.read(command),
    deploys: readScreenDeploys(command),
    mouse: flags.mouse.read(command),
    notify: readNotify(command),
    forMs: flags.for.read(command),
  };
}

/** What is only for one state, or only for what goes on, is told; but the usual format of a config file is no mistake. */
function readOutput(command: Command): WatchOptions['output'] {
  const {output, once} = watchFlags;
  const format = output.read(command);
  const isOnce = format === 'table' || format === 'json';
  if (once.read(command)) {
    if (isOnce || format === null || output.sourceIn(command) !== 'cli') return isOnce ? format : 'table';
    throw new UnusableValue(output, 'cli', `--once prints a table or json, no ${format}`);
  }
  if (isOnce) throw new UnusableValue(output, output.sourceIn(command) ?? 'cli', `${format} goes with --once`);
  return format ?? 'tui';
}

/** Notifications are for who has the screen out of sight; asked for without one they are a mistake, configured they rest. */
function readNotify(command: Command): WatchOptions['notify'] {
  const {bell, notify, notifyWith} = watchFlags;
  const asked = [bell, notify].find((flag) => flag.sourceIn(command) === 'cli');
  if (asked !== undefined && readOutput(command) !== 'tui') {
    throw new UnusableValue(asked, 'cli', 'it goes with the screen');
  }
  const sequence = notifyWith.read(command) ?? 'auto';
  return {bell: bell.read(command), desktop: notify.read(command) ? sequence : null};
}

function readJournal(command: Command): JournalOptions {
  const flags = watchFlags;
  return {
    units: connectionFlags.unit.read(command),
    since: flags.since.read(command),
    boot: flags.boot.read(command),
    sourceGrep: flags.sourceGrep.read(command),
    grep: flags.grep.read(command),
    exclude: flags.exclude.read(command),
    severity: flags.severity.read(command),
    contextLines: flags.contextLines.read(command) ?? 0,
    scrollback: flags.scrollback.read(command) ?? 50_000,
    tickPattern: flags.tickPattern.read(command),
    fold: flags.fold.read(command),
  };
}

/** Reads a query that may have parts only. Throws an `InvalidArgumentError` where it makes no sense. */
function select(query: Partial<PodQuery>): Selection {
  const selection = parsePodQuery({pods: [], namespaces: [], labels: null, containers: [], top: null, ...query});
  if ('problem' in selection) {
    throw new InvalidArgumentError(`${selection.problem}, for example ${selection.next ?? ''}`);
  }
  return selection;
}

/** Takes a list as it is, once it was seen to make sense as a part of a query. */
function checked(
  part: (given: readonly string[]) => Partial<PodQuery>,
): (given: readonly string[]) => readonly string[] {
  return (given) => {
    select(part(given));
    return given;
  };
}

/** Reads a regular expression over journal lines, as a prompt on the screen takes it. Throws an `InvalidArgumentError`. */
function soughtPattern(source: string): LinePattern {
  return patternOf(compileSought(source));
}

/** Reads a regular expression over journal lines in which case matters. Throws an `InvalidArgumentError`. */
export function linePattern(source: string): LinePattern {
  return patternOf(compilePattern(source));
}

function patternOf(compiled: CompiledPattern): LinePattern {
  if (!compiled.ok) throw new InvalidArgumentError(compiled.problem);
  return compiled.pattern;
}

function tickPattern(source: string): TickPattern {
  const compiled = compileTickPattern(source);
  if (!compiled.ok) throw new InvalidArgumentError(compiled.problem);
  return compiled.pattern;
}

const sizeUnits: Readonly<Record<string, number>> = {K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40};
/** A recording of less would hold a few answers of a large node. */
const leastBytes = 2 ** 20;

function sizeBytes(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT])(?:i?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(count ?? Number.NaN) * (sizeUnits[unit?.toUpperCase() ?? ''] ?? Number.NaN);
  if (!(bytes >= leastBytes)) throw new InvalidArgumentError('a size of 1M or more is wanted, such as 500M or 2G');
  return Math.floor(bytes);
}

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000};
/** A timer of Node's takes no more: it would end at once. */
const longestMs = 2 ** 31 - 1;

/** Reads `30s`, `5m` or `1.5h`, in ms. Throws an `InvalidArgumentError`. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const ms = Number(match?.[1] ?? Number.NaN) * (unitMs[match?.[2] ?? ''] ?? Number.NaN);
  if (!(ms >= 0)) throw new InvalidArgumentError('a duration such as 30s or 5m is wanted');
  if (ms > longestMs) throw new InvalidArgumentError('a duration of at most 596h is wanted');
  return ms;
}
