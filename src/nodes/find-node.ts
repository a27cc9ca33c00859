import {toFailure} from '../model/failure.ts';
import {engines, findContainer, listContainers, type EngineProblem, type NodeContainer} from './container-engine.ts';
import {containerNode} from './kind.ts';
import type {Node} from './node.ts';
import {NodeError} from './node-error.ts';
import {checkNodeName} from './node-name.ts';
import type {NodeOptions} from './options.ts';

/**
 * Finds the node that the options name and works out how to run commands there. A node that exists but is down is found
 * all the same (its shell and its route then say what is wrong, until it is back). Rejects with a `NodeError`, whose
 * `kind` tells a wrong name from somebody who does not answer now.
 */
export async function findNode(options: NodeOptions): Promise<Node> {
  const name = checkNodeName(options.node);
  const env = options.env ?? process.env;
  const asked = await Promise.all(engines(env).map((engine) => findContainer(engine, name, env)));
  const found: NodeContainer[] = [];
  const problems: EngineProblem[] = [];
  for (const answer of asked) {
    if (answer === null) continue;
    if ('problem' in answer) problems.push(answer);
    // `docker` may be podman under another name: the same container is one node.
    else if (!found.some((other) => other.id === answer.id)) found.push(answer);
  }
  const [first, ...rivals] = found;
  if (first !== undefined && rivals.length === 0) return containerNode(first, options);
  if (first !== undefined) {
    const names = found.map((container) => `${container.name} (${container.engine})`);
    throw new NodeError(
      'ambiguous',
      {
        tried: `--node ${name}`,
        problem: `several providers know that name: ${names.join(', ')}`,
        next: `KIND_EXPERIMENTAL_PROVIDER=${first.engine} ktop --node ${name} …`,
      },
      names,
    );
  }
  throw await unknownNode(name, options, problems);
}

async function unknownNode(name: string, options: NodeOptions, problems: readonly EngineProblem[]): Promise<NodeError> {
  const tried = `find the node "${name}"`;
  const silent = problems.filter((problem) => !problem.missing);
  const absent = problems.filter((problem) => problem.missing).map((problem) => problem.engine);
  const env = options.env ?? process.env;
  if (silent[0] !== undefined) {
    const problem = silent.map((one) => `${one.engine} did not answer: ${one.problem}`).join('; ');
    return new NodeError('not-now', {tried, problem, next: `${silent[0].engine} info`});
  }
  if (absent.length === engines(env).length) {
    const problem = `looked for ${absent.join(', ')} on the PATH and found none`;
    return new NodeError('unknown', {tried, problem, next: `ktop --ssh USER@HOST --node ${name} …`});
  }
  const listed = await Promise.all(engines(env).map((engine) => listContainers(engine, env)));
  const nodes = listed.flatMap((answer) => ('problem' in answer ? [] : answer.map((container) => container.name)));
  const problem = nodes.length === 0 ? 'there is no node here at all' : `the nodes here are ${nodes.join(', ')}`;
  const next = nodes[0] === undefined ? 'kind create cluster' : `ktop --node ${nearest(name, nodes)} …`;
  return new NodeError('unknown', {tried, problem, next}, nodes);
}

/** The name that shares the longest beginning with the mistyped one. */
function nearest(name: string, nodes: readonly string[]): string {
  const shared = (other: string) => {
    let length = 0;
    while (length < name.length && other[length] === name[length]) length += 1;
    return length;
  };
  return nodes.reduce((best, other) => (shared(other) > shared(best) ? other : best), nodes[0] ?? name);
}

/** As a sentence for whoever catches it. */
export function nodeFailure(error: unknown, name: string) {
  return toFailure(error, `find the node "${name}"`);
}
