import {open, stat, type FileHandle} from 'node:fs/promises';
import type {Writable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {FailureError} from '../../model/failure.ts';
import type {CommandResult, CopyOptions, Follow, FollowEnd, FollowOptions, NodeShell, RunOptions} from '../node.ts';
import {killGraceMs} from './child.ts';
import {launch, type Launched, type Launcher} from './launcher.ts';
import {Patience} from './patience.ts';
import {copyInCommand, readEnd, wrapped} from './remote-script.ts';

/** A copy in which nothing went through for so long has stalled. */
const stallMs = 60_000;
/** What is done with a copy may take longer: it reads all of it, on a slow disk. */
const afterCopyMs = 120_000;
/** As long as it goes on it may go on: a timer's longest. */
const noLimitMs = 2 ** 31 - 1;
/** What is read of a file at a time: larger pieces are hardly quicker, and on a slow link each is told late. */
const pieceBytes = 512 * 1024;
/** No command here answers more: a journal is followed, not asked for. */
const mostAnswered = 64 * 1024 * 1024;
/**
 * How long the node may take to end a command whose standard input we closed, before the local process is ended. The
 * command ends there all the same; what is lost is its last word.
 */
const endGraceMs = 300;
/** After that a process which not even SIGKILL ends (its disk hangs) is left behind. */
const mostEndMs = endGraceMs + killGraceMs + 50;

interface Started extends Pick<Launched, 'stdin' | 'stdout' | 'began' | 'greeting'> {
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
  const patience = new Patience();
  return {
    run: (argv, options) => run(launcher, patience, argv, options),
    follow: (argv, options) => follow(launcher, argv, options),
    copyIn: (localPath, remotePath, options) => copyIn(launcher, patience, localPath, remotePath, options),
  };
}

async function copyIn(
  launcher: Launcher,
  patience: Patience,
  localPath: string,
  remotePath: string,
  {mode: wanted, makesFolder = false, after, signal, onSent, onCopied}: CopyOptions = {},
): Promise<CommandResult> {
  const tried = `copy ${localPath} to ${remotePath} with ${launcher.title}`;
  const {size, mode} = await stat(localPath);
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  const copy = {isWhole: false};
  const sent = (bytes: number) => {
    if (!copy.isWhole) timer.refresh();
    onSent?.(bytes);
  };
  const copied = (): void => {
    if (copy.isWhole) return;
    copy.isWhole = true;
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(), afterCopyMs);
    onCopied?.();
  };
  const options = {
    timeoutMs: noLimitMs,
    signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
  };
  const file = await open(localPath);
  try {
    const argv = copyInCommand(remotePath, size, {mode: wanted ?? mode & 0o777, makesFolder, after});
    const feed = (stdin: Writable) => feedFile(file, size, stdin, sent);
    const result = await runWith(launcher, patience, {argv, feed, title: 'copy', heard: copied}, options);
    // Nothing is said on standard output before the copy is whole.
    if (copy.isWhole) return {...result, stdout: result.stdout.replace(/^\n/, '')};
    if (result.exitCode === 0) return result;
    throw new FailureError({tried, problem: result.stderr.trim() || `exit code ${result.exitCode}`, next: null});
  } catch (error) {
    if (!stalled.signal.aborted) throw error;
    const problem = copy.isWhole
      ? `what was to be done with it took more than ${afterCopyMs / 1000} s`
      : `nothing went through for ${stallMs / 1000} s`;
    throw new FailureError({tried, problem, next: null}, {cause: error});
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

/** Writes the first `size` bytes of a file; `sent` is told how many were taken so far. Rejects where either end is lost. */
async function feedFile(file: FileHandle, size: number, to: Writable, sent: (bytes: number) => void): Promise<void> {
  // The same two pieces all the time, one being read while the other is written: fresh memory costs more than the copy.
  let free = Buffer.allocUnsafe(pieceBytes);
  let busy = Buffer.allocUnsafe(pieceBytes);
  let writing: Promise<void> = Promise.resolve();
  for (let bytes = 0; bytes < size;) {
    const {bytesRead} = await file.read(free, 0, Math.min(pieceBytes, size - bytes), bytes);
    await writing;
    if (bytes > 0) sent(bytes);
    if (bytesRead === 0) throw new Error('the file has become shorter');
    writing = written(to, free.subarray(0, bytesRead));
    // It is awaited in the next turn; a loss meanwhile is heard there.
    writing.catch(() => undefined);
    [free, busy] = [busy, free];
    bytes += bytesRead;
  }
  await writing;
  sent(size);
}

function written(to: Writable, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

function run(
  launcher: Launcher,
  patience: Patience,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const input = Buffer.from(options.input ?? '');
  const feed = (stdin: Writable) => (input.length === 0 ? Promise.resolve() : written(stdin, input));
  return runWith(launcher, patience, {argv: wrapped(argv, input.length), feed, title: argv[0] ?? ''}, options);
}

interface Work {
  /** Says its exit code as what is `wrapped`. */
  readonly argv: readonly string[];
  /** Writes all of its standard input, which stays open behind it. */
  readonly feed: (stdin: Writable) => Promise<void>;
  readonly title: string;
  /** Something came on its standard output. */
  readonly heard?: () => void;
}

async function runWith(
  launcher: Launcher,
  patience: Patience,
  {argv, feed, title, heard}: Work,
  options: RunOptions,
): Promise<CommandResult> {
  const tried = `${launcher.title} ${title}`;
  const {signal} = options;
  if (signal?.aborted) throw new FailureError({tried, problem: 'was called off', next: null});
  const started = await start(launcher, argv);
  // What is missing the command tells; a stream that it has closed is no news.
  feed(started.stdin).catch(started.end);

  const stopped = Promise.withResolvers<string>();
  const limitMs = options.timeoutMs ?? patience.limitMs;
  const giveUp = (what: string) => () => {
    if (options.timeoutMs === undefined) patience.gaveUp(limitMs);
    stopped.resolve(`${what} within ${limitMs / 1000} s`);
  };
  let timer = setTimeout(giveUp('gave no answer'), limitMs);
  let beganAt = performance.now();
  void started.began.then(() => {
    clearTimeout(timer);
    beganAt = performance.now();
    if (!isOver) timer = setTimeout(giveUp('the command gave no answer'), limitMs);
  });
  let isOver = false;
  const abort = () => stopped.resolve('was called off');
  signal?.addEventListener('abort', abort, {once: true});
  try {
    const {mostBytes = mostAnswered} = options;
    const chunks: Buffer[] = [];
    let bytes = 0;
    started.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      heard?.();
      if (bytes <= mostBytes) chunks.push(chunk);
      else stopped.resolve(`answered more than ${sizeText(mostBytes)}`);
    });
    const read = finished(started.stdout, {writable: false}).catch(() => undefined);
    const end = await Promise.race([stopped.promise, started.done]);
    if (typeof end === 'string') {
      started.end();
      await within(mostEndMs, started.done);
      throw new FailureError({tried, problem: end, next: null});
    }
    await read;
    const {launchError, exitCode, stderr} = end;
    if (launchError !== null) throw new FailureError({tried, problem: launchError, next: null});
    if (exitCode === null) {
      throw new FailureError(launcher.explain(tried, stderr === '' ? refusal(started.greeting()) : stderr));
    }
    patience.answered(performance.now() - beganAt);
    return {exitCode, stdout: Buffer.concat(chunks).toString('utf8'), stderr};
  } finally {
    isOver = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    started.end();
  }
}

function follow(launcher: Launcher, argv: readonly string[], options: FollowOptions = {}): Follow {
  const input = Buffer.from(options.input ?? '');
  const starting = start(launcher, wrapped(argv, options.live === true ? '-' : input.length));
  let running: Started | null = null;
  const early: string[] = [];
  let isOver = false;
  let stopping = options.signal?.aborted ?? false;
  const stop = async () => {
    stopping = true;
    const started = await starting;
    started.end();
    // Nobody may be reading any more; what is left must not hold back the end of the process.
    started.stdout.resume();
    await within(mostEndMs, started.done);
  };
  const abort = () => void stop().catch(() => undefined);
  const ended = (async (): Promise<FollowEnd> => {
    const started = await starting;
    running = started;
    for (const text of early.splice(0)) started.stdin.write(text);
    if (stopping) started.end();
    else if (input.length > 0) started.stdin.write(input);
    const {launchError, exitCode, stderr} = await started.done;
    const wasStopped = stopping;
    isOver = true;
    options.signal?.removeEventListener('abort', abort);
    const why = () => launcher.explain(launcher.title, stderr === '' ? refusal(started.greeting()) : stderr).problem;
    const output = launchError ?? (exitCode === null ? why() : stderr);
    return {exitCode: wasStopped ? null : exitCode, stderr: output};
  })();
  // Whoever reads only stdout must not be punished with an unhandled rejection.
  ended.catch(() => undefined);
  options.signal?.addEventListener('abort', abort, {once: true});
  const write = (text: string): void => {
    if (options.live !== true || stopping || isOver) return;
    if (running === null) early.push(text);
    else if (running.stdin.writable) running.stdin.write(text);
  };
  return {stdout: bytes(starting), ended, stop, write};
}

/** What the container runtime says where it cannot start a command at all: docker hands it on as standard output. */
function refusal(greeting: string): string {
  return greeting.startsWith('OCI runtime') ? greeting : '';
}

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes / 1024} KB` : `${bytes / 1024 / 1024} MB`;
}

/** Waits for it, but not longer. */
async function within(ms: number, awaited: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([awaited, sleep(ms, undefined, {signal: timer.signal}).catch(() => undefined)]);
  timer.abort();
}

/**
 * A program that writes much writes it in pieces of 4 KB: where they come so close upon each other that more are on their
 * way, they are read together a moment later, for to take each by itself costs more than to read what stands in it.
 */
const pieceMs = 4;
/** So much at once is worth its costs. */
const largePiece = 32 * 1024;

async function* bytes(starting: Promise<Started>): AsyncGenerator<Uint8Array> {
  const {stdout} = await starting;
  let readAt = Number.NEGATIVE_INFINITY;
  try {
    for await (const chunk of stdout) {
      if (!(chunk instanceof Uint8Array)) continue;
      yield chunk;
      const now = performance.now();
      const isFlood = now - readAt < pieceMs;
      readAt = now;
      if (isFlood && chunk.length < largePiece) await sleep(pieceMs);
    }
  } catch {
    // A pipe that breaks is the end of the stream; `ended` says why.
  }
}

/** Starts the process; from here on `done` always settles. */
async function start(launcher: Launcher, argv: readonly string[]): Promise<Started> {
  const launched = await launch(launcher, argv);
  const {stdin, output, ended, kill} = launched;
  let killer: NodeJS.Timeout | null = null;
  const done = ended.then(({exitCode, problem}) => {
    if (killer !== null) clearTimeout(killer);
    const end = readEnd(output());
    const launchedAtAll = end.exitCode !== null || exitCode !== undefined;
    return {...end, launchError: launchedAtAll ? null : problem};
  });
  return {
    ...launched,
    done,
    end: () => {
      stdin.end();
      killer ??= setTimeout(kill, endGraceMs);
      killer.unref();
    },
  };
}
