import type {Failure} from '../model/failure.ts';
import {isNodeName} from './node-name.ts';
import type {ListOptions} from './options.ts';
import type {ListedNode, Listing} from './providers/provider.ts';
import type {ProviderName} from './providers/names.ts';
import {loadProvider, loadProviders} from './providers/registry.ts';

export interface NodeList {
  readonly nodes: readonly ListedNode[];
  /** Who could not be asked; the list stands without them. */
  readonly problems: readonly Failure[];
}

/**
 * Every node that the engines, minikube, this machine and the kubeconfig's clusters know, each once: as the first
 * provider lists it, with what the others know besides. `only` asks just one of them.
 */
export async function listNodes(
  options: ListOptions,
  signal: AbortSignal = never,
  only: ProviderName | null = null,
): Promise<NodeList> {
  const env = options.env ?? process.env;
  const providers = only === null ? await loadProviders() : [await loadProvider(only)];
  return gathered(await Promise.all(providers.map((provider) => provider.list({options, env, signal}))));
}

/** What several have listed, as one list. */
export function gathered(listings: readonly Listing[]): NodeList {
  const known = new Set(listings.flatMap(({nodes}) => nodes).map(({name}) => name));
  const listed = listings.flatMap(({nodes, candidates = []}) => [
    ...nodes,
    ...candidates.filter(({name}) => known.has(name)),
  ]);
  const byName = new Map<string, ListedNode>();
  for (const node of listed) {
    const first = byName.get(node.name);
    byName.set(node.name, first === undefined ? node : merged(first, node));
  }
  const problems = listings.flatMap((listing) => listing.problems ?? []);
  // Nobody could ask for a node of such a name.
  const named = [...byName.values()].filter(({name}) => isNodeName(name));
  const left = byName.size - named.length;
  if (left > 0) problems.push({tried: 'list the nodes', problem: `${left} without a usable name`, next: null});
  return {nodes: named.sort((one, other) => one.name.localeCompare(other.name)), problems};
}

const never = new AbortController().signal;

/** The cluster, which comes last, knows best which kubelet runs there. */
function merged(first: ListedNode, other: ListedNode): ListedNode {
  return {
    ...first,
    role: first.role ?? other.role,
    kubeletVersion: other.kubeletVersion ?? first.kubeletVersion,
  };
}
