import type {Event} from '../model/event.ts';
import type {HousekeepingPaneModel} from '../model/housekeeping/housekeeping-pane-model.ts';
import {localMs} from '../model/time.ts';
import type {MetricsOptions} from '../session/options.ts';
import type {StatsPace} from '../sources/stats/follow-stats.ts';
import {MetricsServer} from './metrics-server.ts';
import {NodeMetrics} from './node-metrics.ts';
import {Registry} from './registry.ts';
import {SeriesBudget} from './series-budget.ts';

/** The metrics of the node that is on the screen, or in the JSON lines: the same events, the same forecast. */
export interface MetricsBeside {
  /** Takes an event, after the models did. */
  apply(event: Event): void;
  /** The screen's own pace, whose requests are counted. */
  readonly pace: StatsPace;
  close(): Promise<void>;
}

/** Serves the metrics beside a screen. Rejects with a `FailureError` where that is not possible or not allowed. */
export async function metricsBeside(options: MetricsOptions, ticks: HousekeepingPaneModel): Promise<MetricsBeside> {
  const registry = new Registry(new SeriesBudget(options.maxSeries));
  const server = await MetricsServer.listen(registry, options);
  let metrics: NodeMetrics | null = null;
  ticks.onWait((target, waitMs) => metrics?.waited(target, waitMs));
  return {
    apply: (event) => {
      if (event.type === 'node') {
        if (metrics !== null) registry.remove(metrics);
        metrics = new NodeMetrics({
          node: event.node.name,
          budget: registry.budget,
          level: options.level,
          patterns: options.counted,
          ticks,
          now: () => localMs(Date.now()),
        });
        registry.add(metrics);
      }
      metrics?.apply(event);
    },
    pace: {
      delayMs: (now) => ticks.delayMs(now),
      watches: (target) => ticks.watches(target),
      spent: (requests, now) => {
        if (metrics !== null) metrics.requests += requests;
        ticks.spent(requests, now);
      },
    },
    close: () => server.close(),
  };
}
