import type {Readable, Writable} from 'node:stream';
import type {Failure} from '../../model/failure.ts';
import {withoutToken, type Env} from './local-command.ts';

/** How a provider starts a process on the node: `docker exec`, `ssh`, or nothing at all on the node itself. */
export interface Launcher {
  /** For failures: `docker exec kind-worker`. */
  readonly title: string;
  /** The environment of the local command (`PATH`, `SSH_AUTH_SOCK`, `DOCKER_HOST`); default `process.env`, without our own token. */
  readonly env?: Env;
  /** The local command that runs `argv` on the node with its standard streams connected. */
  command(argv: readonly string[]): Promise<readonly [file: string, ...args: string[]]>;
  /** Says why the command could not be started or was cut off, from what the local command said. */
  explain(tried: string, stderr: string): Failure;
}

/** A local process that carries standard streams to the node and back. */
export interface Launched {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** The end of what it wrote to standard error until now. */
  readonly output: () => string;
  /** Never rejects. `exitCode` is undefined where it could not be started or was killed; `problem` then says why. */
  readonly ended: Promise<{readonly exitCode: number | undefined; readonly problem: string}>;
  readonly kill: () => void;
}

const stderrKept = 64 * 1024;

/** Starts `argv` on the node. Nothing here waits for the node. */
export async function launch(launcher: Launcher, argv: readonly string[]): Promise<Launched> {
  const [{execa}, [file, ...args]] = await Promise.all([import('execa'), launcher.command(argv)]);
  const child = execa(file, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    env: withoutToken(launcher.env ?? process.env),
    extendEnv: false,
  });
  const {stdin, stdout, stderr} = child;
  // Writing to a process that has just ended is not news: its end is.
  stdin.on('error', () => undefined);
  let output = '';
  stderr.setEncoding('utf8');
  stderr.on('data', (text: string) => (output = (output + text).slice(-stderrKept)));
  const ended = child.then(({exitCode, code, shortMessage}) => ({
    exitCode,
    problem: problemOf(file, code, shortMessage),
  }));
  return {stdin, stdout, output: () => output, ended, kill: () => void child.kill('SIGKILL')};
}

function problemOf(file: string, code: string | undefined, message: string | undefined): string {
  if (code === 'ENOENT') return `there is no "${file}" on this machine's PATH`;
  if (code === 'EACCES') return `"${file}" may not be executed`;
  return message ?? 'the connection was lost';
}
