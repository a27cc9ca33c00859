import type {Target} from '../../model/target.ts';
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

/**
 * Reads an answer of `/metrics/resource` (v1.21: without start times; v1.32). Only the series of CPU, working set and
 * start time of containers, pods and the node are read; a line that is none of these costs one comparison. Nothing is
 * thrown: unreadable lines of these series are problems in words, the first few of them and how many more. A sample of
 * the zero time (a pod that is being shut down) is none.
 */
export function parseResourceMetrics(body: string): ResourceAnswer {
  const found = new Map<string, Writable<ResourceFigures>[]>();
  const later: {key: string; metric: 'memory' | 'start'; value: number; stamp: number | undefined}[] = [];
  const problems = new Problems();
  let isScrapeError = false;
  let from = 0;
  while (from < body.length) {
    const end = body.indexOf('\n', from);
    const to = end === -1 ? body.length : end;
    const start = from;
    from = to + 1;
    isScrapeError ||= isScrapeErrorLine(body, start, to);
    if (!canBeSeries(body.charCodeAt(start))) continue;
    const line = body.slice(start, Math.min(to, start + longestLine));
    const series = seriesOf(line);
    if (series === null) continue;
    const labels = new Map<string, string>();
    const rest = to - start > longestLine ? null : readLabels(line, series.labelsFrom, labels);
    const target = rest === null ? null : targetOf(series.of, labels);
    const [value, stamp] = rest === null ? [] : numbers(line.slice(rest));
    if (target === null || value === undefined) {
      problems.add(() => `/metrics/resource: unreadable line ${JSON.stringify(line.slice(0, 120))}`);
      continue;
    }
    const key = `${target.namespace}/${target.pod}/${target.container ?? ''}`;
    if (series.metric !== 'cpu') later.push({key, metric: series.metric, value, stamp});
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
  for (const {key, metric, value, stamp} of later) {
    const all = found.get(key) ?? [];
    const [only, ...doubles] = all;
    if (metric === 'memory') {
      const figures = doubles.length === 0 ? only : all.find(({atMs}) => atMs === stamp);
      if (figures !== undefined && value >= 0) figures.workingSetBytes = value;
      // A start has no timestamp: of two cgroups nobody knows whose it is.
    } else if (only !== undefined && doubles.length === 0 && value > 0) only.startedAtMs = value * 1000;
  }
  return {figures: [...found.values()].flat(), problems: problems.sentences, isScrapeError};
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
