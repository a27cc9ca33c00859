import {FailureError, toFailure} from '../model/failure.ts';
import {apiNode} from './providers/api.ts';
import {findNodeApi, likelyContexts} from './kube/api-lookup.ts';
import {engines, findContainer, type NodeContainer} from './exec/container-engine.ts';
import {containerNode} from './providers/container.ts';
import {hasLocalKubelet, localName, localNode} from './providers/local.ts';
import {listMinikube, minikubeSsh, type MinikubeNode} from './providers/minikube.ts';
import type {Node} from './node.ts';
import {AmbiguousName, NodeError, type NodeChoice} from './node-error.ts';
import {checkNodeName} from './node-name.ts';
import type {NodeOptions} from './options.ts';
import {parseSshTarget, sshNode} from './providers/ssh.ts';

/** Somebody who would know, but could not be asked. */
interface Silence {
  readonly problem: string;
  /** Not installed; a spare one, because another engine answers; or worth waiting for. */
  readonly rank: 'absent' | 'spare' | 'awaited';
  readonly next: string | null;
}

interface Answers {
  /** Those who know a node of that name. */
  readonly findings: readonly NodeChoice[];
  readonly silences: readonly Silence[];
}

/**
 * Finds the node that the options name and works out how to run commands there. A node that exists but is down is found
 * all the same (its shell and its route then say what is wrong, until it is back). Rejects with a `NodeError`, whose
 * `kind` tells a wrong name from somebody who does not answer now.
 */
export async function findNode(options: NodeOptions): Promise<Node> {
  const {via, ssh} = options;
  if (ssh) {
    if (via && via !== 'ssh') {
      const tried = `--ssh ${ssh} --via ${via}`;
      throw new NodeError('bad-option', {
        tried,
        problem: '--ssh goes with --via ssh only',
        next: `ktop --ssh ${ssh} …`,
      });
    }
    const target = parseSshTarget(ssh);
    return sshNode({target, name: options.node === '' ? '' : checkNodeName(options.node), options});
  }
  if (via === 'local') return localNode(options.node === '' ? localName() : checkNodeName(options.node), options);
  const name = checkNodeName(options.node);
  if (via === 'ssh') return sshNode({target: parseSshTarget(name), name, options});
  if (via === 'api') return apiNode(name, options);
  const answers = await Promise.all([
    ...(via === 'minikube' ? [] : [askEngines(name, options)]),
    ...(via === 'kind' ? [] : [askMinikube(name, options)]),
    ...(via ? [] : [askLocal(name, options)]),
  ]);
  const findings = answers.flatMap((answer) => answer.findings);
  const silences = answers.flatMap((answer) => answer.silences);
  const [first, ...rivals] = findings;
  if (first !== undefined && rivals.length === 0) return first.open();
  if (first !== undefined) throw new AmbiguousName(name, findings);
  // Nobody can run commands there; perhaps the cluster at least knows it.
  const api = via ? {findings: [], silences: []} : await askApi(name, options);
  if (api.findings[0] !== undefined) return api.findings[0].open();
  throw await notFound(name, options, [...silences, ...api.silences]);
}

async function askEngines(name: string, options: NodeOptions): Promise<Answers> {
  const env = options.env ?? process.env;
  const asked = await Promise.all(engines(env).map((engine) => findContainer(engine, name, env)));
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

async function askMinikube(name: string, options: NodeOptions): Promise<Answers> {
  const env = options.env ?? process.env;
  const listed = await listMinikube(env, {states: false});
  if ('problem' in listed) {
    const problem = `minikube did not answer: ${listed.problem}`;
    return {findings: [], silences: [{problem, rank: 'awaited', next: 'minikube status'}]};
  }
  // The engine knows those of the docker and podman drivers itself: the same node must not be found twice.
  const contained = (node: MinikubeNode) => node.driver === 'docker' || node.driver === 'podman';
  const findings = listed
    .filter((node) => node.name === name && (options.via === 'minikube' || !contained(node)))
    .map((node) => ({
      title: `a machine of the minikube profile ${node.profile}`,
      command: `ktop --via minikube --node ${name} …`,
      open: () => openMinikube(node, options),
    }));
  return {findings, silences: []};
}

async function openMinikube(node: MinikubeNode, options: NodeOptions): Promise<Node> {
  const {name, profile, driver} = node;
  const env = options.env ?? process.env;
  const next = `minikube start --profile ${profile}`;
  if (driver === 'none') return localNode(name, options);
  if (driver === 'docker' || driver === 'podman') {
    const container = await findContainer(driver, name, env);
    if (container !== null && 'addresses' in container) return containerNode(container, options);
    const problem = container === null ? `its container is not there` : container.problem;
    throw new NodeError('not-now', {tried: `find the minikube node "${name}"`, problem, next});
  }
  const found = await minikubeSsh(node, env);
  if ('problem' in found) {
    throw new NodeError('not-now', {tried: `ask minikube for the way to "${name}"`, problem: found.problem, next});
  }
  // minikube makes these machines anew under the same address, and itself checks no host key.
  const insecure = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  const target = {
    host: found.address,
    user: 'docker',
    port: null,
    extra: ['-F', 'none', '-i', found.key, '-o', 'IdentitiesOnly=yes', ...insecure],
  };
  return sshNode({target, name, provider: 'minikube', contexts: [profile], admin: true, options});
}

async function askLocal(name: string, options: NodeOptions): Promise<Answers> {
  if (name !== localName() || !(await hasLocalKubelet())) return {findings: [], silences: []};
  const command = `ktop --via local --node ${name} …`;
  return {findings: [{title: 'this machine', command, open: () => localNode(name, options)}], silences: []};
}

async function askApi(name: string, options: NodeOptions): Promise<Answers> {
  try {
    const found = await findNodeApi([name], await likelyContexts(options, []), options);
    await found?.server.close();
    if (found?.node == null) return {findings: [], silences: []};
    const command = `ktop --via api --node ${name} …`;
    const open = () => apiNode(name, options);
    return {findings: [{title: 'a node of the cluster', command, open}], silences: []};
  } catch (error) {
    if (error instanceof FailureError && error.failure.code === 'bad-config') {
      throw new NodeError('bad-option', error.failure);
    }
    const {tried, problem, next} = toFailure(error, 'ask the API server');
    return {findings: [], silences: [{problem: `${tried}: ${problem}`, rank: 'awaited', next}]};
  }
}

async function notFound(name: string, options: NodeOptions, silences: readonly Silence[]): Promise<NodeError> {
  const tried = `find the node "${name}"`;
  const awaited = silences.filter((silence) => silence.rank === 'awaited');
  if (awaited[0] !== undefined) {
    const problem = awaited.map((silence) => silence.problem).join('; ');
    return new NodeError('not-now', {tried, problem, next: awaited[0].next});
  }
  const {listNodes} = await import('./list-nodes.ts');
  const nodes = (await listNodes(options)).nodes.map((node) => node.name);
  const reported = silences.filter((silence) => nodes.length === 0 || silence.rank === 'spare');
  const here = nodes.length === 0 ? 'there is no node here at all' : `the nodes here are ${nodes.join(', ')}`;
  const problem = [here, ...reported.map((silence) => silence.problem)].join('; ');
  const next = nodes.length === 0 ? `ktop --ssh USER@HOST --node ${name} …` : `ktop --node ${nearest(name, nodes)} …`;
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
