import {describeFailure, toFailure} from '../model/failure.ts';
import {localMs} from '../model/time.ts';
import {namedNodes} from '../nodes/named-nodes.ts';
import type {NodeWish} from '../nodes/node-words.ts';
import {connect} from '../session/connect.ts';
import {Ending} from '../session/ending.ts';
import type {ExporterOptions} from '../session/options.ts';
import {Session} from '../session/session.ts';
import {complain, noteLine} from '../terminal/print.ts';
import {connections, followFleet} from './fleet.ts';
import {MetricsServer} from './metrics-server.ts';
import {NodeMetrics} from './node-metrics.ts';
import {namedSources} from './node-sources.ts';
import {Registry} from './registry.ts';
import {RequestBudget} from './request-budget.ts';
import {Rota} from './rota.ts';
import {SeriesBudget} from './series-budget.ts';

const now = () => localMs(Date.now());

/** Serves the metrics of one node, several or all, until a signal or `forMs` ends it. Resolves with the exit code. */
export async function runExporter(options: ExporterOptions): Promise<number> {
  const {
    metrics: {level, maxSeries, counted},
    connection,
    qps,
    everyMs,
  } = options;
  let nodes: readonly NodeWish[] | null;
  try {
    nodes = options.nodes === null ? null : await namedNodes(options.nodes);
  } catch (error) {
    complain(describeFailure(toFailure(error, 'find the nodes')));
    return 2;
  }
  const registry = new Registry(new SeriesBudget(maxSeries));
  const rota = new Rota(everyMs, qps);
  const shared = {budget: new RequestBudget(qps, connections), rota};
  const add = (node: string): NodeMetrics => {
    const {budget} = registry;
    const added = new NodeMetrics({node, budget, level, patterns: nodes === null ? [] : counted, ticks: null, now});
    registry.add(added);
    return added;
  };
  const count = (many: number): void => {
    rota.nodes = many;
    registry.pollMs = rota.everyMs;
  };
  let server: MetricsServer;
  try {
    server = await MetricsServer.listen(registry, options.metrics);
  } catch (error) {
    complain(describeFailure(toFailure(error, 'serve the metrics')));
    return 2;
  }
  const ending = new Ending(options.forMs);
  const ended = new AbortController();
  noteLine(`ktop: the metrics are at ${server.url}`);
  const failed = (error: unknown): number => {
    complain(describeFailure(toFailure(error, 'watch the nodes')));
    return 2;
  };
  const sessions = (nodes ?? []).map(({label, connection}) => {
    // One that cannot be found yet is told of as down; only what has no name waits for one.
    let metrics = label === '' ? null : add(label);
    return new Session({
      connect: (signal) => connect(connection, signal),
      unit: connection.unit,
      sources: (found) => {
        metrics ??= add(found.name);
        return namedSources(found, connection.unit, counted.length > 0, {...shared, asked: metrics.requested});
      },
      sink: (event) => metrics?.apply(event),
    });
  });
  if (nodes !== null) count(nodes.length);
  const fleet =
    nodes !== null
      ? new Promise<never>(() => undefined)
      : followFleet(
          {connection, shared, add, remove: (gone) => registry.remove(gone), counted: count, complain},
          ended.signal,
        );
  const running = fleet.then(() => 0, failed);
  const unresolved = sessions.map((session) => session.unresolved.then(failed));
  try {
    return await Promise.race([ending.code, running, ...unresolved]);
  } finally {
    ended.abort();
    await Promise.all([server.close(), ...sessions.map((session) => session.close())]);
    ending.release();
  }
}
