import {at, listAt, parseJson, textAt} from '../../util/json.ts';
import {onPath, runLocal, type Env} from '../exec/local-command.ts';

/** A machine of a minikube profile. */
export interface MinikubeNode {
  /** The machine's and the node's name: the profile, or `<profile>-m02` and so on. */
  readonly name: string;
  readonly profile: string;
  /** For `--node`; empty for the profile's first. */
  readonly short: string;
  readonly driver: string;
  readonly controlPlane: boolean;
  readonly version: string | null;
  /** minikube's word for the profile: `Running`, `Stopped`, `OK`. */
  readonly state: string;
}

/** minikube that could not be asked. */
export interface MinikubeProblem {
  readonly problem: string;
}

/**
 * Every node of every profile; none where there is no minikube. Costs a process of some 100 ms. For `states` minikube
 * asks every cluster how it is, which takes long where one does not answer.
 */
export async function listMinikube(
  env: Env,
  {states}: {readonly states: boolean},
): Promise<readonly MinikubeNode[] | MinikubeProblem> {
  if (!(await onPath('minikube', env))) return [];
  const ask = (...more: readonly string[]) =>
    runLocal('minikube', ['profile', 'list', '-o', 'json', ...more], {env, timeoutMs: 20_000});
  let reply = states ? await ask() : await ask('--light');
  // Before 1.18 there was no such option.
  if (!states && parseJson(reply.stdout) === undefined) reply = await ask();
  const parsed = parseJson(reply.stdout);
  if (parsed === undefined) {
    const output = reply.stderr.trim().split('\n').at(-1) ?? '';
    return {problem: output === '' ? 'minikube answered nothing' : output.slice(0, 300)};
  }
  return listAt(parsed, 'valid').flatMap((profile) => {
    const name = textAt(profile, 'Name') ?? '';
    return listAt(profile, 'Config', 'Nodes').map((node) => {
      const short = textAt(node, 'Name') ?? '';
      return {
        name: short === '' || short === name ? name : `${name}-${short}`,
        profile: name,
        short,
        driver: textAt(profile, 'Config', 'Driver') ?? '',
        controlPlane: at(node, 'ControlPlane') === true,
        version: textAt(node, 'KubernetesVersion') ?? null,
        state: textAt(profile, 'Status') ?? 'unknown',
      };
    });
  });
}

/**
 * How plain ssh reaches the machine: `minikube ssh` itself joins its arguments unquoted, wants a terminal and takes
 * long. Rejects nothing: what minikube says is in `problem`.
 */
export async function minikubeSsh(
  {profile, short}: MinikubeNode,
  env: Env,
): Promise<{readonly address: string; readonly key: string} | MinikubeProblem> {
  const which = ['--profile', profile, ...(short === '' ? [] : ['--node', short])];
  const [key, address] = await Promise.all([
    runLocal('minikube', ['ssh-key', ...which], {env, timeoutMs: 20_000}),
    runLocal('minikube', ['ip', ...which], {env, timeoutMs: 20_000}),
  ]);
  const failed = [key, address].find((reply) => reply.exitCode !== 0);
  if (failed !== undefined) {
    const output = (failed.stderr.trim() || failed.stdout.trim()).split('\n').at(-1) ?? '';
    return {problem: output === '' ? 'minikube answered nothing' : output.slice(0, 300)};
  }
  return {address: address.stdout.trim(), key: key.stdout.trim()};
}
