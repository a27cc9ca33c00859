import type {Target} from '../../model/target.ts';

/** What `/metrics/resource` says of one target: the same sample as the summary's, with its millisecond. */
export interface ResourceFigures {
  readonly target: Target;
  readonly atMs: number;
  readonly usageCoreNanoSeconds: number;
  readonly workingSetBytes: number | null;
  readonly startedAtMs: number | null;
}

export interface ResourceAnswer {
  readonly figures: readonly ResourceFigures[];
  readonly problems: readonly string[];
}

type Writable<T> = {-readonly [K in keyof T]: T[K]};

/**
 * Reads an answer of `/metrics/resource` (v1.21: without start times; v1.32). Only the series of CPU, working set and
 * start time of containers, pods and the node are read; a line that is none of these costs one comparison. Nothing is
 * thrown: an unreadable line of these series is a problem in words.
 */
export function parseResourceMetrics(body: string): ResourceAnswer {
  const found = new Map<string, Writable<ResourceFigures>>();
  const later: {key: string; metric: 'memory' | 'start'; value: number}[] = [];
  const problems: string[] = [];
  let from = 0;
  while (from < body.length) {
    const end = body.indexOf('\n', from);
    const to = end === -1 ? body.length : end;
    const line = body.slice(from, to);
    from = to + 1;
    const series = seriesOf(line);
    if (series === null) continue;
    const labels = new Map<string, string>();
    const rest = readLabels(line, series.labelsFrom, labels);
    const target = rest === null ? null : targetOf(series.of, labels);
    const [value, stamp] = rest === null ? [] : numbers(line.slice(rest));
    if (target === null || value === undefined) {
      problems.push(`/metrics/resource: unreadable line ${JSON.stringify(line.slice(0, 120))}`);
      continue;
    }
    const key = `${target.namespace}/${target.pod}/${target.container ?? ''}`;
    if (series.metric !== 'cpu') later.push({key, metric: series.metric, value});
    else if (stamp === undefined || stamp <= 0) problems.push(`/metrics/resource: no timestamp for ${key}`);
    else {
      found.set(key, {
        target,
        atMs: stamp,
        usageCoreNanoSeconds: Math.round(value * 1e9),
        workingSetBytes: null,
        startedAtMs: null,
      });
    }
  }
  for (const {key, metric, value} of later) {
    const figures = found.get(key);
    if (figures === undefined) continue;
    if (metric === 'memory') figures.workingSetBytes = value;
    else figures.startedAtMs = value * 1000;
  }
  return {figures: [...found.values()], problems};
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
  const first = line.charCodeAt(0);
  // Only c(ontainer), p(od) and n(ode) begin a series of ours.
  if (first !== 99 && first !== 112 && first !== 110) return null;
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

/** The value and the timestamp (unix ms) behind the labels; a value that is no finite number is none. */
function numbers(rest: string): number[] {
  const text = rest.trim();
  const space = text.indexOf(' ');
  const value = Number(space === -1 ? text : text.slice(0, space));
  if (text === '' || !Number.isFinite(value)) return [];
  const stamp = space === -1 ? undefined : Number(text.slice(space + 1));
  return stamp !== undefined && Number.isFinite(stamp) ? [value, stamp] : [value];
}
