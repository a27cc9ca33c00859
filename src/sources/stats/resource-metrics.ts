import {type Target, targetKey} from '../../model/target.ts';
import {Problems} from './problems.ts';

/** What `/metrics/resource` says of one target: the same sample as the summary's, with its millisecond. */
export interface ResourceFigures {
  readonly target: Target;
  readonly atMs: number;
  readonly usageCoreNanoSeconds: number;
  readonly workingSetBytes: number | null;
  readonly startedAtMs: number | null;
}

export interface ResourceAnswer {
  /** Two of one name where the kubelet tells of two cgroups. */
  readonly figures: readonly ResourceFigures[];
  readonly problems: readonly string[];
  /** The kubelet's word that it could not collect (`resource_scrape_error 1`, older `scrape_error 1`). */
  readonly isScrapeError: boolean;
}

type Writable<T> = {-readonly [K in keyof T]: T[K]};

/** No line of a kubelet is so long; a longer one is not looked into. */
const longestLine = 16_384;

/** What stands before the figures of a line: the series and its labels. */
interface Head {
  readonly metric: Series['metric'];
  readonly target: Target;
  readonly key: string;
}

/**
 * Reads answers of `/metrics/resource` (v1.21: without start times; v1.32). Only the series of CPU, working set and
 * start time of containers, pods and the node are read; a line that is none of these costs one comparison. Nothing is
 * thrown: unreadable lines of these series are problems in words, the first few of them and how many more. A sample of
 * the zero time (a pod that is being shut down) is none.
 *
 * From answer to answer hardly anything but the figures differs: what stands before them is read once, and known again in
 * the next answer.
 */
export class ResourceMetricsReader {
  #heads = new Map<string, Head>();

  /** Reads one answer. */
  read(body: string): ResourceAnswer {
    const found = new Map<string, Writable<ResourceFigures>[]>();
    const later: {key: string; metric: 'memory' | 'start'; value: number; stamp: number | undefined}[] = [];
    const problems = new Problems();
    let isScrapeError = false;
    let from = 0;
    let lines = 0;
    while (from < body.length) {
      const end = body.indexOf('\n', from);
      const to = end === -1 ? body.length : end;
      const start = from;
      from = to + 1;
      isScrapeError ||= isScrapeErrorLine(body, start, to);
      if (!canBeSeries(body.charCodeAt(start))) continue;
      lines += 1;
      const line = body.slice(start, to);
      const read = this.#knownLine(line) ?? this.#anyLine(line);
      if (read === null) continue;
      if (read === 'unreadable') {
        problems.add(() => `/metrics/resource: unreadable line ${JSON.stringify(line.slice(0, 120))}`);
        continue;
      }
      const {value, stamp} = read;
      const {metric, target, key} = read.head;
      if (metric !== 'cpu') later.push({key, metric, value, stamp});
      else if (stamp === undefined) problems.add(() => `/metrics/resource: no timestamp for ${key}`);
      else if (stamp > 0 && stamp < latestMs) {
        const figures = {
          target,
          atMs: stamp,
          usageCoreNanoSeconds: Math.round(value * 1e9),
          workingSetBytes: null,
          startedAtMs: null,
        };
        const others = found.get(key);
        if (others === undefined) found.set(key, [figures]);
        else others.push(figures);
      }
    }
    // Pods come and go: what is no longer told is forgotten with all the rest, and read once more.
    if (this.#heads.size > 2 * lines) this.#heads = new Map();
    for (const {key, metric, value, stamp} of later) {
      const all = found.get(key);
      const only = all?.[0];
      if (all === undefined || only === undefined) continue;
      if (metric === 'memory') {
        const figures = all.length === 1 ? only : all.find(({atMs}) => atMs === stamp);
        if (figures !== undefined && value >= 0) figures.workingSetBytes = value;
        // A start has no timestamp: of two cgroups nobody knows whose it is.
      } else if (all.length === 1 && value > 0) only.startedAtMs = value * 1000;
    }
    return {figures: [...found.values()].flat(), problems: problems.sentences, isScrapeError};
  }

  /** A line as the kubelet writes it, one blank between its parts, whose head is known; null where it is no such line. */
  #knownLine(line: string): Line | null {
    if (line.length > longestLine) return null;
    const end = line.lastIndexOf('}') + 1;
    const head = end > 0 && line.charCodeAt(end) === blank ? this.#heads.get(line.slice(0, end)) : undefined;
    if (head === undefined) return null;
    const second = line.indexOf(' ', end + 1);
    const value = figure(line.slice(end + 1, second === -1 ? line.length : second));
    const stamp = second === -1 ? undefined : figure(line.slice(second + 1));
    return value === null || stamp === null ? null : {head, value, stamp};
  }

  /** Any line; null where it is of none of the series. */
  #anyLine(whole: string): Line | 'unreadable' | null {
    const series = seriesOf(whole);
    if (series === null) return null;
    // A part of the answer would keep all of it in memory.
    const line = Buffer.from(whole.slice(0, longestLine)).toString();
    const labels = new Map<string, string>();
    const rest = whole.length > longestLine ? null : readLabels(line, series.labelsFrom, labels);
    const target = rest === null ? null : targetOf(series.of, labels);
    const [value, stamp] = rest === null ? [] : numbers(line.slice(rest));
    if (target === null || value === undefined || rest === null) return 'unreadable';
    const head = {metric: series.metric, target, key: targetKey(target)};
    // Behind an exemplar stands another brace.
    if (line.lastIndexOf('}') + 1 === rest) this.#heads.set(line.slice(0, rest), head);
    return {head, value, stamp};
  }
}

/** A line that was read; no `stamp` where it has none. */
interface Line {
  readonly head: Head;
  readonly value: number;
  readonly stamp: number | undefined;
}

const blank = 32;

/** A finite number; null where it is none. */
function figure(text: string): number | null {
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? null : value;
}

/** Reads one answer by itself, as `ResourceMetricsReader` does. */
export function parseResourceMetrics(body: string): ResourceAnswer {
  return new ResourceMetricsReader().read(body);
}

/** Times beyond what a `Date` can hold are none. */
const latestMs = 8.64e15;

/** Only c(ontainer), p(od) and n(ode) begin a series of ours. */
function canBeSeries(first: number): boolean {
  return first === 99 || first === 112 || first === 110;
}

function isScrapeErrorLine(body: string, from: number, to: number): boolean {
  const first = body.charCodeAt(from);
  if ((first !== 114 && first !== 115) || to - from > 100) return false;
  const value = /^(?:resource_)?scrape_error(?:\{\})?\s+(\S+)/.exec(body.slice(from, to))?.[1];
  return value !== undefined && Number(value) > 0;
}

interface Series {
  readonly of: 'container' | 'pod' | 'node';
  readonly metric: 'cpu' | 'memory' | 'start';
  /** Index of the `{`, or of what follows the name where there are no labels. */
  readonly labelsFrom: number;
}

const names = new Map<string, Omit<Series, 'labelsFrom'>>([
  ['container_cpu_usage_seconds_total', {of: 'container', metric: 'cpu'}],
  ['container_memory_working_set_bytes', {of: 'container', metric: 'memory'}],
  ['container_start_time_seconds', {of: 'container', metric: 'start'}],
  ['pod_cpu_usage_seconds_total', {of: 'pod', metric: 'cpu'}],
  ['pod_memory_working_set_bytes', {of: 'pod', metric: 'memory'}],
  ['node_cpu_usage_seconds_total', {of: 'node', metric: 'cpu'}],
  ['node_memory_working_set_bytes', {of: 'node', metric: 'memory'}],
]);

function seriesOf(line: string): Series | null {
  const brace = line.indexOf('{');
  const space = line.indexOf(' ');
  const end = brace !== -1 && (space === -1 || brace < space) ? brace : space;
  const series = end === -1 ? undefined : names.get(line.slice(0, end));
  return series === undefined ? null : {...series, labelsFrom: end};
}

/** Reads `{name="value",…}` at `at` with the escapes of the text format; returns where it ends, null where broken. */
function readLabels(line: string, at: number, into: Map<string, string>): number | null {
  if (line[at] !== '{') return at;
  let i = at + 1;
  for (;;) {
    while (line[i] === ',' || line[i] === ' ') i++;
    if (line[i] === '}') return i + 1;
    const equals = line.indexOf('="', i);
    if (equals === -1) return null;
    const name = line.slice(i, equals);
    let value = '';
    i = equals + 2;
    const quote = line.indexOf('"', i);
    const escape = line.indexOf('\\', i);
    if (quote !== -1 && (escape === -1 || escape > quote)) {
      value = line.slice(i, quote);
      i = quote;
    }
    for (;;) {
      const c = line[i];
      if (c === undefined) return null;
      if (c === '"') break;
      if (c === '\\') {
        i++;
        const escaped = line[i];
        value += escaped === 'n' ? '\n' : (escaped ?? '');
      } else value += c;
      i++;
    }
    into.set(name, value);
    i++;
  }
}

function targetOf(of: Series['of'], labels: ReadonlyMap<string, string>): Target | null {
  if (of === 'node') return {namespace: '', pod: '', container: null};
  const namespace = labels.get('namespace') ?? '';
  const pod = labels.get('pod') ?? '';
  const container = labels.get('container') ?? '';
  if (namespace === '' || pod === '') return null;
  if (of === 'pod') return {namespace, pod, container: null};
  return container === '' ? null : {namespace, pod, container};
}

/**
 * The value and the timestamp (unix ms) behind the labels; a value that is no finite number is none. What follows `#`
 * is an exemplar.
 */
function numbers(rest: string): number[] {
  const [text = '', stampText, ...others] = (rest.split(' #', 1)[0] ?? '').trim().split(/[ \t]+/);
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || others.length > 0) return [];
  const stamp = stampText === undefined ? undefined : Number(stampText);
  return stamp !== undefined && Number.isFinite(stamp) ? [value, stamp] : [value];
}
