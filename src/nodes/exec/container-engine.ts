import type {Address} from '../kube/https-endpoint.ts';
import {localName} from '../providers/local-node.ts';
import {at, listAt, parseJson, textAt, wordAt} from '../../util/json.ts';
import {onPath} from './runnable.ts';
import {runLocal, type LocalResult} from './local-command.ts';
import type {Env} from './environment.ts';
import {lastLine} from '../../util/last-line.ts';

/**
 * The engines that kind can run on, and root's podman, in which minikube's podman driver keeps its nodes, as one types
 * them. All of them answer `inspect` with docker's JSON.
 */
export type Engine = 'docker' | 'podman' | 'nerdctl' | 'sudo podman';

/** What to start for a command of the engine; `sudo` never asks for a password. */
export function engineCommand(engine: Engine): readonly [file: string, ...args: string[]] {
  return engine === 'sudo podman' ? ['sudo', '-n', '--', 'podman'] : [engine];
}

async function runEngine(
  engine: Engine,
  args: readonly string[],
  options: {readonly env: Env; readonly signal: AbortSignal | undefined; readonly timeoutMs?: number},
): Promise<LocalResult> {
  const [file, ...first] = engineCommand(engine);
  return runLocal(file, [...first, ...args], {...options, inOurSession: file === 'sudo'});
}

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
  /** The machine's name in the label of minikube's docker or podman driver. */
  readonly minikube: string | null;
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

/** Looks one container up by its name; null where there is none. */
export async function findContainer(
  engine: Engine,
  name: string,
  env: Env,
  signal?: AbortSignal,
): Promise<NodeContainer | null | EngineProblem> {
  if (!onPath(engineCommand(engine)[0], env)) return missing(engine);
  const reply = await runEngine(engine, ['inspect', '--type', 'container', name], {env, signal});
  if (reply.exitCode === 0) {
    // `inspect` also takes the beginning of an id: that is the node that was asked for only where it is its host's name.
    const found = containers(engine, reply.stdout)[0];
    return found !== undefined && (found.name === name || hosts(found, name)) ? found : null;
  }
  if (/no such (container|object)|no container with name or id|not found/i.test(reply.stderr)) return null;
  return {engine, missing: false, problem: engineOutput(reply.stderr)};
}

/** Looks for a running node by its host's name, among all containers; null where there is none. */
export async function findHost(
  engine: Engine,
  name: string,
  env: Env,
  signal?: AbortSignal,
): Promise<NodeContainer | null | EngineProblem> {
  const nodes = await listContainers(engine, env, signal);
  return 'problem' in nodes ? nodes : (nodes.find((one) => looksLikeNode(one) && hosts(one, name)) ?? null);
}

/** Whether a kubelet in it registers under that name. In the host's network it has the name of the host. */
function hosts({running, hostname}: NodeContainer, name: string): boolean {
  return running && hostname === name.toLowerCase() && hostname !== localName();
}

/** Whether it is a node by its labels, or runs an init system as nodes do. */
export function looksLikeNode({cluster, minikube, runsInit}: NodeContainer): boolean {
  return cluster !== null || minikube !== null || runsInit;
}

/** Every container of the engine, whatever it is. */
export async function listContainers(
  engine: Engine,
  env: Env,
  signal?: AbortSignal,
): Promise<readonly NodeContainer[] | EngineProblem> {
  if (!onPath(engineCommand(engine)[0], env)) return missing(engine);
  const deadline = performance.now() + listTimeoutMs;
  const ask = (...args: readonly string[]) =>
    runEngine(engine, args, {env, signal, timeoutMs: Math.max(1, Math.round(deadline - performance.now()))});
  const ids = await ask('ps', '--all', '--quiet', '--no-trunc');
  if (ids.exitCode !== 0) return {engine, missing: false, problem: engineOutput(ids.stderr)};
  const list = [...new Set(ids.stdout.split(/\s+/))].filter((id) => /^[\w.]/.test(id));
  const found: NodeContainer[] = [];
  for (let at = 0; at < list.length; at += mostAtOnce) {
    const reply = await ask('inspect', '--type', 'container', ...list.slice(at, at + mostAtOnce));
    if (reply.exitCode === null) return {engine, missing: false, problem: reply.stderr};
    // A container that went away in between makes the exit code 1, the others are answered all the same.
    found.push(...containers(engine, reply.stdout));
  }
  return found;
}

const listTimeoutMs = 15_000;
/** A command line has no room for ten thousand ids, nor an answer for all that the engine knows of them. */
const mostAtOnce = 500;

function missing(engine: Engine): EngineProblem {
  return {engine, missing: true, problem: `there is no "${engineCommand(engine)[0]}" on this machine's PATH`};
}

function engineOutput(stderr: string): string {
  return lastLine(stderr) || 'the engine did not answer';
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
      (network) => wordAt(network, 'IPAddress') ?? wordAt(network, 'GlobalIPv6Address') ?? '',
    );
    addresses.push(textAt(item, 'NetworkSettings', 'IPAddress') ?? '');
    return {
      engine,
      id: textAt(item, 'Id') ?? '',
      name,
      hostname: (wordAt(item, 'Config', 'Hostname') ?? name).toLowerCase(),
      running: at(item, 'State', 'Running') === true,
      state: textAt(item, 'State', 'Status') ?? 'unknown',
      cluster: textAt(labels, 'io.x-k8s.kind.cluster') ?? null,
      role: textAt(labels, 'io.x-k8s.kind.role') ?? null,
      minikube:
        textAt(labels, 'name.minikube.sigs.k8s.io') ??
        (textAt(labels, 'created_by.minikube.sigs.k8s.io') === 'true' ? name : null),
      runsInit: command.some((part) => typeof part === 'string' && /(^|\/)(init|systemd)$/.test(part)),
      addresses: [...new Set(addresses.filter((address) => address !== ''))],
      published: publishedPorts(at(item, 'NetworkSettings', 'Ports')),
    };
  });
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
