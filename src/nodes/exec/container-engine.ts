import type {Address} from '../kube/https-endpoint.ts';
import {localName} from '../providers/local.ts';
import {at, listAt, parseJson, textAt} from '../../util/json.ts';
import {onPath, runLocal, type Env} from './local-command.ts';

/** The engines that kind can run on. All three answer `inspect` with docker's JSON. */
export type Engine = 'docker' | 'podman' | 'nerdctl';

/** A container that is, or may be, a node. */
export interface NodeContainer {
  readonly engine: Engine;
  readonly id: string;
  readonly name: string;
  /** The name that its kubelet registers under, if nobody tells it another; most often the container's own. */
  readonly hostname: string;
  readonly running: boolean;
  /** The engine's word: `running`, `exited`, `paused`. */
  readonly state: string;
  /** `io.x-k8s.kind.cluster` and `io.x-k8s.kind.role` where the container carries kind's labels. */
  readonly cluster: string | null;
  readonly role: string | null;
  /** Made by minikube's docker or podman driver. */
  readonly minikube: boolean;
  /** Runs an init system: what a node does, and hardly any other container. */
  readonly runsInit: boolean;
  /** Addresses in the engine's networks; unreachable from the host on Docker Desktop. */
  readonly addresses: readonly string[];
  /** Ports of the container that the engine publishes on this machine. */
  readonly published: ReadonlyMap<number, Address>;
}

/** An engine that could not be asked; `missing` where its client is not installed. */
export interface EngineProblem {
  readonly engine: Engine;
  readonly missing: boolean;
  readonly problem: string;
}

/** The engines to ask: the one that `KIND_EXPERIMENTAL_PROVIDER` names, else every one there is. */
export function engines(env: Env): readonly Engine[] {
  const all = ['docker', 'podman', 'nerdctl'] as const;
  const chosen = all.find((engine) => engine === env.KIND_EXPERIMENTAL_PROVIDER);
  return chosen === undefined ? all : [chosen];
}

/** Looks one container up by its exact name, or a running one by its host's name; null where there is none. */
export async function findContainer(
  engine: Engine,
  name: string,
  env: Env,
): Promise<NodeContainer | null | EngineProblem> {
  if (!(await onPath(engine, env))) return missing(engine);
  const reply = await runLocal(engine, ['inspect', '--type', 'container', name], {env});
  if (reply.exitCode === 0) {
    // `inspect` also takes the beginning of an id: that is the node that was asked for only where it is its host's name.
    const found = containers(engine, reply.stdout)[0];
    return found !== undefined && (found.name === name || hosts(found, name)) ? found : null;
  }
  if (/no such (container|object)|no container with name or id|not found/i.test(reply.stderr)) {
    const nodes = await listContainers(engine, env);
    return 'problem' in nodes ? nodes : (nodes.find((one) => looksLikeNode(one) && hosts(one, name)) ?? null);
  }
  return {engine, missing: false, problem: engineOutput(reply.stderr)};
}

/** Whether a kubelet in it registers under that name. In the host's network it has the name of the host. */
function hosts({running, hostname}: NodeContainer, name: string): boolean {
  return running && hostname === name.toLowerCase() && hostname !== localName();
}

/** Whether it is a node by its labels, or runs an init system as nodes do. */
export function looksLikeNode({cluster, minikube, runsInit}: NodeContainer): boolean {
  return cluster !== null || minikube || runsInit;
}

/** Every container of the engine, whatever it is. */
export async function listContainers(engine: Engine, env: Env): Promise<readonly NodeContainer[] | EngineProblem> {
  if (!(await onPath(engine, env))) return missing(engine);
  const ids = await runLocal(engine, ['ps', '--all', '--quiet', '--no-trunc'], {env});
  if (ids.exitCode !== 0) return {engine, missing: false, problem: engineOutput(ids.stderr)};
  const list = ids.stdout.split(/\s+/).filter((id) => id !== '');
  if (list.length === 0) return [];
  // A container that went away in between makes the exit code 1, the others are answered all the same.
  const reply = await runLocal(engine, ['inspect', '--type', 'container', ...list], {env});
  return containers(engine, reply.stdout);
}

function missing(engine: Engine): EngineProblem {
  return {engine, missing: true, problem: `there is no "${engine}" on this machine's PATH`};
}

function engineOutput(stderr: string): string {
  return stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? 'the engine did not answer';
}

/** Reads docker's `inspect` JSON. */
export function containers(engine: Engine, json: string): readonly NodeContainer[] {
  const parsed = parseJson(json);
  return listAt(parsed).map((item) => {
    const labels = at(item, 'Config', 'Labels');
    const name = (textAt(item, 'Name') ?? '').replace(/^\//, '');
    const command = [textAt(item, 'Path') ?? '', ...listAt(item, 'Args')];
    const networks = at(item, 'NetworkSettings', 'Networks');
    const addresses = (typeof networks === 'object' && networks !== null ? Object.values(networks) : []).map(
      (network) => word(network, 'IPAddress') ?? word(network, 'GlobalIPv6Address') ?? '',
    );
    addresses.push(textAt(item, 'NetworkSettings', 'IPAddress') ?? '');
    return {
      engine,
      id: textAt(item, 'Id') ?? '',
      name,
      hostname: (word(item, 'Config', 'Hostname') ?? name).toLowerCase(),
      running: at(item, 'State', 'Running') === true,
      state: textAt(item, 'State', 'Status') ?? 'unknown',
      cluster: textAt(labels, 'io.x-k8s.kind.cluster') ?? null,
      role: textAt(labels, 'io.x-k8s.kind.role') ?? null,
      minikube:
        textAt(labels, 'created_by.minikube.sigs.k8s.io') === 'true' ||
        textAt(labels, 'name.minikube.sigs.k8s.io') !== undefined,
      runsInit: command.some((part) => typeof part === 'string' && /(^|\/)(init|systemd)$/.test(part)),
      addresses: [...new Set(addresses.filter((address) => address !== ''))],
      published: publishedPorts(at(item, 'NetworkSettings', 'Ports')),
    };
  });
}

/** Engines write an empty word where there is nothing. */
function word(value: unknown, ...path: readonly string[]): string | undefined {
  const text = textAt(value, ...path);
  return text === '' ? undefined : text;
}

/** Reads `{"6443/tcp": [{"HostIp": "127.0.0.1", "HostPort": "41231"}]}`. */
function publishedPorts(ports: unknown): ReadonlyMap<number, Address> {
  const published = new Map<number, Address>();
  for (const [name, bindings] of Object.entries(typeof ports === 'object' && ports !== null ? ports : {})) {
    const binding = listAt(bindings)[0];
    const [host, port] = [textAt(binding, 'HostIp') ?? '', Number(textAt(binding, 'HostPort'))];
    if (!name.endsWith('/tcp') || !(port > 0)) continue;
    const everywhere = host === '' || host === '0.0.0.0' || host === '::';
    published.set(Number.parseInt(name, 10), {host: everywhere ? '127.0.0.1' : host, port});
  }
  return published;
}
