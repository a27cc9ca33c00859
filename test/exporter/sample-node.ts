import type {Event, Sample} from '../../src/model/event.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {NodeMetrics, type NodeMetricsOptions} from '../../src/exporter/node-metrics.ts';
import {Registry} from '../../src/exporter/registry.ts';
import {SeriesBudget} from '../../src/exporter/series-budget.ts';
import {TextWriter} from '../../src/exporter/text-writer.ts';

export const t0 = 1_795_464_000_000;

/** A sample of the pod's only container, taken at `atMs`. */
export function sampleOf(pod: string, atMs: number, container: string | null = 'app'): Sample {
  return {
    target: {namespace: 'default', pod, container},
    at: nodeMs(atMs),
    precision: 'ms',
    usageCoreNanoSeconds: atMs,
    usageNanoCores: null,
    workingSetBytes: 1,
    fingerprint: '',
    startedAt: null,
    uid: null,
    novelty: 'new',
  };
}

export function pollAt(receivedMs: number, samples: readonly Sample[]): Event {
  return {
    type: 'poll',
    poll: {sentAt: localMs(receivedMs - 10), receivedAt: localMs(receivedMs), samples, problems: []},
  };
}

export const following: Event = {type: 'stats-stream', state: {kind: 'following', since: localMs(t0)}};

/** A registry with one node, `n`, and its scrape in Prometheus' text format. */
export function oneNode(maxSeries: number, options: Partial<NodeMetricsOptions> = {}) {
  const registry = new Registry(new SeriesBudget(maxSeries));
  const node = new NodeMetrics({
    node: 'n',
    budget: registry.budget,
    level: 'container',
    patterns: [],
    ticks: null,
    now: () => localMs(t0),
    ...options,
  });
  registry.add(node);
  const scrape = (nowMs: number): readonly string[] =>
    registry.write(new TextWriter('text'), localMs(nowMs)).toString().split('\n');
  return {registry, node, scrape};
}
