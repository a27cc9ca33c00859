import type {Event} from '../model/event.ts';
import {describeFailure, FailureError, toFailure} from '../model/failure.ts';
import {likelyContexts} from '../nodes/kube/api-lookup.ts';
import {ApiServer} from '../nodes/kube/api-server.ts';
import {apiserverRoute} from '../nodes/kubelet/route.ts';
import {isNodeName} from '../nodes/node-name.ts';
import type {ListOptions} from '../nodes/options.ts';
import {sleep} from '../util/sleep.ts';
import {lightSources, type Shared} from './node-sources.ts';
import type {NodeMetrics} from './node-metrics.ts';

/** Nodes come and go; the list of their names is small. */
const listEveryMs = 60_000;
const listAgainMs = 5_000;
/** One slow node takes one of these for as long as it is waited for. */
export const connections = 64;

export interface FleetOptions {
  readonly connection: ListOptions;
  readonly shared: Omit<Shared, 'asked'>;
  /** A node came: it is told of from now on. */
  readonly add: (name: string) => NodeMetrics;
  readonly remove: (metrics: NodeMetrics) => void;
  /** How many there are now. */
  readonly counted: (nodes: number) => void;
  /** How often the list of names is read, in ms; default: once a minute. */
  readonly listEveryMs?: number;
  /** The list of nodes could not be had, once for each reason. */
  readonly complain: (why: string) => void;
}

interface Member {
  readonly metrics: NodeMetrics;
  readonly gone: AbortController;
  readonly running: Promise<unknown>;
}

/**
 * Follows all nodes of a cluster through its API server, over one pool of connections, until the signal aborts. Rejects
 * where there is no cluster that could be asked; one that does not answer is waited for.
 */
export async function followFleet(options: FleetOptions, signal: AbortSignal): Promise<void> {
  const [context] = await likelyContexts(options.connection, []);
  if (context === undefined) {
    const problem = 'there is no kubeconfig with a current context, and no service account of a pod';
    throw new FailureError({
      code: 'bad-config',
      tried: 'find the nodes of the cluster',
      problem,
      next: 'ktop exporter --all-nodes --kubeconfig FILE',
    });
  }
  const server = await ApiServer.open(context, options.connection.env ?? process.env, connections);
  const members = new Map<string, Member>();
  let told = '';
  try {
    while (!signal.aborted) {
      const names = await server.nodeNames(signal).catch((error: unknown) => {
        const why = describeFailure(toFailure(error, 'list the nodes of the cluster'));
        if (!signal.aborted && why !== told) options.complain(why);
        told = why;
        return null;
      });
      if (names !== null) {
        told = '';
        update(members, new Set(names.filter(isNodeName)), server, options);
      }
      await sleep(names === null ? listAgainMs : (options.listEveryMs ?? listEveryMs), signal);
    }
  } finally {
    for (const {gone} of members.values()) gone.abort();
    await server.close();
    await Promise.all([...members.values()].map(({running}) => running));
  }
}

function update(
  members: Map<string, Member>,
  names: ReadonlySet<string>,
  server: ApiServer,
  options: FleetOptions,
): void {
  options.counted(names.size);
  for (const [name, {metrics, gone}] of members) {
    if (names.has(name)) continue;
    gone.abort();
    members.delete(name);
    options.remove(metrics);
  }
  for (const name of names) {
    if (members.has(name)) continue;
    const metrics = options.add(name);
    const gone = new AbortController();
    const shared = {...options.shared, asked: metrics.requested};
    const sources = lightSources(name, () => Promise.resolve(apiserverRoute(server, name)), shared);
    const running = Promise.all(
      sources.map((source) => pump(source(gone.signal, sleep, sleep), (event) => metrics.apply(event))),
    );
    members.set(name, {metrics, gone, running});
  }
}

async function pump(events: AsyncIterable<Event>, take: (event: Event) => void): Promise<void> {
  for await (const event of events) take(event);
}
