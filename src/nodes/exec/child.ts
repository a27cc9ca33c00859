import {PassThrough, type Readable, type Writable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {whyNotRun} from './runnable.ts';
import {registering, registry, releaseGroup} from './reaper.ts';

export interface ChildOptions {
  /** All of it; our own token is the caller's to take out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: 'pipe' | 'ignore';
  /**
   * In our own session instead of one of its own: only for `sudo`, whose memory of a password belongs to the terminal's
   * session. It then gets the terminal's signals, too.
   */
  readonly inOurSession?: boolean;
}

export interface ChildEnd {
  /** Undefined where it could not be started or was killed. */
  readonly exitCode: number | undefined;
  /** Why there is no exit code. */
  readonly problem: string;
}

/** A program that runs on this machine. Read its output as it flows (`pipe`, `on('data')`), not by iterating. */
export interface Child {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Never rejects. The program has ended and what it wrote was read; a grandchild that still holds its pipes is ended
   * and not waited for.
   */
  readonly ended: Promise<ChildEnd>;
  /** Ends it with all that it started: SIGTERM, and after `killGraceMs` SIGKILL. */
  readonly kill: () => void;
}

/** How long a program may take to obey SIGTERM. */
export const killGraceMs = 200;
/** Pipes that stay open and silent this long after the end of the program are held by somebody else. */
const silenceMs = 150;

/**
 * Starts a program in a session and process group of its own: the terminal's ctrl-C does not end it before we do, it
 * cannot take the terminal, and it is ended together with what it started itself (a wrapper around `docker`). Also where
 * we are killed in the midst of this: it has told whoever outlives us of its group before it becomes the program.
 */
export async function startChild(file: string, args: readonly string[], options: ChildOptions): Promise<Child> {
  const {env, stdin: input, inOurSession = false} = options;
  const {execa} = await import('execa');
  const unfit = whyNotRun(file, env);
  if (unfit !== null) return unstarted(unfit);
  const heard = inOurSession ? null : registry();
  const [program, ...given] = heard === null ? [file, ...args] : registering([file, ...args]);
  const child = execa(program, given, {
    stdio: [input, 'pipe', 'pipe', ...(heard === null ? [] : [heard])],
    buffer: false,
    reject: false,
    env,
    extendEnv: false,
    detached: !inOurSession,
  });
  const {pid, stdin, stdout, stderr} = child;
  // Writing to a program that has just ended is not news: its end is.
  stdin?.on('error', () => undefined);
  const group = pid === undefined || inOurSession ? null : pid;
  const send = (signal: NodeJS.Signals) => (group === null ? child.kill(signal) : signalGroup(group, signal));
  let killer: NodeJS.Timeout | null = null;
  const kill = () => {
    if (killer !== null) return;
    send('SIGTERM');
    killer = setTimeout(() => send('SIGKILL'), killGraceMs).unref();
  };
  const ended = new Promise<ChildEnd>((resolve) => {
    child.nodeChildProcess.once('exit', (code, signal) => {
      void drain([stdout, stderr], kill).then(() => {
        // What lives on in the group without our pipes stays known to the reaper.
        if (group !== null && !signalGroup(group, 0)) {
          if (killer !== null) clearTimeout(killer);
          releaseGroup(group);
        }
        resolve({exitCode: code ?? undefined, problem: `it was ended by ${signal ?? 'its system'}`});
      });
    });
    if (pid === undefined) {
      void child.then(({code}) =>
        resolve({exitCode: undefined, problem: `"${file}" could not be started (${code ?? '?'})`}),
      );
    }
  });
  return {stdin: stdin ?? new PassThrough(), stdout, stderr, ended, kill};
}

/** Whether anybody was there to get it. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** Waits until the pipes of a program that has ended are read to their end, but not for others who hold them. */
async function drain(pipes: readonly Readable[], kill: () => void): Promise<void> {
  const isRead = () => pipes.every((pipe) => pipe.readableEnded || pipe.destroyed);
  const closed = new Promise<void>((resolve) => {
    for (const pipe of pipes) pipe.once('close', () => isRead() && resolve());
  });
  while (!isRead()) {
    const before = pipes.map(bytesRead).join();
    await Promise.race([closed, sleep(silenceMs)]);
    // Where a reader takes its time there may be more in the pipe.
    const waits = pipes.some((pipe) => pipe.readableLength > 0);
    if (isRead() || (!waits && before === pipes.map(bytesRead).join())) break;
  }
  if (isRead()) return;
  kill();
  await Promise.race([closed, sleep(killGraceMs + 50)]);
  for (const pipe of pipes) pipe.destroy();
}

function bytesRead(pipe: Readable): number {
  return 'bytesRead' in pipe && typeof pipe.bytesRead === 'number' ? pipe.bytesRead : 0;
}

/** A program that is not there, or may not be run. */
function unstarted(problem: string): Child {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  for (const stream of [stdout, stderr]) stream.end();
  return {stdin, stdout, stderr, ended: Promise.resolve({exitCode: undefined, problem}), kill: () => undefined};
}
