import {findContainer, type Engine} from '../exec/container-engine.ts';
import type {Node} from '../node.ts';
import {NodeError, type NodeChoice} from '../node-error.ts';
import {containerNode} from './container-node.ts';
import {localNode} from './local-node.ts';
import {minikubeLogin} from './minikube-login.ts';
import {listMinikube, minikubeStates, type MinikubeNode} from './minikube-profiles.ts';
import type {Answer, ListedNode, ListQuestion, Listing, Provider, Search} from './provider.ts';
import {sshNode} from './ssh-node.ts';

/** The machines of minikube's profiles, whatever its driver made them of. */
export const minikube: Provider = {name: 'minikube', needsName: true, isLastResort: false, find, list};

async function find(search: Search): Promise<Answer> {
  const {name, env, signal, isChosen} = search;
  const listed = await listMinikube(env, signal);
  if ('problem' in listed) {
    const problem = `minikube did not answer: ${listed.problem}`;
    return {silences: [{problem, rank: 'awaited', next: listed.next}]};
  }
  const known = listed.filter((node) => node.name === name);
  const choice = (node: MinikubeNode): NodeChoice => ({
    title: `a machine of the minikube profile ${node.profile}`,
    command: `ktop --via minikube --node ${name} …`,
    open: (until) => open(node, {...search, signal: until}),
  });
  // The engine knows its containers itself: the same node must not be found twice.
  const isSpare = (node: MinikubeNode) => !isChosen && enginesOf(node) !== null;
  return {
    findings: known.filter((node) => !isSpare(node)).map(choice),
    spares: known.filter(isSpare).map(choice),
  };
}

/** Where the driver keeps its containers; null where it makes machines. Its podman is root's, unless told otherwise. */
function enginesOf({driver}: MinikubeNode): readonly Engine[] | null {
  if (driver === 'docker') return ['docker'];
  return driver === 'podman' ? ['podman', 'sudo podman'] : null;
}

async function open(node: MinikubeNode, search: Search): Promise<Node> {
  const {name, profile, driver} = node;
  const {options, env, signal} = search;
  if (driver === 'none') return localNode(name, options);
  const engines = enginesOf(node);
  if (engines !== null) return openContained(node, engines, search);
  const login = await minikubeLogin(node, env, signal);
  if ('problem' in login) {
    const next = login.next ?? `minikube start --profile ${profile}`;
    throw new NodeError('not-now', {tried: `ask minikube for the way to "${name}"`, problem: login.problem, next});
  }
  // minikube makes these machines anew under the same address, and itself checks no host key.
  const insecure = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  const keys = login.keys.flatMap((key) => ['-i', key]);
  const target = {
    host: login.host,
    user: login.user,
    port: login.port,
    extra: ['-F', 'none', ...keys, '-o', 'IdentitiesOnly=yes', ...insecure],
  };
  return sshNode({target, name, provider: 'minikube', contexts: [profile], admin: true, options, signal});
}

async function openContained(
  {name, profile}: MinikubeNode,
  engines: readonly Engine[],
  {options, env, signal}: Search,
): Promise<Node> {
  const tried = `find the minikube node "${name}"`;
  const problems: string[] = [];
  let next = `minikube start --profile ${profile}`;
  for (const engine of engines) {
    const found = await findContainer(engine, name, env, signal);
    if (found !== null && 'addresses' in found) return containerNode(found, options);
    if (found === null) {
      problems.push(`${engine} has no such container`);
    } else {
      problems.push(`${engine} did not answer: ${found.problem}`);
      // minikube's podman driver runs `sudo podman`: a rootless podman knows nothing of its containers.
      next = engine === 'sudo podman' ? `sudo -v && ktop --node ${name} …` : `${engine} info`;
    }
  }
  throw new NodeError('not-now', {tried, problem: problems.join('; '), next});
}

async function list({env, signal}: ListQuestion): Promise<Listing> {
  const [listed, states] = await Promise.all([listMinikube(env, signal), minikubeStates(env, signal)]);
  if ('problem' in listed) {
    const {problem, next} = listed;
    return {nodes: [], problems: [{tried: 'minikube profile list', problem, next}]};
  }
  const problems =
    'problem' in states ? [{tried: 'minikube profile list', problem: states.problem, next: states.next}] : [];
  const nodes = listed.map((node): ListedNode => {
    const {name, profile, controlPlane, version} = node;
    const role = controlPlane ? 'control-plane' : 'worker';
    const state = ('problem' in states ? null : states.get(profile)) ?? node.state;
    return {name, provider: 'minikube', role, kubeletVersion: version, state, reach: reachOf(node)};
  });
  return {nodes, problems};
}

function reachOf(node: MinikubeNode): string {
  const engine = enginesOf(node)?.at(-1);
  if (engine !== undefined) return `${engine} exec`;
  return node.driver === 'none' ? 'on the node itself' : `ssh (${node.driver})`;
}
