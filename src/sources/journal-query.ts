import type {Event, JournalEntry, StreamState} from '../model/event.ts';
import {FailureError, toFailure} from '../model/failure.ts';
import {localMs, nodeMs, type LocalMs} from '../model/time.ts';
import type {KubeletReply, KubeletRoute} from '../nodes/node.ts';
import {pause} from '../pause.ts';

export interface JournalQueryOptions {
  readonly openRoute: (signal: AbortSignal) => Promise<KubeletRoute>;
  /** The systemd unit of the kubelet, without `.service`. */
  readonly unit: string;
  /** How many of the newest lines to begin with. */
  readonly lines: number;
  readonly now?: () => LocalMs;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const everyMs = 2_000;
const longestPauseMs = 15_000;
/** More lines in one poll than this are cut off by the kubelet, which is then said. */
const mostLines = 20_000;

/**
 * Follows the kubelet's journal where no command can be run, by the kubelet's own log query
 * (`/logs/?query=UNIT`, Kubernetes 1.30 and later where the node allows it). It is asked again and again from the last
 * whole second that was seen, because the query knows no cursor; what was seen already is left out.
 */
export async function* followJournalQuery(options: JournalQueryOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const now = options.now ?? (() => localMs(Date.now()));
  const sleep = options.pause ?? pause;
  const reader = new QueryReader(options.unit, options.lines);
  let route: KubeletRoute | null = null;
  let following = false;
  let failures = 0;
  yield stream({kind: 'connecting', since: now()});
  try {
    while (!signal.aborted) {
      try {
        route ??= await options.openRoute(signal);
        const {entries, gap} = reader.take(await route.get(reader.path(), {signal, timeoutMs: 15_000}), now());
        if (!following) yield stream({kind: 'following', since: now()});
        following = true;
        failures = 0;
        if (gap !== null) yield {type: 'journal-gap', at: now(), reason: gap, atMost: null};
        if (entries.length > 0) yield {type: 'journal', entries};
        for (const entry of entries) {
          const started = entry.identifier === 'systemd' && entry.message.startsWith('Started ');
          if (started) yield {type: 'kubelet-started', at: entry.at, pid: null};
        }
        await sleep(everyMs, signal);
      } catch (error) {
        if (isAborted(signal)) return;
        failures += 1;
        following = false;
        const failure = toFailure(error, 'ask the kubelet for its journal');
        const kind = error instanceof NotOffered ? 'unavailable' : 'reconnecting';
        const since = now();
        yield stream(kind === 'unavailable' ? {kind, since, failure} : {kind, since, attempt: failures, failure});
        await sleep(
          kind === 'unavailable' ? 60_000 : Math.min(longestPauseMs, 500 * 2 ** Math.min(failures, 8)),
          signal,
        );
      }
    }
  } finally {
    await route?.close();
  }
}

const stream = (state: StreamState): Event => ({type: 'journal-stream', state});

/** Asked anew each time: the compiler would take the answer of before for granted. */
const isAborted = (signal: AbortSignal) => signal.aborted;

/** The kubelet does not answer such queries at all: its configuration must change first. */
class NotOffered extends FailureError {}

/** Remembers what was seen of the last second, and tells new lines from old. */
export class QueryReader {
  readonly #unit: string;
  readonly #lines: number;
  /** The last whole second that was seen, and its lines in their order. */
  #second: number | null = null;
  #seen: readonly string[] = [];
  #count = 0;

  constructor(unit: string, lines: number) {
    this.#unit = unit;
    this.#lines = lines;
  }

  /** What to ask next. */
  path(): string {
    const query = new URLSearchParams({query: this.#unit});
    if (this.#second === null) query.set('tailLines', String(this.#lines));
    else {
      query.set('sinceTime', new Date(this.#second).toISOString().replace('.000Z', 'Z'));
      query.set('tailLines', String(mostLines));
    }
    return `/logs/?${query.toString()}`;
  }

  /** The entries of an answer that are new, and a sentence where some are missing before them. */
  take(reply: KubeletReply, now: LocalMs): {readonly entries: readonly JournalEntry[]; readonly gap: string | null} {
    const tried = `GET ${this.path()} of the kubelet`;
    if (reply.denied) throw new FailureError(reply.denied);
    if (reply.status !== 200 || /^\s*</.test(reply.body)) {
      const problem = 'the kubelet answers no log queries (they are off by default)';
      const next = 'set featureGates: {NodeLogQuery: true} and enableSystemLogQuery: true in its configuration';
      if (reply.status < 500) throw new NotOffered({tried, problem, next});
      throw new FailureError({tried, problem: `${reply.status}: ${reply.body.slice(0, 200)}`, next: null});
    }
    const found = parseLines(reply.body, this.#unit, now);
    const old = [...this.#seen];
    const fresh = found.filter(({line}) => {
      const index = old.indexOf(line);
      if (index >= 0) old.splice(index, 1);
      return index < 0;
    });
    let gap: string | null = null;
    if (this.#second !== null && found.length >= mostLines) gap = `more than ${mostLines} lines came at once`;
    else if (this.#seen.length > 0 && old.length === this.#seen.length) gap = 'the journal of the node was cleared';
    const last = fresh.at(-1);
    if (last !== undefined) {
      this.#second = Math.floor(last.at / 1000) * 1000;
      const {length} = found;
      const from = found.findIndex((one) => one.at >= (this.#second ?? 0));
      this.#seen = found.slice(from < 0 ? length : from).map(({line}) => line);
    } else if (gap !== null) {
      this.#seen = [];
    }
    return {entries: fresh.map((one) => this.#entry(one)), gap};
  }

  #entry({at, unit, identifier, pid, priority, message}: QueryLine): JournalEntry {
    this.#count += 1;
    return {cursor: `query:${this.#count}`, at, unit, identifier, pid, priority, message};
  }
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
