import type {Failure} from '../../model/failure.ts';
import {
  engines,
  findContainer,
  findHost,
  listContainers,
  looksLikeNode,
  type EngineProblem,
  type NodeContainer,
} from '../exec/container-engine.ts';
import type {NodeChoice} from '../node-error.ts';
import {containerNode, providerOf} from './container-node.ts';
import type {Answer, ListedNode, ListQuestion, Listing, Provider, Search, Silence} from './provider.ts';

/** kind's nodes, and all others that are containers of this machine's engines, minikube's among them. */
export const kind: Provider = {name: 'kind', needsName: true, isLastResort: false, find, list};

async function find({name, options, env, signal}: Search): Promise<Answer> {
  const asked = await askEngines(name, env, signal);
  const found: NodeContainer[] = [];
  const silences: Silence[] = [];
  // Who has docker running and a broken podman beside it mistyped the name: nothing is to be waited for.
  const rank = asked.some((answer) => answer === null || !('problem' in answer)) ? 'spare' : 'awaited';
  for (const answer of asked) {
    if (answer === null) continue;
    if ('problem' in answer) {
      const {engine, missing} = answer;
      const problem = missing ? answer.problem : `${engine} did not answer: ${answer.problem}`;
      silences.push({problem, rank: missing ? 'absent' : rank, next: `${engine} info`});
    } else if (!found.some((other) => other.id === answer.id)) {
      // `docker` may be podman under another name: the same container is one node.
      found.push(answer);
    }
  }
  const findings = found.map((container): NodeChoice => {
    const {engine} = container;
    const chosen = found.length > 1 ? `KIND_EXPERIMENTAL_PROVIDER=${engine} ` : '';
    return {
      title: `a container of ${engine}`,
      command: `${chosen}ktop --via kind --node ${name} …`,
      open: () => containerNode(container, options),
    };
  });
  return {findings, silences};
}

/** What each engine says. Only where none has a container of that name they are asked for a host of that name. */
async function askEngines(
  name: string,
  env: Search['env'],
  signal: AbortSignal,
): Promise<readonly (NodeContainer | null | EngineProblem)[]> {
  const all = engines(env);
  const named = await Promise.all(all.map((engine) => findContainer(engine, name, env, signal)));
  if (named.some((answer) => answer !== null && !('problem' in answer))) return named;
  return Promise.all(all.map(async (engine, i) => named[i] ?? (await findHost(engine, name, env, signal))));
}

async function list({env, signal}: ListQuestion): Promise<Listing> {
  const found: NodeContainer[] = [];
  const problems: Failure[] = [];
  for (const answer of await Promise.all(engines(env).map((engine) => listContainers(engine, env, signal)))) {
    if ('problem' in answer) {
      const {engine, missing, problem} = answer;
      if (!missing) problems.push({tried: `${engine} ps`, problem, next: `${engine} info`});
      continue;
    }
    const known = new Set(found.map(({id}) => id));
    found.push(...answer.filter(({id}) => !known.has(id)));
  }
  // A node that was made by hand may look like any other container, but for its name.
  const [sure, unsure] = [found.filter(looksLikeNode), found.filter((one) => !looksLikeNode(one))];
  return {nodes: sure.map(listed), candidates: unsure.map(listed), problems};
}

function listed(container: NodeContainer): ListedNode {
  const {name, engine, role, state} = container;
  return {name, provider: providerOf(container), role, kubeletVersion: null, state, reach: `${engine} exec`};
}
