import {InvalidArgumentError, type Command} from 'commander';
import type {ExporterOptions, MetricsLevel, MetricsOptions} from '../session/options.ts';
import {nodesFlag, readConnection, readNodes} from './connection-flags.ts';
import {Flag, UnusableValue} from './flag.ts';
import {durationMs, linePattern} from './watch-flags.ts';

const levels: readonly MetricsLevel[] = ['node', 'pod', 'container'];

/** The options of the metrics, with and without a screen. */
export const metricsFlags = {
  metrics: Flag.of(
    '--metrics <address:port>',
    'serve OpenMetrics there, for Prometheus: 127.0.0.1:9477',
    listenAddress,
  ),
  webConfig: Flag.text(
    '--metrics-web-config <file>',
    "TLS and users of the metrics, as the Prometheus exporters' web config",
  ),
  level: Flag.choice('--metrics-by <level>', 'what has series of its own', levels),
  maxSeries: Flag.number('--max-series <n>', 'series of the metrics (default: 50000)', [50, 10_000_000]),
  count: Flag.list('--count <name=pattern>', 'count journal lines that match, as a metric; repeatable', counted),
} as const;

/** The options of the exporter alone. */
export const exporterFlags = {
  nodes: nodesFlag,
  allNodes: Flag.switch('--all-nodes', "all nodes of the cluster, through the API server's node proxy"),
  qps: Flag.number('--qps <n>', 'requests to kubelets a second at most, of all nodes (default: 50)', [1, 10_000]),
  every: Flag.of('--every <duration>', 'how often a node is asked (default: 5s)', durationMs),
  for: Flag.of('--for <duration>', 'end after this long (30s, 5m)', durationMs),
} as const;

const loopback = {host: '127.0.0.1', port: 9477};

/** The metrics beside a screen; null where none were asked for. Throws an `UnusableValue`. */
export function readMetrics(command: Command): MetricsOptions | null {
  const listen = metricsFlags.metrics.read(command);
  return listen === null ? null : metricsAt(command, listen);
}

/** What an exporter was asked to watch. Throws an `UnusableValue`. */
export function readExporter(command: Command): ExporterOptions {
  const flags = exporterFlags;
  const connection = readConnection(command);
  const nodes = readNodes(command);
  const allNodes = flags.allNodes.read(command);
  if (allNodes && nodes.length > 0 && flags.nodes.sourceIn(command) === 'cli') {
    throw new UnusableValue(
      flags.allNodes,
      'cli',
      'all nodes are meant, or those that are named: leave out one of both',
    );
  }
  // A demo, this machine and an ssh address are nodes without a name.
  const isNamed = connection.via === 'demo' || connection.via === 'local' || connection.ssh !== null;
  if (!allNodes && nodes.length === 0 && !isNamed) {
    throw new UnusableValue(flags.nodes, 'cli', 'name the nodes: --node NAME, or --all-nodes');
  }
  return {
    metrics: metricsAt(command, metricsFlags.metrics.read(command) ?? loopback),
    nodes: allNodes ? null : nodes.length === 0 ? [{label: '', connection}] : nodes,
    connection,
    qps: flags.qps.read(command) ?? 50,
    everyMs: Math.max(1000, flags.every.read(command) ?? 5000),
    forMs: flags.for.read(command),
  };
}

function metricsAt(command: Command, listen: MetricsOptions['listen']): MetricsOptions {
  const flags = metricsFlags;
  return {
    listen,
    webConfig: flags.webConfig.read(command),
    level: flags.level.read(command) ?? 'container',
    maxSeries: flags.maxSeries.read(command) ?? 50_000,
    counted: flags.count.read(command),
  };
}

/** `127.0.0.1:9477`, `[::1]:9477`, `:9477` (every address), `localhost:9477`. */
function listenAddress(text: string): MetricsOptions['listen'] {
  const [, bracketed, plain = '', digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits ?? Number.NaN);
  if (!(port >= 0 && port <= 65_535))
    throw new InvalidArgumentError('an address with a port is wanted: 127.0.0.1:9477');
  return {host: bracketed ?? (plain === '' ? '::' : plain), port};
}

/** A label's value: what a name may hold is written in any alert. */
const patternName = /^[A-Za-z_][\w.-]{0,63}$/;

function counted(given: readonly string[]): MetricsOptions['counted'] {
  const all = given.map((text) => {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    if (!patternName.test(name))
      throw new InvalidArgumentError('a name and a pattern are wanted: evictions=eviction manager');
    return {name, pattern: linePattern(text.slice(at + 1))};
  });
  const names = all.map(({name}) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`the name '${twice}' is given twice`);
  return all;
}
