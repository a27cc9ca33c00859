import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  writeFileSync,
  type WriteStream,
} from 'node:fs';
import {join} from 'node:path';
import {finished} from 'node:stream/promises';
import type {Event, JournalEntry} from '../../model/event.ts';
import {type Failure, toFailure} from '../../model/failure.ts';
import {maxIntervalMs} from '../../model/housekeeping/rule.ts';
import type {RecordedWord} from './format.ts';
import type {KubeletReply, KubeletRoute} from '../../nodes/node.ts';

/** Why a folder cannot receive a recording, or null; makes the folder. */
export function recordingProblem(dir: string): Failure | null {
  const tried = `record into ${dir}`;
  if (['polls.jsonl', 'polls.jsonl.gz'].some((name) => existsSync(join(dir, name)))) {
    return {tried, problem: 'the folder holds a recording already', next: `--record ${dir}-2`};
  }
  try {
    mkdirSync(dir, {recursive: true, mode: 0o700});
    accessSync(dir, constants.W_OK);
    return null;
  } catch (error) {
    return toFailure(error, tried);
  }
}

/**
 * Keeps what a node says, raw, in the format that `replay` reads (see `recording-format.ts`). It sees paths and
 * answers, never headers: no token can get into it. The folder is readable for its owner only, since answers and
 * journals name what runs on the node.
 */
export class Recorder {
  readonly #dir: string;
  readonly #polls: WriteStream;
  readonly #journal: WriteStream;
  readonly #meta: Record<string, unknown>;
  /** What was told of the node besides answers and journal, each after the last answer before it. */
  readonly #reported: RecordedWord[] = [];
  #answeredMs: number;
  #problem: string | null = null;

  /** The folder is there and fit (`recordingProblem`). What goes wrong later is told by `problem`. */
  constructor(dir: string, node: string, startedMs: number) {
    this.#dir = dir;
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
        for (const entry of event.entries) this.#write(this.#journal, journalFields(entry));
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
    this.#write(this.#polls, {sent: sentAt / 1000, received: receivedAt / 1000, path, status, body: asJson(body)});
  }

  #write(stream: WriteStream, line: unknown): void {
    if (this.#problem === null && stream.writable) stream.write(`${JSON.stringify(line)}\n`);
  }

  #open(name: string): WriteStream {
    return createWriteStream(join(this.#dir, name), {mode: 0o600}).on('error', (error) => this.#fail(error));
  }

  #writeMeta(): void {
    try {
      writeFileSync(join(this.#dir, 'meta.json'), `${JSON.stringify(this.#meta, null, 1)}\n`, {mode: 0o600});
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

/** An entry as `journalctl -o json` would have written it. */
function journalFields(entry: JournalEntry): Record<string, string> {
  return {
    __CURSOR: entry.cursor,
    __REALTIME_TIMESTAMP: String(Math.round(entry.at * 1000)),
    UNIT: entry.unit,
    SYSLOG_IDENTIFIER: entry.identifier,
    ...(entry.pid === null ? {} : {_PID: String(entry.pid)}),
    PRIORITY: String(entry.priority),
    MESSAGE: entry.message,
  };
}
