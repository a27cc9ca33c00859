import type {Failure} from '../../model/failure.ts';
import {adminContext} from '../kube/admin-conf.ts';
import {engineCommand, findContainer, listContainers, type NodeContainer} from '../exec/container-engine.ts';
import type {Address} from '../kube/https-endpoint.ts';
import type {KubeContext} from '../kube/kubeconfig.ts';
import type {Env} from '../exec/environment.ts';
import type {Node} from '../node.ts';
import type {NodeOptions} from '../options.ts';
import type {Launcher} from '../exec/launcher.ts';
import {shellNode} from './shell-node.ts';
import {lastLine} from '../../util/last-line.ts';

/** A node that is a container of this machine's engine: kind's, and those of minikube's docker and podman drivers. */
export function containerNode(container: NodeContainer, options: NodeOptions): Node {
  const {engine, name} = container;
  const env = options.env ?? process.env;
  return shellNode({
    name,
    provider: providerOf(container),
    transport: `${engine} exec`,
    commandPrefix: `${engine} exec ${name}`,
    launcher: containerLauncher(container, env),
    route: {
      options,
      addresses: async () => {
        // Looked up anew each time: a restarted container may have another address.
        const now = await findContainer(engine, name, env);
        return now !== null && 'addresses' in now ? now.addresses : container.addresses;
      },
      names: [container.hostname],
      contexts: likelyNames(container),
      admin: () => adminContexts(container, options),
    },
  });
}

/** Who made it, as far as its labels and its name tell. */
export function providerOf({minikube, name}: NodeContainer): 'minikube' | 'kind' {
  return minikube !== null || /^minikube(-m\d+)?$/.test(name) ? 'minikube' : 'kind';
}

/** The contexts that kind (`kind-CLUSTER`) and minikube (the profile) write; a plain container may be named like either. */
function likelyNames({cluster, name}: NodeContainer): readonly string[] {
  const guessed = name.replace(/-(control-plane|worker)\d*$/, '');
  return cluster === null ? [`kind-${guessed}`, profileOf(name)] : [`kind-${cluster}`];
}

/** minikube calls the first machine of a profile like the profile, the others `PROFILE-m02` and so on. */
function profileOf(name: string): string {
  return name.replace(/-m\d+$/, '');
}

function containerLauncher({engine, name}: Pick<NodeContainer, 'engine' | 'name'>, env: Env): Launcher {
  return {
    env,
    title: `${engine} exec ${name}`,
    inOurSession: engine === 'sudo podman',
    command: (argv) => Promise.resolve([...engineCommand(engine), 'exec', '--interactive', name, ...argv]),
    explain: (tried, stderr) => execProblem(engine, name, tried, stderr),
  };
}

/** So many machines are asked at most whether they are the control plane of a node that says nothing of its cluster. */
const mostPlanes = 8;

/** The administrators' contexts of the control planes that may be the node's, for a cluster that no kubeconfig knows. */
async function adminContexts(container: NodeContainer, options: NodeOptions): Promise<readonly KubeContext[]> {
  const env = options.env ?? process.env;
  const listed = await listContainers(container.engine, env);
  const others = ('problem' in listed ? [] : listed).filter(
    (other) => other.running && other.id !== container.id && mayBePlaneOf(container, other),
  );
  const contexts = await Promise.all(
    [container, ...others.slice(0, mostPlanes)].map((plane) =>
      adminContext(containerLauncher(plane, env), (port) => seenFromHere(plane, port)),
    ),
  );
  return contexts.filter((context) => context !== null);
}

/**
 * Whether it says of itself that it is a control plane, of the node's cluster where the node says which that is. Any
 * other container is a stranger, whatever it runs, and is asked for nothing.
 */
function mayBePlaneOf(node: NodeContainer, other: NodeContainer): boolean {
  const isOfKind = other.role === 'control-plane' && (node.cluster === null || node.cluster === other.cluster);
  const isOfMinikube = other.minikube !== null && profileOf(other.minikube) === profileOf(node.minikube ?? node.name);
  return (node.minikube === null && isOfKind) || (node.cluster === null && isOfMinikube);
}

/** A published port is reached everywhere; an address of the engine's network not on Docker Desktop. */
function seenFromHere({published, addresses}: NodeContainer, port: number): Address {
  // Without an address of its own it lives in the host's network.
  return published.get(port) ?? {host: addresses[0] ?? '127.0.0.1', port};
}

/** What `docker exec` says when it cannot run a command, in our words. */
export function execProblem(engine: string, name: string, tried: string, stderr: string): Failure {
  const output = stderr.trim();
  if (/is not running|is not created or running|is paused|can only create exec sessions on running/i.test(output)) {
    const verb = /paused/i.test(output) ? 'unpause' : 'start';
    return {tried, problem: `the node's container is not running`, next: `${engine} ${verb} ${name}`};
  }
  if (/no such container|no container with name or id/i.test(output)) {
    return {tried, problem: `there is no container "${name}" any more`, next: 'ktop nodes'};
  }
  if (/cannot connect to the docker daemon|is the docker daemon running|connection refused/i.test(output)) {
    return {tried, problem: `the ${engine} engine does not answer`, next: `${engine} info`};
  }
  if (/"sh": executable file not found|executable file `sh` not found/i.test(output)) {
    return {
      tried,
      problem: 'the node has no shell, so no command can run there',
      next: `ktop --via api --node ${name} …`,
    };
  }
  if (/permission denied/i.test(output)) {
    return {
      tried,
      problem: `no permission to use ${engine}: ${lastLine(output)}`,
      next: 'sudo usermod -aG docker "$USER"',
    };
  }
  return {tried, problem: output === '' ? 'the connection to the node was lost' : lastLine(output), next: null};
}
