import {getSystemErrorMessage} from 'node:util';
import {at, listAt, parseJson, textAt, wordAt} from '../../util/json.ts';
import {onPath} from '../exec/runnable.ts';
import {runLocal, type LocalResult} from '../exec/local-command.ts';
import type {Env} from '../exec/environment.ts';
import {lastLine} from '../../util/last-line.ts';

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
  /** minikube's word for the profile: `Running`, `Stopped`, `OK`; `unknown` where it was not asked how it is. */
  readonly state: string;
  /** What the user gave to the `ssh` driver for a machine of their own; null with every other driver. */
  readonly own: OwnMachine | null;
}

/** `--ssh-ip-address`, `--ssh-user`, `--ssh-port` and `--ssh-key` of `minikube start --driver ssh`. */
interface OwnMachine {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
  readonly key: string | null;
}

/** minikube that could not be asked, or did not say. */
export interface MinikubeProblem {
  readonly problem: string;
  readonly next: string | null;
}

const listTimeoutMs = 10_000;

/** Every node of every profile; none where there is no minikube. Costs a process of some 100 ms. */
export async function listMinikube(env: Env, signal?: AbortSignal): Promise<readonly MinikubeNode[] | MinikubeProblem> {
  if (!onPath('minikube', env)) return [];
  const ask = (...more: readonly string[]) =>
    runLocal('minikube', ['profile', 'list', '-o', 'json', ...more], {env, signal, timeoutMs: listTimeoutMs});
  let reply = await ask('--light');
  // Before 1.18 there was no such option.
  if (reply.exitCode !== null && parseJson(reply.stdout) === undefined) reply = await ask();
  return readProfiles(reply);
}

/**
 * minikube's word for each profile. It asks every cluster how it is, which takes long where one does not answer; a
 * problem then, and the nodes are known all the same.
 */
export async function minikubeStates(
  env: Env,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string> | MinikubeProblem> {
  if (!onPath('minikube', env)) return new Map();
  const reply = await runLocal('minikube', ['profile', 'list', '-o', 'json'], {env, signal, timeoutMs: listTimeoutMs});
  const nodes = readProfiles(reply);
  return 'problem' in nodes ? nodes : new Map(nodes.map(({profile, state}) => [profile, state]));
}

/** Reads the JSON of `profile list`. */
function readProfiles(reply: LocalResult): readonly MinikubeNode[] | MinikubeProblem {
  const parsed = parseJson(reply.stdout);
  const error = at(parsed, 'error');
  // A machine on which minikube never ran has no folder for profiles.
  const isFresh = at(error, 'Err') === 2 && /[\\/]profiles$/.test(textAt(error, 'Path') ?? '');
  if (isFresh) return [];
  if (parsed === undefined || error !== undefined || at(parsed, 'valid') === undefined) {
    return {problem: minikubeOutput(reply), next: 'minikube profile list'};
  }
  return listAt(parsed, 'valid').flatMap((profile) => {
    const name = textAt(profile, 'Name') ?? '';
    const nodes = listAt(profile, 'Config', 'Nodes');
    const driver = textAt(profile, 'Config', 'Driver') ?? '';
    return nodes.map((node) => {
      const short = textAt(node, 'Name') ?? '';
      return {
        name: nodes.length === 1 || short === '' || short === name ? name : `${name}-${short}`,
        profile: name,
        short,
        driver,
        controlPlane: at(node, 'ControlPlane') === true,
        version: textAt(node, 'KubernetesVersion') ?? null,
        state: textAt(profile, 'Status') ?? 'unknown',
        own: driver === 'ssh' ? ownMachine(at(profile, 'Config')) : null,
      };
    });
  });
}

function ownMachine(config: unknown): OwnMachine | null {
  const host = wordAt(config, 'SSHIPAddress');
  if (host === undefined) return null;
  return {
    host,
    user: wordAt(config, 'SSHUser') ?? null,
    port: portOf(at(config, 'SSHPort')),
    key: wordAt(config, 'SSHKey') ?? null,
  };
}

/** minikube writes 0 where no port was given. */
export function portOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536 ? value : null;
}

/**
 * Why minikube failed, in its own words. With `-o json` it says so on standard output: as an `error` that Go made JSON
 * of (`{"Op": "open", "Path": …, "Err": 13}`, the number of the system's error), or as events of the type `…error`.
 */
export function minikubeOutput({exitCode, stdout, stderr}: LocalResult): string {
  if (exitCode === null) return stderr;
  const values = [stdout, ...stdout.split('\n')].map(parseJson);
  const words = values.flatMap((value) => {
    const isEvent = textAt(value, 'type')?.endsWith('error') === true;
    return [errorWords(at(value, 'error')), isEvent ? (textAt(value, 'data', 'message') ?? '') : ''];
  });
  const said = words.find((word) => word !== '') ?? lastLine(stderr);
  if (said !== '') return said.slice(0, 300);
  const rest = values[0] === undefined ? lastLine(stdout) : '';
  return rest === '' ? `it ended with exit code ${exitCode} and no word` : rest.slice(0, 300);
}

function errorWords(error: unknown): string {
  if (typeof error === 'string') return error;
  const number = at(error, 'Err');
  const why = typeof number === 'number' ? getSystemErrorMessage(-number) : textAt(error, 'Err');
  return [textAt(error, 'Op'), textAt(error, 'Path') ?? textAt(error, 'Name'), why && `: ${why}`]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .replace(' : ', ': ');
}
