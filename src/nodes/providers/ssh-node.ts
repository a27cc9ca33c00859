import {toFailure, type Failure} from '../../model/failure.ts';
import {adminContext} from '../kube/admin-conf.ts';
import {runLocal} from '../exec/local-command.ts';
import type {Env} from '../exec/environment.ts';
import type {Node} from '../node.ts';
import {NodeError} from '../node-error.ts';
import {isNodeName} from '../node-name.ts';
import type {NodeOptions} from '../options.ts';
import type {Launcher} from '../exec/launcher.ts';
import {processShell} from '../exec/process-shell.ts';
import type {ProviderName} from './names.ts';
import {shellNode} from './shell-node.ts';
import {loginShellCommand} from '../exec/login-shell.ts';
import {sharedSocket} from '../exec/ssh-socket.ts';
import {lastLine} from '../../util/last-line.ts';

/** Where ssh goes, as the user wrote it: the rest is in the user's own configuration. */
export interface SshTarget {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
  /** Further `-o` options and such, for hosts that no configuration of the user knows (minikube's). */
  readonly extra: readonly string[];
}

/** Reads `[user@]host[:port]`; hosts of the user's configuration are names like others. An IPv6 address stands in `[]`. */
export function parseSshTarget(text: string): SshTarget {
  const [, user, bracketed, plain, port] =
    /^(?:([a-zA-Z0-9_][a-zA-Z0-9_.-]*)@)?(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([a-zA-Z0-9_][a-zA-Z0-9_.-]*))(?::(\d{1,5}))?$/.exec(
      text,
    ) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) {
    const problem = 'that is not [user@]host[:port]';
    throw new NodeError('bad-option', {
      tried: `--ssh ${JSON.stringify(text)}`,
      problem,
      next: 'ktop --ssh user@host …',
    });
  }
  return {host, user: user ?? null, port: port === undefined ? null : Number(port), extra: []};
}

/** What ssh makes of a target with the user's configuration. */
interface SshSettings {
  readonly hostname: string;
  /** The user shares connections already, perhaps one that only a person could open: ktop joins in. */
  readonly shares: boolean;
}

/** `ssh -G` prints the settings without connecting. */
async function settingsOf(target: SshTarget, env: Env, signal?: AbortSignal): Promise<SshSettings> {
  const reply = await runLocal('ssh', ['-G', ...destination(target)], {env, signal});
  const field = (name: string) => new RegExp(`^${name} (.+)$`, 'm').exec(reply.stdout)?.[1];
  const path = field('controlpath');
  return {hostname: field('hostname') ?? target.host, shares: path !== undefined && path !== 'none'};
}

function destination({host, user, port, extra}: SshTarget): readonly string[] {
  const login = user === null ? [] : ['-l', user];
  return [...extra, ...login, ...(port === null ? [] : ['-p', String(port)]), '--', host];
}

/** Opens the way to a host by the user's own ssh. Nothing is sent before the first command. */
export async function sshLauncher(
  target: SshTarget,
  env: Env,
  signal?: AbortSignal,
): Promise<{readonly launcher: Launcher; readonly hostname: string; readonly close: () => Promise<void>}> {
  const {hostname, shares} = await settingsOf(target, env, signal);
  const path = shares ? [] : ['-o', `ControlPath=${await sharedSocket(destination(target), env)}`];
  // The journal keeps the connection open; after the last command it is of use for a moment only.
  const sharing = shares ? [] : [...path, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=5'];
  const options = [
    ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
    ['-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=3'],
    sharing,
  ].flat();
  const name = target.user === null ? target.host : `${target.user}@${target.host}`;
  const close = async () => {
    // Not `exit`: commands of another ktop may run in it. It ends with the last of them.
    if (!shares) await runLocal('ssh', ['-O', 'stop', ...path, ...destination(target)], {env, timeoutMs: 200});
  };
  const launcher: Launcher = {
    title: `ssh ${name}`,
    env,
    command: (argv) => Promise.resolve(['ssh', ...options, ...destination(target), loginShellCommand(argv)]),
    explain: (tried, stderr) => sshProblem(name, target, tried, stderr),
  };
  return {launcher, hostname, close};
}

export interface SshNodeParts {
  readonly target: SshTarget;
  /** The node's name in the cluster; empty: the host is asked for it. */
  readonly name: string;
  readonly provider?: ProviderName;
  readonly contexts?: readonly string[];
  /** Whether the cluster's administrator may be asked of the machine: only for minikube's machines, which belong to the user. */
  readonly admin?: boolean;
  readonly options: NodeOptions;
  readonly signal: AbortSignal;
}

/** A node that is reached by ssh. Rejects with a `NodeError` only where its name has to be asked and nobody answers. */
export async function sshNode(parts: SshNodeParts): Promise<Node> {
  const {target, options, signal} = parts;
  const {launcher, hostname, close} = await sshLauncher(target, options.env ?? process.env, signal);
  let {name} = parts;
  if (name === '') {
    try {
      const reply = await processShell(launcher).run(['cat', '/proc/sys/kernel/hostname'], {signal});
      // The kubelet registers under the host's name in lower case.
      name = reply.stdout.trim().toLowerCase();
    } catch (error) {
      await close();
      throw new NodeError('not-now', toFailure(error, `ask ${launcher.title} for its name`));
    }
    if (!isNodeName(name)) {
      await close();
      throw new NodeError('unknown', noName(launcher.title, target));
    }
  }
  return shellNode({
    name,
    provider: parts.provider ?? 'ssh',
    transport: launcher.title,
    commandPrefix: launcher.title,
    launcher,
    route: {
      options,
      addresses: () => Promise.resolve([hostname]),
      contexts: parts.contexts ?? [],
      admin: parts.admin === true ? adminOf(launcher, hostname) : null,
    },
    close,
  });
}

function noName(title: string, {host, user}: SshTarget): Failure {
  const login = user === null ? host : `${user}@${host}`;
  const problem = 'it has no host name that a node could have';
  return {tried: `ask ${title} for its name`, problem, next: `ktop --ssh ${login} --node NAME …`};
}

function adminOf(launcher: Launcher, host: string) {
  return async () => {
    const context = await adminContext(launcher, (port) => ({host, port}));
    return context === null ? [] : [context];
  };
}

/** What ssh or sudo say when a command cannot be run, in our words. */
export function sshProblem(name: string, target: SshTarget, tried: string, stderr: string): Failure {
  const output = stderr.trim();
  const login = ['ssh', ...(target.port === null ? [] : ['-p', String(target.port)]), name].join(' ');
  const known = target.port === null || target.port === 22 ? target.host : `[${target.host}]:${target.port}`;
  const cases: readonly (readonly [RegExp, string, string | null])[] = [
    [
      /REMOTE HOST IDENTIFICATION HAS CHANGED/,
      `the host key of ${target.host} has changed: a new machine, or somebody in between`,
      `ssh-keygen -R '${known}' && ${login}`,
    ],
    [/Host key verification failed|host key is known/i, `the host key of ${target.host} is not known yet`, login],
    [/Permission denied|Too many authentication failures/i, `${name} accepts none of your keys`, login],
    [/Could not resolve hostname/i, `the name ${target.host} is not known`, `ktop --ssh USER@ADDRESS …`],
    [/Connection refused/i, `nothing listens for ssh on ${target.host}`, login],
    [/timed out|No route to host|Network is unreachable/i, `${target.host} cannot be reached`, login],
    [
      /a (password|terminal) is required|no tty present|must have a tty/i,
      'sudo wants a password there',
      `${login} sudo visudo`,
    ],
    [
      /sudo: (command )?not found|sudo: No such file/i,
      `${name} is not root and there is no sudo`,
      'ktop --ssh root@HOST …',
    ],
    [/not in the sudoers|not allowed to execute/i, `${name} may not use sudo`, 'ktop --ssh root@HOST …'],
    [/command not found|not found/i, output, null],
  ];
  const found = cases.find(([pattern]) => pattern.test(output));
  if (found !== undefined) return {tried, problem: found[1].slice(0, 300), next: found[2]};
  const last = lastLine(output);
  return {tried, problem: last === '' ? `the connection to ${target.host} was lost` : last, next: login};
}
