import {closeSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, unlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Event, JournalEntry, Poll} from '../../model/event.ts';
import {type Failure, toFailure} from '../../model/failure.ts';
import {maxIntervalMs} from '../../model/housekeeping/rule.ts';
import {isSystem} from '../../model/target.ts';
import {parseJson} from '../../util/json.ts';
import {withoutSecrets} from '../../util/secrets.ts';
import {isThere, partOf} from './files.ts';
import {receivedField, recordingVersion, type RecordedWord} from './format.ts';
import {Segments, type SegmentSummary} from './segments.ts';
import type {KubeletReply} from '../../nodes/node.ts';

/** A new file, and never what a link points to. */
const newFile = 'wx';
/** Of so many remarks on the node, the older ones on its clock are left out: a recording goes on for days. */
const mostRemarks = 2000;
/** The counts in `meta.json` are for a quick list: whoever is killed leaves those of the last minute. */
const countsEveryMs = 60_000;

/** Why a folder cannot receive a recording, or null; makes the folder. */
export function recordingProblem(dir: string): Failure | null {
  const tried = `record into ${dir}`;
  try {
    const isFolder = lstatSync(dir, {throwIfNoEntry: false})?.isDirectory() === true;
    const taken = isFolder
      ? readdirSync(dir).find((name) => /^meta\.json(\.gz|\.new)?$/.test(name) || partOf(name) !== null)
      : undefined;
    if (taken !== undefined) {
      const problem = `the folder holds a recording already: ${taken} is left alone`;
      return {tried, problem, next: `--record ${dir.replace(/\/+$/, '')}-2`};
    }
    makeFolder(dir);
    const probe = join(dir, 'meta.json');
    closeSync(openSync(probe, newFile, 0o600));
    unlinkSync(probe);
    return null;
  } catch (error) {
    return toFailure(error, tried);
  }
}

/** Each missing folder by itself: Node's own recursion never ends below `/proc`. */
function makeFolder(dir: string): void {
  if (isThere(dir)) return;
  const parent = dirname(dir);
  if (parent !== dir) makeFolder(parent);
  mkdirSync(dir, {mode: 0o700});
}

/** What a recorder is told besides its folder. */
export interface RecorderOptions {
  readonly node: string;
  readonly startedMs: number;
  /** Bytes that it may take, about: then the oldest is dropped. Null: no bound. */
  readonly maxBytes: number | null;
  readonly now?: () => number;
}

/**
 * Keeps what a node says, raw, in the format that `replay` reads (see `format.ts`). It sees paths and
 * answers, never headers; a credential that an answer or a line quotes is taken out. The folder is readable for its
 * owner only, since answers and journals name what runs on the node.
 */
export class Recorder {
  readonly #dir: string;
  readonly #now: () => number;
  readonly #segments: Segments | null;
  readonly #meta: Record<string, unknown>;
  /** Unix milliseconds. */
  readonly startedMs: number;
  /** What was told of the node besides answers and journal, each after the last answer before it. */
  readonly #reported: RecordedWord[] = [];
  #answeredMs: number;
  #countedMs: number;
  #begun = false;
  #problem: string | null = null;
  #isClosed = false;

  /** The folder is there and fit (`recordingProblem`). What goes wrong is told by `problem`. */
  constructor(dir: string, {node, startedMs, maxBytes, now = Date.now}: RecorderOptions) {
    this.#dir = dir;
    this.#now = now;
    this.startedMs = startedMs;
    this.#answeredMs = startedMs;
    this.#countedMs = startedMs;
    this.#meta = {
      version: recordingVersion,
      node,
      maxHousekeepingInterval: maxIntervalMs / 1000,
      started: startedMs / 1000,
    };
    this.#writeMeta();
    this.#segments = this.#openSegments(maxBytes);
  }

  /** Why nothing is recorded any more (a full disk), or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /** How much was written so far, as `--record` named the folder. */
  get written(): {readonly dir: string; readonly bytes: number} {
    return {dir: this.#dir, bytes: this.#segments?.bytes ?? 0};
  }

  /** Journal entries are kept, and what becomes known of the kubelet and of the node's clock. */
  onEvent(event: Event): void {
    switch (event.type) {
      case 'journal':
        for (const entry of event.entries) {
          this.#write('journal', JSON.stringify(journalFields(entry, this.#now())));
        }
        return;
      case 'poll':
        this.#segments?.countTicks(ticksOf(event.poll));
        return;
      case 'facts': {
        const {kubeletVersion, housekeepingIntervalMs} = event.facts;
        if (kubeletVersion !== null) this.#meta.kubeletVersion = kubeletVersion;
        if (housekeepingIntervalMs === null) return;
        // Of the first kubelet: a replay learns of a later change when we did.
        this.#meta.housekeepingInterval ??= housekeepingIntervalMs / 1000;
        this.#report({housekeepingInterval: housekeepingIntervalMs / 1000});
        return;
      }
      case 'clock': {
        const {aheadMs, uncertaintyMs} = event.offset;
        const clock = {ahead: aheadMs / 1000, uncertainty: uncertaintyMs / 1000};
        const last = this.#reported.findLast((word) => word.clock !== undefined)?.clock;
        const isNews = last?.ahead !== clock.ahead || last.uncertainty !== clock.uncertainty;
        if (Number.isFinite(uncertaintyMs) && isNews) this.#report({clock});
        return;
      }
      case 'command':
        if (event.step.kind === 'done') this.#report({command: event.command});
        return;
      case 'kubelet-started':
        this.#report({kubeletStarted: event.at / 1000});
        return;
      default:
        return;
    }
  }

  /** Written at once: a recorder that is killed leaves what it knew. */
  #report(word: Omit<RecordedWord, 'after'>): void {
    this.#reported.push({after: this.#answeredMs / 1000, ...word});
    if (this.#reported.length > mostRemarks) {
      const oldest = this.#reported.findIndex(({clock}) => clock !== undefined);
      this.#reported.splice(Math.max(0, oldest), 1);
    }
    this.#meta.told = this.#reported;
    this.#writeMeta();
  }

  /** Ends the recording, once; `endedMs` are unix milliseconds. */
  async close(endedMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#meta.ended = endedMs / 1000;
    try {
      await this.#segments?.close();
      this.#writeMeta();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Keeps one exchange with the kubelet; `pollMs` is when the poll began that it is of (unix ms). */
  exchange(path: string, {sentAt, receivedAt, status, body}: KubeletReply, pollMs?: number): void {
    this.#answeredMs = receivedAt;
    const of = pollMs === undefined ? {} : {poll: pollMs / 1000};
    const fields = {sent: sentAt / 1000, received: receivedAt / 1000, ...of, path, status};
    this.#write('polls', JSON.stringify({...fields, body: asJson(body)}));
  }

  #write(stream: 'polls' | 'journal', line: string): void {
    if (this.#problem !== null || this.#isClosed) return;
    this.#segments?.write(stream, withoutSecrets(line), stream === 'polls' ? {polls: 1} : {lines: 1});
    if (this.#now() - this.#countedMs < countsEveryMs) return;
    this.#countedMs = this.#now();
    this.#writeMeta();
  }

  #openSegments(maxBytes: number | null): Segments | null {
    try {
      return new Segments({
        dir: this.#dir,
        maxBytes,
        nowMs: this.#now,
        failed: (error) => this.#fail(error),
        rotated: (dropped) => this.#rotated(dropped),
      });
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** What was told of a time that is not kept any more goes, but for the last word on the base: it still holds. */
  #rotated(dropped: readonly SegmentSummary[]): void {
    const from = dropped.at(-1)?.until;
    if (from !== undefined) {
      const old = this.#reported.filter(({after}) => after < from);
      const base = old.findLast((word) => word.housekeepingInterval !== undefined);
      if (base?.housekeepingInterval !== undefined) this.#meta.housekeepingInterval = base.housekeepingInterval;
      this.#reported.splice(0, this.#reported.length, ...this.#reported.filter(({after}) => after >= from));
      this.#meta.told = this.#reported;
    }
    this.#writeMeta();
  }

  #writeMeta(): void {
    const path = join(this.#dir, 'meta.json');
    this.#meta.segments = this.#segments?.summaries ?? [];
    const text = `${JSON.stringify(this.#meta, null, 1)}\n`;
    try {
      // Beside it and then in its place: whoever is killed here leaves the one before.
      const draft = this.#begun ? `${path}.new` : path;
      writeFileSync(draft, text, {flag: newFile, mode: 0o600});
      if (this.#begun) renameSync(draft, path);
      this.#begun = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#problem ??= `nothing is recorded any more: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** How many targets of pods an answer shows at a tick that none had shown. */
function ticksOf(poll: Poll): number {
  return poll.samples.filter(({novelty, target}) => novelty === 'new' && !isSystem(target)).length;
}

/** A JSON answer is kept as JSON, so that a recording can be searched with the usual tools; what is none as the text that came. */
function asJson(body: string): unknown {
  return (body.startsWith('{') ? parseJson(body, 1) : undefined) ?? body;
}

/** An entry as `journalctl -o json` would have written it, and when it came here: unix seconds. */
function journalFields(entry: JournalEntry, receivedMs: number): Record<string, unknown> {
  return {
    __CURSOR: entry.cursor,
    __REALTIME_TIMESTAMP: String(Math.round(entry.at * 1000)),
    [receivedField]: String(receivedMs / 1000),
    UNIT: entry.unit,
    SYSLOG_IDENTIFIER: entry.identifier,
    ...(entry.pid === null ? {} : {_PID: String(entry.pid)}),
    PRIORITY: String(entry.priority),
    MESSAGE: entry.raw === undefined ? entry.message : [...Buffer.from(entry.raw, 'latin1')],
  };
}
