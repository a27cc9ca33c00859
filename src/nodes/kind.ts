import {findContainer, listContainers, type NodeContainer} from './container-engine.ts';
import {type Failure} from '../model/failure.ts';
import {parseKubeconfig, type KubeContext} from './kubeconfig.ts';
import type {Env} from './local-command.ts';
import type {Node} from './node.ts';
import type {NodeOptions} from './options.ts';
import {processShell, type Launcher} from './process-shell.ts';
import {shellNode} from './shell-node.ts';

/** A node that is a container of this machine's engine: kind's, and those of minikube's docker and podman drivers. */
export function containerNode(container: NodeContainer, options: NodeOptions): Node {
  const {engine, name} = container;
  const env = options.env ?? process.env;
  return shellNode({
    name,
    provider: isMinikube(container) ? 'minikube' : 'kind',
    via: `${engine} exec`,
    by: `${engine} exec ${name}`,
    launcher: containerLauncher(container, env),
    reach: {
      options,
      addresses: async () => {
        // Looked up anew each time: a restarted container may have another address.
        const now = await findContainer(engine, name, env);
        return now !== null && 'addresses' in now ? now.addresses : container.addresses;
      },
      contexts: likelyNames(container),
      admin: () => adminContext(container, options),
    },
  });
}

export function isMinikube(container: NodeContainer): boolean {
  return container.minikube || /^minikube(-m\d+)?$/.test(container.name);
}

/** The contexts that kind (`kind-CLUSTER`) and minikube (the profile) write; a plain container may be named like either. */
function likelyNames({cluster, name}: NodeContainer): readonly string[] {
  const guessed = name.replace(/-(control-plane|worker)\d*$/, '');
  const profile = name.replace(/-m\d+$/, '');
  return cluster === null ? [`kind-${guessed}`, profile] : [`kind-${cluster}`];
}

function containerLauncher({engine, name}: Pick<NodeContainer, 'engine' | 'name'>, env: Env): Launcher {
  return {
    env,
    title: `${engine} exec ${name}`,
    command: (argv) => Promise.resolve([engine, 'exec', '--interactive', name, ...argv]),
    explain: (tried, stderr) => execProblem(engine, name, tried, stderr),
  };
}

/**
 * The administrator's context that kubeadm leaves on the control plane, for a cluster that the user's kubeconfig does
 * not know. Its server is a name of the engine's own network, so the container's address takes its place.
 */
async function adminContext(container: NodeContainer, options: NodeOptions): Promise<KubeContext | null> {
  const {engine, cluster} = container;
  const env = options.env ?? process.env;
  const listed = await listContainers(engine, env);
  const planes = ('problem' in listed ? [] : listed).filter(
    (other) => cluster !== null && other.running && other.cluster === cluster && other.role === 'control-plane',
  );
  for (const plane of planes.length > 0 ? planes : [container]) {
    const path = '/etc/kubernetes/admin.conf';
    const reply = await processShell(containerLauncher(plane, env)).run(['cat', path]);
    const [address] = plane.addresses;
    if (reply.exitCode !== 0 || address === undefined) continue;
    const context = (await parseKubeconfig(reply.stdout, path)).contexts[0];
    if (context === undefined) continue;
    const server = new URL(context.server);
    return {
      ...context,
      name: `${plane.name}:${path}`,
      server: `https://${address}:${server.port === '' ? 443 : server.port}`,
      serverName: context.serverName ?? server.hostname,
    };
  }
  return null;
}

/** What `docker exec` says when it cannot run a command, in our words. */
export function execProblem(engine: string, name: string, tried: string, stderr: string): Failure {
  const said = stderr.trim();
  if (/is not running|is not created or running|is paused|can only create exec sessions on running/i.test(said)) {
    const verb = /paused/i.test(said) ? 'unpause' : 'start';
    return {tried, problem: `the node's container is not running`, next: `${engine} ${verb} ${name}`};
  }
  if (/no such container|no container with name or id/i.test(said)) {
    return {tried, problem: `there is no container "${name}" any more`, next: 'ktop nodes'};
  }
  if (/cannot connect to the docker daemon|is the docker daemon running|connection refused/i.test(said)) {
    return {tried, problem: `the ${engine} engine does not answer`, next: `${engine} info`};
  }
  if (/permission denied/i.test(said)) {
    return {
      tried,
      problem: `no permission to use ${engine}: ${lastLine(said)}`,
      next: 'sudo usermod -aG docker "$USER"',
    };
  }
  return {tried, problem: said === '' ? 'the connection to the node was lost' : lastLine(said), next: null};
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, 300);
}
