import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, join} from 'node:path';
import {at, parseJson, wordAt} from '../../util/json.ts';
import {runLocal} from '../exec/local-command.ts';
import type {Env} from '../exec/environment.ts';
import {minikubeOutput, portOf, type MinikubeNode, type MinikubeProblem} from './minikube-profiles.ts';

/** How plain ssh reaches a machine. */
export interface MinikubeLogin {
  readonly host: string;
  readonly port: number | null;
  readonly user: string;
  /** Files of private keys, the likeliest first. */
  readonly keys: readonly string[];
}

/**
 * How plain ssh reaches the machine: `minikube ssh` itself joins its arguments unquoted, wants a terminal and takes
 * long. What the user gave to the `ssh` driver; else what the machine's own file says, where a user network forwards a
 * port of this machine (qemu, VirtualBox) and the address alone would lead astray; else minikube's commands.
 */
export async function minikubeLogin(
  node: MinikubeNode,
  env: Env,
  signal?: AbortSignal,
): Promise<MinikubeLogin | MinikubeProblem> {
  const folder = join(minikubeHome(env), 'machines', node.name);
  const machine = at(parseJson(await readFile(join(folder, 'config.json'), 'utf8').catch(() => '')), 'Driver');
  const ownKey = wordAt(machine, 'SSHKeyPath') ?? join(folder, 'id_rsa');
  const {own} = node;
  if (own !== null) {
    const {host, port, user} = own;
    return {host, port, user: user ?? 'root', keys: own.key === null ? [ownKey] : [own.key]};
  }
  const user = wordAt(machine, 'SSHUser') ?? 'docker';
  const port = portOf(at(machine, 'SSHPort'));
  // The forwarded port is one of this machine, whatever address the other network cards have.
  const host = node.driver === 'virtualbox' && port !== null ? '127.0.0.1' : wordAt(machine, 'IPAddress');
  if (host !== undefined) return {host, port, user, keys: [ownKey]};
  const asked = await askMinikube(node, env, signal);
  return 'problem' in asked ? asked : {host: asked.address, port, user, keys: [asked.key]};
}

/** Where minikube keeps its files: `MINIKUBE_HOME` names the folder itself or the one above it. */
function minikubeHome(env: Env): string {
  const set = env.MINIKUBE_HOME ?? '';
  if (basename(set) === '.minikube') return set;
  return join(set === '' ? (env.HOME ?? homedir()) : set, '.minikube');
}

async function askMinikube(
  {profile, short}: MinikubeNode,
  env: Env,
  signal?: AbortSignal,
): Promise<{readonly address: string; readonly key: string} | MinikubeProblem> {
  const which = ['--profile', profile, ...(short === '' ? [] : ['--node', short])];
  const [key, address] = await Promise.all([
    runLocal('minikube', ['ssh-key', ...which], {env, signal, timeoutMs: 20_000}),
    runLocal('minikube', ['ip', ...which], {env, signal, timeoutMs: 20_000}),
  ]);
  const failed = [key, address].find((reply) => reply.exitCode !== 0);
  if (failed !== undefined) return {problem: minikubeOutput(failed), next: null};
  return {address: address.stdout.trim(), key: key.stdout.trim()};
}
