import {setTimeout as sleep} from 'node:timers/promises';
import {killGraceMs, startChild} from './child.ts';
import {withoutToken, type Env} from './environment.ts';

export interface LocalResult {
  /** Null where it did not run to its end; `stderr` then says why. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The end of it. */
  readonly stderr: string;
}

export interface LocalOptions {
  readonly env: Env;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** For `sudo`: see `ChildOptions`. */
  readonly inOurSession?: boolean;
}

/** Nobody answers more than this: ten thousand containers are told in pieces. */
const mostBytes = 64 * 1024 * 1024;
const stderrKept = 64 * 1024;

/**
 * Runs a program on this machine (an engine's client, minikube, a credential plugin). Never rejects. It resolves soon
 * after the time-out or the signal, whatever the program does; what it leaves behind is ended.
 */
export async function runLocal(file: string, args: readonly string[], options: LocalOptions): Promise<LocalResult> {
  const {env, timeoutMs = 10_000, signal, inOurSession = false} = options;
  if (signal?.aborted) return {exitCode: null, stdout: '', stderr: 'was called off'};
  const child = await startChild(file, args, {env: withoutToken(env), stdin: 'ignore', inOurSession});
  const stopped = Promise.withResolvers<string>();
  const output: Buffer[] = [];
  let bytes = 0;
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) output.push(chunk);
    else stopped.resolve(`answered more than ${mostBytes / 1024 / 1024} MB`);
  });
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => (stderr = (stderr + text).slice(-stderrKept)));
  const timer = setTimeout(() => stopped.resolve(`gave no answer within ${timeoutMs / 1000} s`), timeoutMs);
  const abort = () => stopped.resolve('was called off');
  signal?.addEventListener('abort', abort, {once: true});
  const end = await Promise.race([child.ended, stopped.promise]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  if (typeof end === 'string') {
    child.kill();
    await Promise.race([child.ended, sleep(killGraceMs + 100, undefined, {ref: false})]);
    return {exitCode: null, stdout: '', stderr: end};
  }
  const {exitCode = null, problem} = end;
  return {exitCode, stdout: Buffer.concat(output).toString(), stderr: exitCode === null ? problem : stderr};
}
