import type {Event, JournalEntry, StreamState} from '../../model/event.ts';
import {FailureError, toFailure} from '../../model/failure.ts';
import {localMs, nodeMs, type LocalMs} from '../../model/time.ts';
import type {KubeletReply, KubeletRoute} from '../../nodes/node.ts';
import {replyProblem} from '../../nodes/kube/reply-problem.ts';
import {isAborted} from '../../util/is-aborted.ts';
import {sleep as plainSleep} from '../../util/sleep.ts';
import {backOffMs} from '../../util/back-off.ts';

export interface JournalQueryOptions {
  readonly openRoute: (signal: AbortSignal) => Promise<KubeletRoute>;
  /** The systemd unit of the kubelet, without `.service`. */
  readonly unit: string;
  /** How many of the newest lines to begin with. */
  readonly lines: number;
  /** Between two questions, in ms; read anew before each. Default 2 s. */
  readonly everyMs?: number;
  readonly now?: () => LocalMs;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Between two questions, where nothing else is said. */
export const queryEveryMs = 2_000;
const longestPauseMs = 15_000;
/** Asked for where hardly anything comes. */
const leastLines = 50;
/** The kubelet gives no more at once (`pkg/kubelet/kubelet_server_journal.go`, `maxTailLines`). */
const mostLines = 100_000;
/** So many of the lines seen last are looked for in the next answer. */
const keptLines = 50;

/**
 * Follows the kubelet's journal where no command can be run, by the kubelet's own log query (`/logs/?query=UNIT`,
 * Kubernetes 1.27 and later where the node allows it). The query knows no cursor, and its `sinceTime` is taken in the
 * node's own time zone though it is sent in another. So the newest lines are asked for again and again, more of them
 * until the answer reaches back to what was seen last; what was seen already is left out.
 */
export async function* followJournalQuery(options: JournalQueryOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const now = options.now ?? (() => localMs(Date.now()));
  const sleep = options.sleep ?? plainSleep;
  const reader = new QueryReader(options.unit, options.lines);
  let route: KubeletRoute | null = null;
  let following = false;
  let failures = 0;
  yield stream({kind: 'connecting', since: now()});
  try {
    while (!signal.aborted) {
      try {
        route ??= await options.openRoute(signal);
        const {entries, gap, more} = reader.take(await route.get(reader.path(), {signal, timeoutMs: 30_000}), now());
        if (!following) yield stream({kind: 'following', since: now()});
        following = true;
        failures = 0;
        if (gap !== null) yield {type: 'journal-gap', at: now(), after: null, reason: gap, atMost: null};
        if (entries.length > 0) yield {type: 'journal', entries};
        if (!more) await sleep(options.everyMs ?? queryEveryMs, signal);
      } catch (error) {
        if (isAborted(signal)) return;
        failures += 1;
        following = false;
        const failure = toFailure(error, 'ask the kubelet for its journal');
        const kind = error instanceof NotOffered ? 'unavailable' : 'reconnecting';
        const since = now();
        yield stream(kind === 'unavailable' ? {kind, since, failure} : {kind, since, attempt: failures, failure});
        const backOff = {firstMs: 1000, longestMs: longestPauseMs, random: Math.random()};
        await sleep(kind === 'unavailable' ? 60_000 : backOffMs(failures - 1, backOff), signal);
      }
    }
  } finally {
    await route?.close();
  }
}

const stream = (state: StreamState): Event => ({type: 'journal-stream', state});

/** The kubelet does not answer such queries at all: its configuration must change first. */
class NotOffered extends FailureError {}

/** What is new in an answer. */
export interface Reading {
  readonly entries: readonly JournalEntry[];
  /** A sentence where lines are missing before the entries. */
  readonly gap: string | null;
  /** The answer did not reach back far enough: ask again at once, for more. */
  readonly more: boolean;
}

/** Remembers the lines seen last, and tells new lines from old. */
export class QueryReader {
  readonly #unit: string;
  readonly #lines: number;
  #asked: number;
  /** The lines seen last; null before the first answer. */
  #last: readonly string[] | null = null;
  #count = 0;

  constructor(unit: string, lines: number) {
    this.#unit = unit;
    this.#lines = lines;
    // Of none it would not be known where to go on.
    this.#asked = Math.max(1, lines);
  }

  /** What to ask next. */
  path(): string {
    return `/logs/?query=${encodeURIComponent(this.#unit)}&tailLines=${this.#asked}`;
  }

  /** Rejects where the answer is none. */
  take(reply: KubeletReply, now: LocalMs): Reading {
    const found = parseLines(this.#textOf(reply), this.#unit, now);
    const lines = found.map(({line}) => line);
    // Of an answer that is not full it is known that there is nothing before it.
    const isWhole = this.#last === null || (this.#last.length === 0 && found.length < this.#asked);
    const reached = isWhole ? 0 : endOfSeen(this.#last ?? [], lines);
    let gap: string | null = null;
    if (reached === null) {
      if (found.length >= this.#asked && this.#asked < mostLines) {
        this.#asked = Math.min(mostLines, this.#asked * 8);
        return {entries: [], gap: null, more: true};
      }
      gap =
        found.length < this.#asked
          ? 'the journal of the node was cleared'
          : `more than ${mostLines} lines came at once`;
    }
    const fresh = this.#last === null && this.#lines === 0 ? [] : found.slice(reached ?? 0);
    this.#last = lines.slice(-keptLines);
    this.#asked = Math.min(mostLines, Math.max(leastLines, 2 * fresh.length));
    return {entries: fresh.map((one) => this.#entry(one)), gap, more: false};
  }

  #textOf(reply: KubeletReply): string {
    const {status, body, denied} = reply;
    const tried = `GET ${this.path()} of the kubelet`;
    if (denied) throw new FailureError(denied);
    const output = body.trim().slice(0, 200);
    // Without log queries the same path lists the files of /var/log, or is closed.
    if (status === 404 || status === 405 || /^\s*</.test(body)) {
      const problem = 'the kubelet answers no log queries (they are off by default)';
      const next =
        'set "enableSystemLogQuery: true" and "featureGates: {NodeLogQuery: true}" in its configuration and restart it';
      throw new NotOffered({tried, problem, next});
    }
    if (status >= 400 && status < 500) throw new NotOffered({tried, problem: replyProblem(reply), next: null});
    if (status !== 200) throw new FailureError({tried, problem: replyProblem(reply), next: null});
    // Sentences of the kubelet in place of lines.
    if (/^(log not found for|options present and query resolved to log files)/.test(output)) {
      const next = 'ktop --unit UNIT …';
      throw new NotOffered({tried, problem: `the node's journal knows no unit "${this.#unit}"`, next});
    }
    if (/^(error: journal output not available|failed to get logging cmd)/.test(output)) {
      throw new FailureError({tried, problem: output.split('\n')[0] ?? output, next: null});
    }
    return body;
  }

  #entry({at, unit, identifier, pid, priority, message}: QueryLine): JournalEntry {
    this.#count += 1;
    return {cursor: `query:${this.#count}`, at, unit, identifier, pid, priority, message};
  }
}

/**
 * Where the lines go on after those that were seen; null where the two do not meet. The microseconds in front of each
 * line make nearly all of them differ; of several places it is the first where most lines agree.
 */
function endOfSeen(seen: readonly string[], lines: readonly string[]): number | null {
  let best = {end: 0, length: 0};
  for (let end = 1; end <= lines.length; end += 1) {
    let length = 0;
    while (length < end && length < seen.length && lines[end - 1 - length] === seen[seen.length - 1 - length]) {
      length += 1;
    }
    if (length > best.length) best = {end, length};
  }
  return best.length > 0 ? best.end : null;
}

interface QueryLine extends Omit<JournalEntry, 'cursor'> {
  readonly line: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Reads `journalctl --utc --output=short-precise`, which names no year: it is the one that brings the line nearest to
 * now. What continues an entry on further lines is indented.
 */
export function parseLines(text: string, unit: string, now: LocalMs): QueryLine[] {
  const found: QueryLine[] = [];
  for (const line of text.split('\n')) {
    const [, month, day, hours, minutes, seconds, fraction, identifier, pid, message] =
      /^(\w{3}) (\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6}) \S+ ([^\s[:]+)(?:\[(\d+)\])?: (.*)$/.exec(line) ?? [];
    const previous = found.at(-1);
    if (message === undefined || identifier === undefined) {
      if (/^\s+\S/.test(line) && previous !== undefined) {
        const continued = `${previous.message}\n${line.trimStart()}`;
        found[found.length - 1] = {...previous, message: continued, line: `${previous.line}\n${line}`};
      }
      continue;
    }
    const year = new Date(now).getUTCFullYear();
    const inYear = (of: number) =>
      Date.UTC(of, months.indexOf(month ?? ''), Number(day), Number(hours), Number(minutes), Number(seconds)) +
      Number(fraction) / 1000;
    const at = [year, year - 1, year + 1]
      .map(inYear)
      .reduce((a, b) => (Math.abs(a - now) <= Math.abs(b - now) ? a : b));
    found.push({
      at: nodeMs(at),
      unit: `${unit}.service`,
      identifier,
      pid: pid === undefined ? null : Number(pid),
      priority: 6,
      message,
      line,
    });
  }
  return found;
}
