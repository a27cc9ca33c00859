import {toFailure, type Failure} from '../model/failure.ts';
import {ApiServer, type ApiNode} from './kube/api-server.ts';
import {likelyContexts} from './kube/api-lookup.ts';
import {engines, listContainers, looksLikeNode, type NodeContainer} from './exec/container-engine.ts';
import {isMinikube} from './providers/container.ts';
import {hasLocalKubelet, localName} from './providers/local.ts';
import {listMinikube} from './providers/minikube.ts';
import type {ProviderName} from './node.ts';
import type {ListOptions} from './options.ts';

/** A node that ktop can see, as `ktop nodes` shows it. */
export interface ListedNode {
  readonly name: string;
  readonly provider: ProviderName;
  readonly role: string | null;
  readonly kubeletVersion: string | null;
  /** `running`, `exited`, `Ready`, `NotReady`. */
  readonly state: string;
  /** How commands would get there. */
  readonly reach: string;
}

export interface NodeList {
  readonly nodes: readonly ListedNode[];
  /** Who could not be asked; the list stands without them. */
  readonly problems: readonly Failure[];
}

/** Every node that the engines, minikube, this machine and the kubeconfig's clusters know, each once. */
export async function listNodes(options: ListOptions): Promise<NodeList> {
  const env = options.env ?? process.env;
  const problems: Failure[] = [];
  const [containers, minikube, local, cluster] = await Promise.all([
    listAllContainers(options, problems),
    listMinikube(env, {states: true}),
    hasLocalKubelet(),
    listCluster(options, problems),
  ]);
  const nodes = new Map<string, ListedNode>();
  const add = (node: ListedNode) => {
    const known = cluster.get(node.name);
    if (nodes.has(node.name)) return;
    nodes.set(node.name, {
      ...node,
      role: node.role ?? roleOf(known),
      kubeletVersion: known?.kubeletVersion ?? node.kubeletVersion,
    });
  };
  for (const container of containers) {
    // A node that was made by hand may look like any other container, but for its name.
    if (looksLikeNode(container) || cluster.has(container.name)) add(listedContainer(container));
  }
  if ('problem' in minikube) {
    problems.push({tried: 'minikube profile list', problem: minikube.problem, next: 'minikube status'});
  } else {
    for (const {name, controlPlane, version, state, driver} of minikube) {
      const role = controlPlane ? 'control-plane' : 'worker';
      add({name, provider: 'minikube', role, kubeletVersion: version, state, reach: `ssh (${driver})`});
    }
  }
  if (local) {
    const name = localName();
    add({name, provider: 'local', role: null, kubeletVersion: null, state: 'here', reach: 'on the node itself'});
  }
  for (const node of cluster.values()) {
    const state = node.ready ? 'Ready' : 'NotReady';
    add({name: node.name, provider: 'api', role: null, kubeletVersion: null, state, reach: 'stats only'});
  }
  return {nodes: [...nodes.values()].sort((left, right) => left.name.localeCompare(right.name)), problems};
}

function listedContainer(container: NodeContainer): ListedNode {
  const {name, engine, role, state} = container;
  const provider = isMinikube(container) ? 'minikube' : 'kind';
  return {name, provider, role, kubeletVersion: null, state, reach: `${engine} exec`};
}

async function listAllContainers(options: ListOptions, problems: Failure[]): Promise<readonly NodeContainer[]> {
  const env = options.env ?? process.env;
  const found: NodeContainer[] = [];
  for (const answer of await Promise.all(engines(env).map((engine) => listContainers(engine, env)))) {
    if ('problem' in answer) {
      const {engine, missing, problem} = answer;
      if (!missing) problems.push({tried: `${engine} ps`, problem, next: `${engine} info`});
      continue;
    }
    found.push(...answer.filter((container) => !found.some((other) => other.id === container.id)));
  }
  return found;
}

/** The nodes of the current context's cluster by name. */
async function listCluster(options: ListOptions, problems: Failure[]): Promise<ReadonlyMap<string, ApiNode>> {
  const nodes = new Map<string, ApiNode>();
  try {
    for (const context of await likelyContexts(options, [])) {
      const server = await ApiServer.open(context, options.env ?? process.env);
      try {
        for (const node of await server.nodes()) if (!nodes.has(node.name)) nodes.set(node.name, node);
      } finally {
        await server.close();
      }
    }
  } catch (error) {
    problems.push(toFailure(error, 'list the nodes of the cluster'));
  }
  return nodes;
}

function roleOf(node: ApiNode | undefined): string | null {
  return node === undefined || node.roles.length === 0 ? null : node.roles.join(',');
}
