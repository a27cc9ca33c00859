import {exportFields} from './export-format.ts';
import {JournalParser} from './parser.ts';
import {entriesBetween, sameEntry} from './cursor.ts';
import {GapWatch} from './gaps.ts';
import type {Event, JournalEntry, StreamState} from '../../model/event.ts';
import {toFailure, type Failure} from '../../model/failure.ts';
import type {TickPattern} from '../../model/journal/tick-pattern.ts';
import {localMs, type LocalMs, type NodeMs} from '../../model/time.ts';
import type {Follow, FollowEnd, NodeShell} from '../../nodes/node.ts';
import {sleep} from '../../util/sleep.ts';
import {backOffMs} from '../../util/back-off.ts';

export interface JournalSourceOptions {
  readonly shell: NodeShell;
  /** How the user would do it by hand, for messages: `docker exec kind-worker`. */
  readonly commandPrefix: string;
  /** systemd units, interleaved by time. */
  readonly units: readonly string[];
  /** How many of the newest entries to begin with, where `since` does not say. */
  readonly lines: number;
  readonly since: string | null;
  readonly boot: string | null;
  /**
   * Only entries that match this are sent at all (`journalctl --grep`, PCRE2), and those that tell of a restart. Where
   * journalctl refuses it, all are sent, and the stream warns.
   */
  readonly sourceGrep: string | null;
  readonly tickPattern: TickPattern | null;
  readonly now?: () => LocalMs;
  readonly random?: () => number;
}

/** Entries are handed on at most this often, or sooner where so many have come: taking them in holds up the keys. */
const batchMs = 100;
const batchEntries = 1000;
/** A follower that neither said anything nor ended for this long is taken to wait for entries. */
const settledMs = 3000;
const longestPauseMs = 15_000;

/**
 * Follows the journal of the units for as long as the signal lets it. A lost follower is started again where it was:
 * no entry is lost or repeated, and where the node has removed entries meanwhile a `journal-gap` says how many.
 *
 * A consumer that is slow stops the reading, and through the pipe journalctl itself: nothing piles up here.
 */
export async function* followJournal(options: JournalSourceOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const now = options.now ?? (() => localMs(Date.now()));
  const random = options.random ?? Math.random;
  const follower = new Follower(options, now, signal);
  yield stream({kind: 'connecting', since: now()});
  for (let attempt = 0; ;) {
    const failure = yield* follower.run();
    if (signal.aborted || failure === null) return;
    attempt = follower.healthy ? 1 : attempt + 1;
    yield stream(
      failure.final
        ? {kind: 'unavailable', since: now(), failure: failure.failure}
        : {kind: 'reconnecting', since: now(), attempt, failure: failure.failure},
    );
    const firstMs = failure.final ? longestPauseMs : 250;
    await sleep(backOffMs(attempt - 1, {firstMs, longestMs: longestPauseMs, random: random()}), signal);
  }
}

const stream = (state: StreamState): Event => ({type: 'journal-stream', state});

/** One journalctl after the other, each going on where the last one ended. */
class Follower {
  /** Whether the latest journalctl brought anything new, or waited for it long enough: then the next try is quick. */
  healthy = false;
  readonly #options: JournalSourceOptions;
  readonly #now: () => LocalMs;
  readonly #signal: AbortSignal;
  readonly #gaps: GapWatch;
  /** Null where journalctl cannot filter by it, which `#warning` then says. */
  #sourceGrep: string | null;
  #warning: string | null = null;
  #last: JournalEntry | null = null;

  constructor(options: JournalSourceOptions, now: () => LocalMs, signal: AbortSignal) {
    this.#options = options;
    this.#now = now;
    this.#signal = signal;
    this.#sourceGrep = options.sourceGrep;
    this.#gaps = new GapWatch(options.shell, signal);
  }

  /** Returns why it ended, or null where it was told to. */
  async *run(): AsyncGenerator<Event, {failure: Failure; final: boolean} | null> {
    this.healthy = false;
    const startedAt = this.#now();
    const argv = followArgv({...this.#options, sourceGrep: this.#sourceGrep}, this.#last?.cursor ?? null);
    const tried = `${this.#options.commandPrefix} ${argv.join(' ')}`;
    let follow: Follow | null = null;
    try {
      follow = this.#options.shell.follow(argv, {signal: this.#signal});
      yield* this.#read(follow);
      const end = await follow.ended;
      this.healthy ||= this.#now() - startedAt > longestPauseMs;
      if (this.#sourceGrep !== null && refusesGrep(end)) {
        const output = lastLine(end.stderr).replace(sentPattern(this.#sourceGrep), () => this.#sourceGrep ?? '');
        this.#warning = `not filtered by the node (--source-grep): ${output}`;
        this.#sourceGrep = null;
      }
      return this.#signal.aborted ? null : whyEnded(end, tried);
    } catch (error) {
      return this.#signal.aborted ? null : {failure: toFailure(error, tried), final: false};
    } finally {
      await follow?.stop();
    }
  }

  async *#read(follow: Follow): AsyncGenerator<Event> {
    const parser = new JournalParser();
    const chunks = follow.stdout[Symbol.asyncIterator]();
    let resuming = this.#last;
    let following = false;
    let batch: JournalEntry[] = [];
    let flushedAt = Number.NEGATIVE_INFINITY;
    let chunk = chunks.next();
    try {
      for (;;) {
        const dueMs = batch.length > 0 ? flushedAt + batchMs - this.#now() : following ? null : settledMs;
        const arrived = await within(chunk, following ? sooner(dueMs, this.#gaps.waitMs(this.#now())) : dueMs);
        if (!following && arrived?.done !== true) {
          following = true;
          const warned = this.#warning === null ? {} : {warning: this.#warning};
          yield stream({kind: 'following', since: this.#now(), ...warned});
        }
        if (arrived?.done === false) {
          parser.push(arrived.value, batch);
          if (resuming !== null && batch.length > 0) {
            const missing = takeUp(batch, resuming);
            resuming = null;
            if (missing !== null) {
              this.#gaps.reset();
              yield gap(this.#now(), 'before', missing);
            }
          }
          chunk = chunks.next();
          // Its failure is seen when it is awaited; until then it must not count as unhandled.
          chunk.catch(() => undefined);
        }
        const due = batch.length >= batchEntries || this.#now() - flushedAt >= batchMs || arrived?.done === true;
        if (due && batch.length > 0) {
          this.healthy = true;
          this.#last = batch.at(-1) ?? this.#last;
          flushedAt = this.#now();
          const entries = batch;
          batch = [];
          this.#gaps.note(entries);
          yield {type: 'journal', entries};
          yield* this.#readBetweenTheLines(entries);
        }
        const found = this.#gaps.findGap(this.#now());
        if (found !== null) yield gap(this.#now(), 'while', found);
        if (arrived?.done === true) return;
      }
    } finally {
      // Unread output would keep the process from ending. This waits for nothing: a read may still be under way.
      chunks.return?.(undefined).catch(() => undefined);
    }
  }

  /** What entries tell besides their text: the user's own tick lines. */
  *#readBetweenTheLines(entries: readonly JournalEntry[]): Generator<Event> {
    const {tickPattern} = this.#options;
    for (const entry of entries) {
      const fact = tickPattern?.read(entry) ?? null;
      if (fact !== null) yield fact;
    }
  }
}

/**
 * The command line of a follower. It resumes *at* the cursor and drops that entry itself: with a filter such as `-u`,
 * `--after-cursor` skips one more entry where the one it names is gone (systemd issue 30288, before version 256).
 */
export function followArgv(options: JournalSourceOptions, cursor: string | null): string[] {
  const argv = [
    'journalctl',
    '--follow',
    '--quiet',
    '--no-pager',
    '--output=export',
    `--output-fields=${exportFields}`,
  ];
  for (const unit of options.units) argv.push(`--unit=${unit}`);
  if (options.sourceGrep !== null) argv.push(...grepArgv(options.sourceGrep));
  if (cursor !== null) return [...argv, '--no-tail', `--cursor=${cursor}`];
  if (options.boot !== null) argv.push(`--boot=${options.boot}`);
  // With --since, --lines would count from the beginning.
  return options.since === null
    ? [...argv, `--lines=${options.lines}`]
    : [...argv, '--no-tail', `--since=${options.since}`];
}

/** What must come whatever the pattern is: systemd's words on a unit's life, and journald's on what it suppressed. */
const alwaysSent = ['^Started ', '^Stopping ', ': Main process exited', '^Suppressed '];

/** A pattern without capitals ignores case in journalctl; that is said here, because what is added has some. */
function grepArgv(pattern: string): string[] {
  const caseSensitive = /[A-Z]/.test(pattern) ? 'yes' : 'no';
  return [`--grep=${sentPattern(pattern)}`, `--case-sensitive=${caseSensitive}`];
}

/** In a group of its own, so that flags or a backslash at its end stay its own. */
const sentPattern = (pattern: string): string => [`(?:${pattern})`, ...alwaysSent].join('|');

/**
 * `Bad pattern "(": missing closing parenthesis`, `Compiled without pattern matching support`, `PCRE2 support is not
 * compiled in.`, `unrecognized option '--grep=…'` (systemd before 237).
 */
function refusesGrep({exitCode, stderr}: FollowEnd): boolean {
  return exitCode !== null && exitCode !== 0 && /pattern|pcre2|'--(grep|case-sensitive)/i.test(lastLine(stderr));
}

/** Drops the entry at which the follower took up again; says what is missing where the node no longer has it. */
function takeUp(batch: JournalEntry[], last: JournalEntry): Gap | null {
  const [first] = batch;
  if (first === undefined) return null;
  if (sameEntry(first.cursor, last.cursor)) {
    batch.shift();
    return null;
  }
  const atMost = entriesBetween(last.cursor, first.cursor);
  return atMost === 0 ? null : {after: last.at, atMost};
}

interface Gap {
  readonly after: NodeMs;
  readonly atMost: number | null;
}

const gap = (at: LocalMs, when: 'before' | 'while', {after, atMost}: Gap): Event => ({
  type: 'journal-gap',
  at,
  after,
  reason: `the node removed them ${when} they were read`,
  atMost,
});

/** The shorter of two waits, of which null has no end. */
function sooner(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.min(one, other);
}

function whyEnded(end: FollowEnd, tried: string): {failure: Failure; final: boolean} {
  const output = lastLine(end.stderr);
  if (end.exitCode === 127) {
    return {
      failure: {tried, problem: output === '' ? 'journalctl was not found on the node' : output, next: null},
      final: true,
    };
  }
  const problem =
    output !== ''
      ? output
      : end.exitCode === null
        ? 'the connection was lost'
        : `journalctl ended with exit code ${end.exitCode}`;
  return {failure: {tried, problem, next: null}, final: /insufficient permissions/i.test(output)};
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** The outcome of a promise, or null where it takes longer than `ms` (null: however long it takes). */
async function within<T>(promise: Promise<T>, ms: number | null): Promise<T | null> {
  if (ms === null) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms), null);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
