import type {Event} from '../model/event.ts';
import type {HousekeepingPaneModel} from '../model/housekeeping/housekeeping-pane-model.ts';
import {localMs} from '../model/time.ts';
import type {MetricsOptions} from '../session/options.ts';
import type {StatsPace} from '../sources/stats/follow-stats.ts';
import {MetricsServer} from './metrics-server.ts';
import {NodeMetrics} from './node-metrics.ts';
import {Registry} from './registry.ts';
import {SeriesBudget} from './series-budget.ts';

/** The metrics of a node that is on the screen, or in the JSON lines: the same events, the same forecast. */
interface NodeBeside {
  /** Takes an event, after the models did. */
  apply(event: Event): void;
  /** The screen's own pace, whose requests are counted. */
  readonly pace: StatsPace;
  /** Tells of the node no more. */
  end(): void;
}

/** The metrics beside a screen, of all nodes that are on it. */
export interface MetricsBeside {
  /** Tells of a node from the moment on when it is reached; `label` is what it is called where another has its name. */
  of(ticks: HousekeepingPaneModel, label: string): NodeBeside;
  close(): Promise<void>;
}

/** Serves the metrics beside a screen. Rejects with a `FailureError` where that is not possible or not allowed. */
export async function metricsBeside(options: MetricsOptions): Promise<MetricsBeside> {
  const registry = new Registry(new SeriesBudget(options.maxSeries));
  const server = await MetricsServer.listen(registry, options);
  // Two series of one name and the same labels would spoil the whole scrape.
  const names = new Set<string>();
  return {
    of: (ticks, label) => {
      let own: {readonly name: string; readonly metrics: NodeMetrics} | null = null;
      const end = (): void => {
        if (own === null) return;
        registry.remove(own.metrics);
        names.delete(own.name);
        own = null;
      };
      const begin = (node: string): void => {
        end();
        const name = names.has(node) ? label : node;
        const {budget} = registry;
        const {level, counted: patterns} = options;
        const metrics = new NodeMetrics({node: name, budget, level, patterns, ticks, now: () => localMs(Date.now())});
        registry.add(metrics);
        names.add(name);
        own = {name, metrics};
      };
      ticks.onWait((target, waitMs) => own?.metrics.waited(target, waitMs));
      return {
        apply: (event) => {
          if (event.type === 'node') begin(event.node.name);
          own?.metrics.apply(event);
        },
        pace: {
          delayMs: (now) => ticks.delayMs(now),
          watches: (target) => ticks.watches(target),
          spent: (requests, now) => {
            if (own !== null) own.metrics.requests += requests;
            ticks.spent(requests, now);
          },
        },
        end,
      };
    },
    close: () => server.close(),
  };
}
