import {closeSync, openSync, unlinkSync, writeSync} from 'node:fs';
import {type Failure, FailureError, toFailure} from '../model/failure.ts';
import {formatBytes} from '../model/draw/units.ts';
import {replyProblem} from '../nodes/kube/reply-problem.ts';
import type {KubeletReply, KubeletRoute} from '../nodes/node.ts';
import {shellQuote} from '../nodes/exec/shell-quote.ts';

/** What the kubelet can tell of itself (`net/http/pprof`). */
export const profileKinds = ['cpu', 'heap', 'goroutine', 'trace'] as const;
export type ProfileKind = (typeof profileKinds)[number];

export interface ProfileRequest {
  readonly kind: ProfileKind;
  /** How long CPU profile and trace take; the others are of one moment. */
  readonly seconds: number;
  /** The file to write, which must not be there yet. */
  readonly path: string;
}

/** Beyond the time that it takes: a busy kubelet puts a large profile together. */
const marginMs = 30_000;
const everyMs = 5000;

/**
 * Fetches a profile of the kubelet into a new file that only the user can read, and tells each step. Rejects with a
 * `FailureError`; then there is no file.
 */
export async function* fetchProfile(
  route: KubeletRoute,
  request: ProfileRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const {kind, seconds, path} = request;
  const file = newFile(path);
  let isWritten = false;
  try {
    const lasts = isOverTime(kind) ? ` for ${seconds} s` : '';
    yield `${kind} profile of the kubelet${lasts}, ${route.label}`;
    const asked = route.get(pathOf(request), {signal, binary: true, timeoutMs: seconds * 1000 + marginMs});
    // Whoever stops listening in between does not wait for its end.
    asked.catch(() => undefined);
    let reply: KubeletReply | null = null;
    for (let waitedMs = everyMs; reply === null; waitedMs += everyMs) {
      reply = await Promise.race([asked, after(everyMs, signal)]);
      if (reply === null) yield `${kind} profile: ${Math.min(seconds, waitedMs / 1000)} of ${seconds} s`;
    }
    const failure = failureOf(reply, request);
    if (failure !== null) throw new FailureError(failure);
    const bytes = reply.bytes ?? new TextEncoder().encode(reply.body);
    writeSync(file, bytes);
    isWritten = true;
    const opened = kind === 'trace' ? 'go tool trace' : 'go tool pprof';
    yield `${formatBytes(bytes.length)} written: ${opened} ${shellQuote([path])}`;
  } finally {
    closeSync(file);
    if (!isWritten) unlinkSync(path);
  }
}

/** The name of a new file in the present folder: of the node, the kind and the moment by the local clock. */
export function profileName(node: string, kind: ProfileKind, now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  const moment = local.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const name = node.replaceAll(/[^\w.-]+/g, '-').slice(0, 80);
  return `ktop-${name}-${moment}.${kind}.${kind === 'trace' ? 'out' : 'pb.gz'}`;
}

const isOverTime = (kind: ProfileKind): boolean => kind === 'cpu' || kind === 'trace';

function pathOf({kind, seconds}: ProfileRequest): string {
  const name = kind === 'cpu' ? 'profile' : kind;
  return `/debug/pprof/${name}${isOverTime(kind) ? `?seconds=${seconds}` : ''}`;
}

function newFile(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const {problem} = toFailure(error, '');
    throw new FailureError(
      {
        tried: `write ${path}`,
        problem: isThere ? 'it is there already, and is left alone' : problem,
        next: '--file FILE',
      },
      {cause: error},
    );
  }
}

/** Resolves with null after so long, or when it is called off: then the request itself says so. */
function after(ms: number, signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms);
    signal.addEventListener('abort', () => clearTimeout(timer), {once: true});
    timer.unref();
  });
}

/**
 * Why there is no profile. A kubelet whose debugging handlers are off answers 405 (`pkg/kubelet/server/server.go`:
 * "Debug endpoints are disabled.", "profiling endpoint is disabled."); an old one knows no such path.
 */
function failureOf(reply: KubeletReply, request: ProfileRequest): Failure | null {
  if (reply.status === 200) return null;
  if (reply.denied) return reply.denied;
  const tried = `GET ${pathOf(request)}`;
  if (reply.status === 405 || reply.status === 404) {
    const problem = `the kubelet's debugging handlers are off (${reply.status})`;
    const next = 'enableDebuggingHandlers: true and enableProfilingHandler: true in the kubelet’s configuration';
    return {code: 'not-found', tried, problem, next};
  }
  return {tried, problem: replyProblem(reply), next: null};
}
