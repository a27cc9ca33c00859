import {FailureError, toFailure, type Failure} from '../../model/failure.ts';
import {findNodeApi, likelyContexts} from '../kube/api-lookup.ts';
import {ApiServer, type ApiNode} from '../kube/api-server.ts';
import {NodeError} from '../node-error.ts';
import {apiNode} from './api-node.ts';
import type {Answer, ListQuestion, Listing, Provider, Search} from './provider.ts';

/** The clusters of the kubeconfig: they know nodes, but run no commands there. */
export const api: Provider = {name: 'api', needsName: true, isLastResort: true, find, list};

async function find({name, options, isChosen, signal}: Search): Promise<Answer> {
  const command = `ktop --via api --node ${name} …`;
  const finding = {title: 'a node of the cluster', command, open: () => apiNode(name, options)};
  if (isChosen) return {findings: [finding]};
  try {
    const found = await findNodeApi([name], await likelyContexts(options, []), options, signal);
    await found?.server.close();
    return found?.node == null ? {} : {findings: [finding]};
  } catch (error) {
    if (error instanceof FailureError && error.failure.code === 'bad-config') {
      throw new NodeError('bad-option', error.failure);
    }
    const {tried, problem, next} = toFailure(error, 'ask the API server');
    return {silences: [{problem: `${tried}: ${problem}`, rank: 'awaited', next}]};
  }
}

async function list({options, env, signal}: ListQuestion): Promise<Listing> {
  const nodes = new Map<string, ApiNode>();
  const problems: Failure[] = [];
  try {
    for (const context of await likelyContexts(options, [])) {
      const server = await ApiServer.open(context, env);
      try {
        for (const node of await server.nodes(signal)) if (!nodes.has(node.name)) nodes.set(node.name, node);
      } finally {
        await server.close();
      }
    }
  } catch (error) {
    problems.push(toFailure(error, 'list the nodes of the cluster'));
  }
  const listed = [...nodes.values()].map(({name, roles, kubeletVersion, ready}) => ({
    name,
    provider: 'api' as const,
    role: roles.length === 0 ? null : roles.join(','),
    kubeletVersion,
    state: ready ? 'Ready' : 'NotReady',
    reach: 'stats only',
  }));
  return {nodes: listed, problems};
}
