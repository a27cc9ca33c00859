import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import {FailureError} from '../../model/failure.ts';
import type {CommandResult, Follow, FollowEnd, NodeShell, RunOptions} from '../node.ts';
import {launch, type Launcher} from './launcher.ts';
import {copyInCommand, readEnd, wrapped} from './remote-script.ts';

const defaultTimeoutMs = 15_000;
const copyTimeoutMs = 10 * 60_000;
/** How long the node may take to end a command whose standard input we closed before the local process is killed. */
const endGraceMs = 4_000;

interface Started {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: Readable;
  readonly done: Promise<{
    readonly launchError: string | null;
    readonly exitCode: number | null;
    readonly stderr: string;
  }>;
  /** Ends the command on the node by closing its input, and the local process if that does not help. */
  readonly end: () => void;
}

/** A shell over local processes that carry standard streams to the node. */
export function processShell(launcher: Launcher): NodeShell {
  return {
    run: (argv, options) => run(launcher, argv, options),
    follow: (argv, options) => follow(launcher, argv, options),
    copyIn: async (localPath, remotePath, options) => {
      const {size, mode} = await stat(localPath);
      const command = copyInCommand(remotePath, size, options?.mode ?? mode & 0o777);
      const source = size === 0 ? null : createReadStream(localPath, {end: size - 1});
      const result = await run(
        launcher,
        command,
        {timeoutMs: copyTimeoutMs, ...(options?.signal && {signal: options.signal})},
        {bytes: size, source},
      );
      if (result.exitCode === 0) return;
      const tried = `copy ${localPath} to ${remotePath} with ${launcher.title}`;
      throw new FailureError({tried, problem: result.stderr.trim() || `exit code ${result.exitCode}`, next: null});
    },
  };
}

async function run(
  launcher: Launcher,
  argv: readonly string[],
  options: RunOptions = {},
  stream: {bytes: number; source: Readable | null} | null = null,
): Promise<CommandResult> {
  const tried = `${launcher.title} ${argv[0] ?? ''}`;
  const {signal, timeoutMs = defaultTimeoutMs} = options;
  if (signal?.aborted) throw new FailureError({tried, problem: 'was called off', next: null});
  const input = Buffer.from(options.input ?? '');
  const started = await start(launcher, wrapped(argv, stream?.bytes ?? input.length));
  if (stream?.source) stream.source.on('error', started.end).pipe(started.stdin, {end: false});
  else if (input.length > 0) started.stdin.write(input);

  const stopped: {why: string | null} = {why: null};
  const stop = (why: string) => {
    stopped.why ??= why;
    stream?.source?.destroy();
    started.end();
  };
  const timer = setTimeout(() => stop(`gave no answer within ${timeoutMs / 1000} s`), timeoutMs);
  const abort = () => stop('was called off');
  signal?.addEventListener('abort', abort, {once: true});
  try {
    const chunks: Buffer[] = [];
    started.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const {launchError, exitCode, stderr} = await started.done;
    if (stopped.why !== null) throw new FailureError({tried, problem: stopped.why, next: null});
    if (launchError !== null) throw new FailureError({tried, problem: launchError, next: null});
    if (exitCode === null)
      throw new FailureError(launcher.explain(tried, stderr === '' ? refusal(chunks.at(-1)) : stderr));
    return {exitCode, stdout: Buffer.concat(chunks).toString('utf8'), stderr};
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    started.end();
  }
}

function follow(
  launcher: Launcher,
  argv: readonly string[],
  options: {readonly signal?: AbortSignal; readonly input?: string} = {},
): Follow {
  const input = Buffer.from(options.input ?? '');
  const starting = start(launcher, wrapped(argv, input.length));
  let last: Uint8Array | undefined;
  let stopping = options.signal?.aborted ?? false;
  const stop = async () => {
    stopping = true;
    const started = await starting;
    started.end();
    // Nobody may be reading any more; what is left must not hold back the end of the process.
    started.stdout.resume();
    await started.done;
  };
  const abort = () => void stop().catch(() => undefined);
  const ended = (async (): Promise<FollowEnd> => {
    const started = await starting;
    if (stopping) started.end();
    else if (input.length > 0) started.stdin.write(input);
    const {launchError, exitCode, stderr} = await started.done;
    options.signal?.removeEventListener('abort', abort);
    const why = () => launcher.explain(launcher.title, stderr === '' ? refusal(last) : stderr).problem;
    const output = launchError ?? (exitCode === null ? why() : stderr);
    return {exitCode: stopping ? null : exitCode, stderr: output};
  })();
  // Whoever reads only stdout must not be punished with an unhandled rejection.
  ended.catch(() => undefined);
  options.signal?.addEventListener('abort', abort, {once: true});
  return {stdout: bytes(starting, (chunk) => (last = chunk)), ended, stop};
}

/** What the container runtime says where it cannot start a command at all: docker hands it on as standard output. */
function refusal(output: Uint8Array | undefined): string {
  const text = Buffer.from(output ?? []).toString();
  return text.startsWith('OCI runtime') ? text : '';
}

async function* bytes(starting: Promise<Started>, hear: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  const {stdout} = await starting;
  try {
    for await (const chunk of stdout) {
      if (!(chunk instanceof Uint8Array)) continue;
      hear(chunk);
      yield chunk;
    }
  } catch {
    // A pipe that breaks is the end of the stream; `ended` says why.
  }
}

/** Starts the process; from here on `done` always settles. */
async function start(launcher: Launcher, argv: readonly string[]): Promise<Started> {
  const {stdin, stdout, output, ended, kill} = await launch(launcher, argv);
  let killer: NodeJS.Timeout | null = null;
  const done = ended.then(({exitCode, problem}) => {
    if (killer !== null) clearTimeout(killer);
    const end = readEnd(output());
    const launched = end.exitCode !== null || exitCode !== undefined;
    return {...end, launchError: launched ? null : problem};
  });
  return {
    stdin,
    stdout,
    done,
    end: () => {
      stdin.end();
      killer ??= setTimeout(kill, endGraceMs);
      killer.unref();
    },
  };
}
