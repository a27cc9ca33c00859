import {
  createWriteStream,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  type WriteStream,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {finished} from 'node:stream/promises';
import type {Event, JournalEntry} from '../../model/event.ts';
import {type Failure, toFailure} from '../../model/failure.ts';
import {maxIntervalMs} from '../../model/housekeeping/rule.ts';
import {receivedField, type RecordedWord} from './format.ts';
import type {KubeletReply, KubeletRoute} from '../../nodes/node.ts';

const names = ['polls.jsonl', 'journal.jsonl', 'meta.json'];
/** A new file, and never what a link points to. */
const newFile = 'wx';
/** Of so many remarks on the node, the older ones on its clock are left out: a recording goes on for days. */
const mostRemarks = 2000;

/** Why a folder cannot receive a recording, or null; makes the folder. */
export function recordingProblem(dir: string): Failure | null {
  const tried = `record into ${dir}`;
  try {
    const taken = names.flatMap((name) => [name, `${name}.gz`]).find((name) => isThere(join(dir, name)));
    if (taken !== undefined) {
      const problem = `the folder holds a recording already: ${taken} is left alone`;
      return {tried, problem, next: `--record ${dir.replace(/\/+$/, '')}-2`};
    }
    makeFolder(dir);
    const probe = join(dir, names[2] ?? '');
    closeSync(openSync(probe, newFile, 0o600));
    unlinkSync(probe);
    return null;
  } catch (error) {
    return toFailure(error, tried);
  }
}

/** Also true of a link that leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false}) !== undefined;
}

/** Each missing folder by itself: Node's own recursion never ends below `/proc`. */
function makeFolder(dir: string): void {
  if (isThere(dir)) return;
  const parent = dirname(dir);
  if (parent !== dir) makeFolder(parent);
  mkdirSync(dir, {mode: 0o700});
}

/**
 * Keeps what a node says, raw, in the format that `replay` reads (see `format.ts`). It sees paths and
 * answers, never headers: no token can get into it. The folder is readable for its owner only, since answers and
 * journals name what runs on the node.
 */
export class Recorder {
  readonly #dir: string;
  readonly #now: () => number;
  readonly #polls: WriteStream;
  readonly #journal: WriteStream;
  readonly #meta: Record<string, unknown>;
  /** What was told of the node besides answers and journal, each after the last answer before it. */
  readonly #reported: RecordedWord[] = [];
  #answeredMs: number;
  #begun = false;
  #problem: string | null = null;

  /** The folder is there and fit (`recordingProblem`). What goes wrong later is told by `problem`. */
  constructor(dir: string, node: string, startedMs: number, now: () => number = Date.now) {
    this.#dir = dir;
    this.#now = now;
    this.#answeredMs = startedMs;
    this.#meta = {node, maxHousekeepingInterval: maxIntervalMs / 1000, started: startedMs / 1000};
    this.#polls = this.#open('polls.jsonl');
    this.#journal = this.#open('journal.jsonl');
    this.#writeMeta();
  }

  /** Why nothing is recorded any more (a full disk), or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /** How much was written so far, as `--record` named the folder. */
  get written(): {readonly dir: string; readonly bytes: number} {
    return {dir: this.#dir, bytes: this.#polls.bytesWritten + this.#journal.bytesWritten};
  }

  /** The same route; each exchange over it is kept, failed ones too. */
  tapRoute(route: KubeletRoute): KubeletRoute {
    return {
      kind: route.kind,
      label: route.label,
      warning: route.warning,
      close: () => route.close(),
      get: async (path, options) => {
        const reply = await route.get(path, options);
        this.#exchange(path, reply);
        return reply;
      },
    };
  }

  /** Journal entries are kept, and what becomes known of the kubelet and of the node's clock. */
  onEvent(event: Event): void {
    switch (event.type) {
      case 'journal':
        for (const entry of event.entries) {
          this.#write(this.#journal, JSON.stringify(journalFields(entry, this.#now())));
        }
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

  /** Ends the recording; `endedMs` are unix milliseconds. */
  async close(endedMs: number): Promise<void> {
    this.#meta.ended = endedMs / 1000;
    try {
      this.#polls.end();
      this.#journal.end();
      await Promise.all([finished(this.#polls), finished(this.#journal)]);
      this.#writeMeta();
    } catch (error) {
      this.#fail(error);
    }
  }

  #exchange(path: string, {sentAt, receivedAt, status, body}: KubeletReply): void {
    this.#answeredMs = receivedAt;
    const fields = {sent: sentAt / 1000, received: receivedAt / 1000, path, status};
    let line: string;
    try {
      line = JSON.stringify({...fields, body: asJson(body)});
    } catch {
      // Nested too deep to be written as JSON: as the text that came.
      line = JSON.stringify({...fields, body});
    }
    this.#write(this.#polls, line);
  }

  #write(stream: WriteStream, line: string): void {
    if (this.#problem === null && stream.writable) stream.write(`${line}\n`);
  }

  #open(name: string): WriteStream {
    return createWriteStream(join(this.#dir, name), {flags: newFile, mode: 0o600}).on('error', (error) =>
      this.#fail(error),
    );
  }

  #writeMeta(): void {
    const path = join(this.#dir, 'meta.json');
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

/** A JSON answer is kept as JSON, so that a recording can be searched with the usual tools. */
function asJson(body: string): unknown {
  if (!body.startsWith('{')) return body;
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed;
  } catch {
    return body;
  }
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
