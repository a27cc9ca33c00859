import {FailureError, toFailure, type Failure} from '../../model/failure.ts';
import {severalNames} from '../../model/several-names.ts';
import {ApiServer, podContext, type ApiNode} from './api-server.ts';
import {contextNamed, readKubeconfig, type Kubeconfig, type KubeContext} from './kubeconfig.ts';
import type {ListOptions} from '../options.ts';

/** The API server that knows the node. `node` is null where we may not read nodes. */
export interface NodeApi {
  readonly server: ApiServer;
  /** What the node is called there. */
  readonly name: string;
  readonly node: ApiNode | null;
}

/**
 * The contexts that may be the node's cluster, most likely first: the one that was asked for and no other; else those
 * that the provider's own naming suggests, the current one, the pod's own.
 */
export async function likelyContexts(
  options: ListOptions,
  suggested: readonly string[],
): Promise<readonly KubeContext[]> {
  const env = options.env ?? process.env;
  const config = await readKubeconfig(options.kubeconfig, env);
  if (options.context) {
    if (config === null) {
      const tried = `use the context "${options.context}"`;
      throw new FailureError({
        code: 'bad-config',
        tried,
        problem: 'there is no kubeconfig',
        next: 'ktop --kubeconfig FILE …',
      });
    }
    return [contextNamed(config, options.context)];
  }
  const own = await podContext(env);
  if (config === null) return own === null ? [] : [own];
  const {contexts, current} = config;
  const names = current === null ? suggested : [...suggested, current];
  const found = names.flatMap((name) => contexts.filter((context) => context.name === name));
  if (found.length === 0) found.push(...leftToTake(config, own === null));
  return [...new Set(found), ...(own === null ? [] : [own])];
}

/**
 * What a kubeconfig leaves to take where no context of it was suggested. Throws where its current one cannot be used,
 * as kubectl does; where it has none, only if that `matters`, for then nothing else is left to ask.
 */
function leftToTake(config: Kubeconfig, matters: boolean): readonly KubeContext[] {
  const {current} = config;
  if (current !== null) return [contextNamed(config, current, `use the kubeconfig's current context "${current}"`)];
  const [name, ...others] = [...config.contexts.map((context) => context.name), ...config.incomplete.keys()];
  if (name === undefined) return [];
  // A file with one context and no current one leaves nothing to choose.
  if (others.length === 0) return matters || config.contexts.length > 0 ? [contextNamed(config, name)] : [];
  if (!matters) return [];
  throw new FailureError({
    code: 'bad-config',
    tried: 'find the cluster in the kubeconfig',
    problem: `it has no current context, and several to choose from: ${severalNames([name, ...others])}`,
    next: 'ktop --context NAME …',
  });
}

/**
 * Asks each context for the node under each of its names; the first that has it is the node's cluster. Null where none
 * has it (another cluster's kubeconfig) or there is none. Rejects where one that may have it did not answer.
 */
export async function findNodeApi(
  names: readonly [string, ...string[]],
  contexts: readonly KubeContext[],
  options: ListOptions,
  signal?: AbortSignal,
): Promise<NodeApi | null> {
  const failures: Failure[] = [];
  let unsure: NodeApi | null = null;
  for (const context of contexts) {
    let server: ApiServer | null = null;
    try {
      server = await ApiServer.open(context, options.env ?? process.env);
      const node = await firstNode(server, names, signal);
      if (node === 'hidden') {
        // A user with few rights may not read nodes and still use them.
        if (unsure === null) {
          unsure = {server, name: names[0], node: null};
          continue;
        }
      } else if (node !== null) {
        await unsure?.server.close();
        return {server, name: node.name, node};
      }
    } catch (error) {
      failures.push(toFailure(error, `ask the API server of the context "${context.name}"`));
    }
    await server?.close();
  }
  const [failure] = failures;
  if (unsure === null && failure !== undefined) throw new FailureError(failure);
  return unsure;
}

async function firstNode(server: ApiServer, names: readonly string[], signal?: AbortSignal) {
  for (const name of new Set(names)) {
    const node = await server.node(name, signal);
    if (node !== null) return node;
  }
  return null;
}
