import type {Forecast} from '../model/housekeeping/forecast.ts';
import {timerState} from '../model/housekeeping/timer-state.ts';
import type {LocalMs} from '../model/time.ts';
import type {Family} from './family.ts';
import type {Label} from './labels.ts';
import type {NodeMetrics} from './node-metrics.ts';
import type {OwnCost} from './own-cost.ts';

/** A family and its values: each with a label beside those of its row, or null. A value of null is left out. */
export interface Figure<Of> extends Family {
  readonly values: (of: Of, now: LocalMs) => Iterable<readonly [extra: Label | null, value: number | null]>;
}

type OneValue<Of> = (of: Of, now: LocalMs) => number | null;

function one<Of>(kind: Family['kind'], name: string, help: string, value: OneValue<Of>): Figure<Of> {
  return {kind, name, help, values: (of, now) => [[null, value(of, now)]]};
}

/** To a millisecond: more is neither known nor worth its bytes. */
const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms) / 1000);

/** What is told of a node. */
export const nodeFigures: readonly Figure<NodeMetrics>[] = [
  one('gauge', 'ktop_kubelet_up', 'Whether the kubelet answers (1) or not (0).', (node) => Number(node.isUp)),
  {
    kind: 'gauge',
    name: 'ktop_kubelet_info',
    help: 'The version of the kubelet, where it is known.',
    values: ({version}) => (version === null ? [] : [[['version', version], 1]]),
  },
  one(
    'counter',
    'ktop_kubelet_restarts_total',
    'Starts of the kubelet seen since ktop began.',
    (node) => node.restarts,
  ),
  one('gauge', 'ktop_kubelet_crash_loop', 'Whether the kubelet starts and ends again and again.', (node, now) =>
    Number(node.isCrashLooping(now)),
  ),
  one('counter', 'ktop_kubelet_requests_total', 'Requests for stats sent to the kubelet.', (node) => node.requests),
  {
    kind: 'counter',
    name: 'ktop_scrape_errors_total',
    help: 'Polls of the kubelet without an answer, or with a part missing (partial), by reason.',
    values: ({errors}) => [...errors].map(([code, count]) => [['reason', code], count] as const),
  },
  one('gauge', 'ktop_kubelet_answer_seconds', 'How long the newest answer took.', (node) => seconds(node.answerMs)),
  one('gauge', 'ktop_kubelet_answer_age_seconds', 'How long ago the newest answer came.', (node, now) =>
    seconds(node.answerAgeMs(now)),
  ),
  one('gauge', 'ktop_node_clock_ahead_seconds', "How far the node's clock is ahead of ktop's.", (node) =>
    seconds(node.aheadMs),
  ),
  one('gauge', 'ktop_node_targets', 'Pods and containers in the newest answer.', (node) => node.targets),
  one('gauge', 'ktop_node_sample_age_seconds', 'Age of the oldest of the newest samples.', (node, now) =>
    seconds(node.oldestAgeMs(now)),
  ),
  one('gauge', 'ktop_node_sample_age_worst_seconds', 'The oldest that any sample was since ktop began.', (node) =>
    seconds(node.worstAgeMs),
  ),
  one(
    'gauge',
    'ktop_node_housekeeping_base_seconds',
    "The kubelet's --housekeeping-interval, as told or learned from the ticks.",
    (node) => seconds(node.base?.intervalMs ?? null),
  ),
  one('gauge', 'ktop_node_housekeeping_base_probability_ratio', 'How sure the base is.', (node) =>
    node.base === null ? null : Math.round(node.base.probability * 1e4) / 1e4,
  ),
  one('counter', 'ktop_journal_lines_total', "Lines of the kubelet's journal read since ktop began.", (node) =>
    node.readsJournal ? node.lines : null,
  ),
  {
    kind: 'counter',
    name: 'ktop_journal_matches_total',
    help: 'Lines of the journal that match a pattern of --count.',
    values: ({matches, readsJournal}) =>
      readsJournal ? [...matches].map(([name, count]) => [['pattern', name], count] as const) : [],
  },
];

/** The quantiles that a scrape carries of each countdown. */
const nextTickQuantiles: readonly number[] = [0.1, 0.5, 0.9];

/** What is told of a pod or container. */
export const rowFigures: readonly Figure<Forecast>[] = [
  one('gauge', 'ktop_sample_age_seconds', 'Age of the newest sample.', ({ageMs}) => seconds(ageMs)),
  one(
    'gauge',
    'ktop_sample_age_worst_seconds',
    'The oldest that a sample was when the next one came, or is now.',
    ({worstAgeMs}) => seconds(worstAgeMs),
  ),
  one(
    'gauge',
    'ktop_housekeeping_interval_seconds',
    "The likeliest interval of the target's housekeeping; cAdvisor waits between once and twice that.",
    ({states}) => seconds(states[0]?.intervalMs ?? null),
  ),
  {
    kind: 'gauge',
    name: 'ktop_housekeeping_state',
    help: 'Always 1: why the interval is what it is, in the label state.',
    values: (forecast) => [[['state', timerState(forecast)], 1]],
  },
  {
    kind: 'gauge',
    name: 'ktop_next_tick_seconds',
    help: 'In how long the next sample has been taken with the probability p.',
    values: ({phase, next, at}) =>
      phase === 'runtime'
        ? []
        : nextTickQuantiles.map((p) => [['p', String(p)], seconds(Math.max(0, next.quantile(p) - at))] as const),
  },
];

/** Observed waits, by node and by row. */
export const waitFamilies = {
  node: {
    kind: 'histogram',
    name: 'ktop_node_housekeeping_wait_seconds',
    help: 'Waits between two samples of the pods and containers that are followed on the node.',
  },
  row: {
    kind: 'histogram',
    name: 'ktop_housekeeping_wait_seconds',
    help: 'Waits between two samples.',
  },
} as const satisfies Record<string, Family>;

/** What ktop itself costs; the names are those of Prometheus' own client libraries. */
export const ownFigures: readonly Figure<OwnCost>[] = [
  one('counter', 'process_cpu_seconds_total', 'Processor time of ktop.', ({cpuSeconds}) => cpuSeconds),
  one('gauge', 'process_resident_memory_bytes', 'Resident memory of ktop.', ({memoryBytes}) => memoryBytes),
  one('gauge', 'process_start_time_seconds', 'When ktop was started, unix time.', ({startedAt}) => startedAt),
  one('gauge', 'ktop_nodes', 'Nodes that are watched.', ({nodes}) => nodes),
  one('gauge', 'ktop_poll_interval_seconds', 'How often each node is asked.', ({pollSeconds}) => pollSeconds),
  one('gauge', 'ktop_series', 'Series that have a place within --max-series.', ({series}) => series),
  one('gauge', 'ktop_series_dropped', 'Series that are left out because of --max-series.', ({dropped}) => dropped),
  one('counter', 'ktop_scrapes_total', 'Scrapes that were answered.', ({scrapes}) => scrapes),
  one('counter', 'ktop_scrapes_refused_total', 'Scrapes that were refused.', ({refused}) => refused),
];
