import {setTimeout as after} from 'node:timers/promises';
import type {NodeShell} from '../nodes/node.ts';

/**
 * Takes the node's lock and holds it for as long as this process lives, which is as long as ktop does (every command
 * there ends with its reader, SIGKILL included). `job.lock` is held by a job of ktop's that goes on without it.
 * `$1` says who we are. Prints `held`, `busy WHO`, or `none` where no lock can be had (no `flock`, no `/run`).
 */
const script = `
: ktop-lock
umask 077
d=/run/ktop
command -v flock >/dev/null 2>&1 && mkdir -p "$d" && ( : >>"$d/lock" && : >>"$d/job.lock" ) || { echo none; exit 0; }
exec 9>>"$d/lock"
flock -n 9 || { echo "busy $(head -n 1 "$d/lock" | cut -c 1-300)"; exit 0; }
exec 8>>"$d/job.lock"
flock -n 8 || { echo "busy $(head -n 1 "$d/job.lock" | cut -c 1-300)"; exit 0; }
exec 8>&-
printf '%s\\n' "$1" >"$d/lock"
echo held
exec sleep 2147483647
`.trim();

/** A lock that was asked for. */
export type NodeLock =
  /** `release` gives it back; harmless where there was none to be had. */
  | {readonly kind: 'held'; readonly release: () => Promise<void>}
  /** Somebody else has it; `who` is what they wrote of themselves: untrusted text. */
  | {readonly kind: 'busy'; readonly who: string};

const answerMs = 15_000;

/**
 * Makes sure that one ktop at a time changes the node, whoever started it. `who` is told to others that come meanwhile.
 * A node that cannot lock does not keep anybody from working: then nothing is held. Never rejects.
 */
export async function lockNode(shell: NodeShell, who: string, signal: AbortSignal): Promise<NodeLock> {
  const nothing: NodeLock = {kind: 'held', release: () => Promise.resolve()};
  const ended = new AbortController();
  try {
    const follow = shell.follow(['sh', '-c', script, 'ktop-lock', who], {signal});
    follow.ended.catch(() => undefined);
    const timeout = after(answerMs, '', {signal: ended.signal}).catch(() => '');
    const line = await Promise.race([firstLine(follow.stdout), timeout]);
    if (line === 'held') return {kind: 'held', release: () => follow.stop()};
    await follow.stop();
    return line.startsWith('busy') ? {kind: 'busy', who: line.slice('busy '.length)} : nothing;
  } catch {
    return nothing;
  } finally {
    ended.abort();
  }
}

async function firstLine(stdout: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stdout[Symbol.asyncIterator]();
  let text = '';
  // The stream stays open behind the line: leaving a `for await` would close it, and with it the lock.
  for (;;) {
    const next = await reader.next();
    if (next.done) return text.trim();
    text += decoder.decode(next.value, {stream: true});
    const end = text.indexOf('\n');
    if (end !== -1) return text.slice(0, end).trim();
  }
}
