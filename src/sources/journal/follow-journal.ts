import {setImmediate} from 'node:timers/promises';
import {followArgv, refusesGrep, sentPattern, type FollowOptions, type ReadBoot} from './follow-argv.ts';
import {JournalParser} from './parser.ts';
import {bootOf, entriesBetween, sameEntry} from './cursor.ts';
import {GapWatch} from './gaps.ts';
import {nodeCommand} from './node-command.ts';
import type {Event, JournalEntry, StreamState} from '../../model/event.ts';
import {toFailure, type Failure} from '../../model/failure.ts';
import type {TickPattern} from '../../model/journal/tick-pattern.ts';
import {localMs, type LocalMs, type NodeMs} from '../../model/time.ts';
import type {Follow, FollowEnd, NodeShell} from '../../nodes/node.ts';
import {sleep} from '../../util/sleep.ts';
import {backOffMs} from '../../util/back-off.ts';
import {lastLine} from '../../util/last-line.ts';

export interface JournalSourceOptions extends FollowOptions {
  readonly shell: NodeShell;
  /** How the user would do it by hand, for messages: `docker exec kind-worker`. */
  readonly commandPrefix: string;
  readonly tickPattern: TickPattern | null;
  readonly now?: () => LocalMs;
  /** Milliseconds of a clock that nobody sets, for intervals. */
  readonly elapsedMs?: () => number;
  readonly random?: () => number;
}

/** Entries are handed on at most this often, or sooner where so many have come: taking them in holds up the keys. */
const batchMs = 100;
const batchEntries = 500;
/** Node reads a full pipe 32 times before it looks for anything else: a key would wait for two megabytes of lines. */
const turnBytes = 256 * 1024;
/** A follower that neither said anything nor ended for this long is taken to wait for entries. */
const settledMs = 3000;
/** A command whose output has ended is over after so long, whether it ends or not. */
const endedMs = 5000;
/** What fails so often in a row will fail again. */
const mostTries = 3;
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
  readonly #elapsedMs: () => number;
  readonly #signal: AbortSignal;
  readonly #gaps: GapWatch;
  /** Null where journalctl cannot filter by it, which `#warning` then says. */
  #sourceGrep: string | null;
  #warning: string | null = null;
  #last: JournalEntry | null = null;
  #following = false;
  /** Since when, by `#elapsedMs`, journalctl has waited for the first entry of all; null where it has not for long. */
  #emptySince: number | null = null;
  /** What failed last without an entry having come since, and how often in a row. */
  #failing = {what: '', times: 0};
  /** The cursor before what could not be read: told once, however often it is met again. */
  #skippedBehind: string | null = null;

  constructor(options: JournalSourceOptions, now: () => LocalMs, signal: AbortSignal) {
    this.#options = options;
    this.#now = now;
    this.#elapsedMs = options.elapsedMs ?? (() => performance.now());
    this.#signal = signal;
    this.#sourceGrep = options.sourceGrep;
    this.#gaps = new GapWatch(options.shell, signal);
  }

  /** Returns why it ended, or null where it was told to. */
  async *run(): AsyncGenerator<Event, {failure: Failure; final: boolean} | null> {
    this.healthy = false;
    this.#following = false;
    const boots = await this.#boots();
    if (boots === null) {
      const tried = `${this.#options.commandPrefix} ${listBoots.join(' ')}`;
      return {failure: {tried, problem: 'the node did not say which boots it has had', next: null}, final: false};
    }
    for (const boot of boots) {
      if (this.#signal.aborted) return null;
      if (boot.kind === 'untold') {
        const unknown = {after: this.#last?.at ?? null, atMost: null};
        yield gap(this.#now(), 'the node did not say whether it was started more than once', unknown);
        continue;
      }
      const end = yield* this.#runOne(boot);
      if (end !== 'done') return end;
    }
    return null;
  }

  /** Runs one journalctl to its end: `done` where it had an end of its own, which a boot that is over has. */
  async *#runOne(boot: ReadBoot): AsyncGenerator<Event, {failure: Failure; final: boolean} | null | 'done'> {
    const startedAt = this.#elapsedMs();
    const options = {...this.#options, sourceGrep: this.#sourceGrep, since: this.#since(startedAt)};
    const argv = followArgv(options, this.#last?.cursor ?? null, boot);
    const tried = `${this.#options.commandPrefix} ${argv.join(' ')}`;
    let follow: Follow | null = null;
    try {
      follow = this.#options.shell.follow(nodeCommand(argv), {signal: this.#signal});
      const isCut = yield* this.#read(follow, boot);
      // What has closed its output and does not end (an engine's client whose engine hangs) tells nothing any more.
      const end = (await within(follow.ended, endedMs)) ?? {exitCode: null, stderr: ''};
      const isPatient = this.#elapsedMs() - startedAt > longestPauseMs;
      this.healthy ||= isPatient;
      if (isPatient && this.#last === null) this.#emptySince ??= startedAt;
      if (boot.kind === 'over' && !this.#signal.aborted) {
        // A journalctl that ended well has written all, which is not to say that all of it came.
        if (end.exitCode === 0 && !isCut) return 'done';
        // A connection that was lost has a code, too (255 of ssh). What the node no longer has fails again.
        if (end.exitCode !== null && !this.#mayTryAgain(`${boot.id} ${this.#last?.cursor ?? ''}`)) {
          const reason = isCut ? 'the node did not send them whole' : removed('before');
          yield gap(this.#now(), reason, {after: this.#last?.at ?? null, atMost: null});
          return 'done';
        }
      }
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

  /** Where to begin while no entry has come: a tail would reach no further back than it is long. */
  #since(now: number): string | null {
    const {since} = this.#options;
    if (since !== null || this.#last !== null || this.#emptySince === null) return since;
    // By the node's own clock; it takes a moment until journalctl looks at it.
    return `-${Math.ceil((now - this.#emptySince) / 1000) + 10}s`;
  }

  /** Whether what has just failed, with no entry since, is worth another try. */
  #mayTryAgain(what: string): boolean {
    this.#failing = {what, times: this.#failing.what === what ? this.#failing.times + 1 : 1};
    return this.#failing.times < mostTries;
  }

  /**
   * How to go on: with the rest of the boot that was read, then with each boot since. A boot that began later may have
   * earlier times (a clock that was wrong), by which journalctl would pass over its entries; and a follower shows one boot
   * only from systemd 251 on. Null where the node has to be asked again for the boots between.
   */
  async #boots(): Promise<readonly Boot[] | null> {
    if (this.#last === null) return [{kind: 'first'}];
    const read = bootOf(this.#last.cursor);
    if (read === null) return [{kind: 'same', id: null}];
    const {boot} = this.#options;
    // The one that the user asked for is the one that was read, whatever its number is by now.
    if (boot !== null && !isCurrentBoot(boot)) return [{kind: 'same', id: read}];
    const {shell} = this.#options;
    const signal = this.#signal;
    const current = await bootIds(shell, ['cat', '/proc/sys/kernel/random/boot_id'], signal);
    const [id] = current;
    if (id === undefined || id === read) return [{kind: 'same', id: null}];
    const known = await bootIds(shell, listBoots, signal);
    if (known.length === 0 && this.#mayTryAgain(`boots after ${read}`)) return null;
    const between = known.slice(known.indexOf(read) + 1).filter((one) => known.includes(read) && one !== id);
    return [
      {kind: 'over', id: read, resumes: true},
      ...(known.length === 0 ? [{kind: 'untold'} as const] : []),
      ...between.map((one) => ({kind: 'over', id: one, resumes: false}) as const),
      {kind: 'now', id},
    ];
  }

  /** Hands on what a journalctl writes, to its end; returns whether that came within an entry. */
  async *#read(follow: Follow, boot: ReadBoot): AsyncGenerator<Event, boolean> {
    const parser = new JournalParser();
    const chunks = follow.stdout[Symbol.asyncIterator]();
    let resuming = boot.kind === 'now' || (boot.kind === 'over' && !boot.resumes) ? null : this.#last;
    // Entries of another boot are numbered by another file.
    if (boot.kind === 'now' || boot.kind === 'over') this.#gaps.reset();
    let batch: JournalEntry[] = [];
    let flushedAt = Number.NEGATIVE_INFINITY;
    let before = this.#last;
    let bytesThisTurn = 0;
    let chunk = chunks.next();
    try {
      for (;;) {
        const dueMs = batch.length > 0 ? flushedAt + batchMs - this.#elapsedMs() : this.#following ? null : settledMs;
        const asked = this.#following ? this.#gaps.waitMs(this.#elapsedMs()) : null;
        const arrived = await within(chunk, sooner(dueMs, asked));
        if (!this.#following && arrived?.done !== true) {
          this.#following = true;
          const warned = this.#warning === null ? {} : {warning: this.#warning};
          yield stream({kind: 'following', since: this.#now(), ...warned});
        }
        if (arrived?.done === false) {
          if ((bytesThisTurn += arrived.value.length) >= turnBytes) {
            bytesThisTurn = 0;
            await setImmediate();
          }
          parser.push(arrived.value, batch);
          if (resuming !== null && batch.length > 0) {
            const missing = takeUp(batch, resuming);
            resuming = null;
            if (missing !== null) {
              this.#gaps.reset();
              yield gap(this.#now(), removed('before'), missing);
            }
          }
          chunk = chunks.next();
          // Its failure is seen when it is awaited; until then it must not count as unhandled.
          chunk.catch(() => undefined);
        }
        const due = batch.length >= batchEntries || this.#elapsedMs() - flushedAt >= batchMs || arrived?.done === true;
        if (due && batch.length > 0) {
          this.healthy = true;
          this.#last = batch.at(-1) ?? this.#last;
          flushedAt = this.#elapsedMs();
          const entries = batch;
          batch = [];
          this.#gaps.note(entries);
          yield {type: 'journal', entries};
          yield* this.#readBetweenTheLines(entries);
        }
        const skipped = parser.takeSkipped();
        if (skipped > 0 && this.#skippedBehind !== (before?.cursor ?? '')) {
          this.#skippedBehind = before?.cursor ?? '';
          yield gap(this.#now(), 'they could not be read', {after: before?.at ?? null, atMost: skipped});
        }
        before = batch.at(-1) ?? this.#last;
        const found = this.#gaps.findGap(this.#elapsedMs());
        if (found !== null) yield gap(this.#now(), found.atMost === null ? madeAnew : removed('while'), found);
        if (arrived?.done === true) return parser.isWithinEntry;
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
  readonly after: NodeMs | null;
  readonly atMost: number | null;
}

const removed = (when: 'before' | 'while'): string => `the node removed them ${when} they were read`;

const madeAnew = 'the node removed its journal while it was read, and began another';

const gap = (at: LocalMs, reason: string, {after, atMost}: Gap): Event => ({
  type: 'journal-gap',
  at,
  after,
  reason,
  atMost,
});

const listBoots = ['journalctl', '--list-boots', '--quiet', '--no-pager'];

/** Which boots come next; `untold`: perhaps some that the node does not tell of. */
type Boot = ReadBoot | {readonly kind: 'untold'};

/** `--boot`, `--boot=0` mean whichever runs. */
const isCurrentBoot = (boot: string): boolean => boot === '' || /^[+-]?0+$/.test(boot);

/** The boot ids that a command on the node prints, one a line; none where it did not answer. */
async function bootIds(shell: NodeShell, argv: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const reply = await shell.run(argv, {signal, timeoutMs: 30_000}).catch(() => null);
  if (reply?.exitCode !== 0) return [];
  const ids = [
    ...reply.stdout.matchAll(/^ *(?:-?\d+ +)?([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})\b/gm),
  ];
  return ids.map(([, id = '']) => id.replaceAll('-', ''));
}

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
