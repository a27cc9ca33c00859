import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Event, JournalEntry, NodeFacts, Poll} from '../../model/event.ts';
import {FailureError} from '../../model/failure.ts';
import {goDurationMs} from '../../util/go-duration.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import {parseJournalJson} from '../journal/json-format.ts';
import {startsUnit} from '../../model/journal/starts-unit.ts';
import {PollJoin} from '../stats/poll-join.ts';
import {type RecordedExchange, readExchange, readMeta, type ReportedWord} from './format.ts';
import {openRecordingLines, type RecordingLines} from './lines.ts';
import {parseResourceMetrics} from '../stats/resource-metrics.ts';
import {resourcePath} from '../stats/poller.ts';
import {parseSummary, readSummary, type SummaryAnswer} from '../stats/summary.ts';

/** A summary alone makes a poll where `/metrics/resource` has not been answered for so long. */
const alonePollMs = 5000;
/** Two requests that are no further apart are one poll. */
const onePollMs = 500;

/**
 * Replays a recording as fast as it can: the same events as from the node, in the order of their times, made by the
 * same parsers. Rejects with a `FailureError` where there is no recording; what is damaged in it is told to `problem`
 * and the rest is replayed. Without `meta.json` the base is learned, from the journal's flags or from the ticks.
 */
export async function* replay(dir: string, problem: (sentence: string) => void): AsyncGenerator<Event> {
  const polls = openRecordingLines(dir, 'polls.jsonl');
  if (polls === null) {
    throw new FailureError({
      tried: `replay ${dir}`,
      problem: 'there is no polls.jsonl or polls.jsonl.gz in it',
      next: 'ktop --node NAME --record DIR',
    });
  }
  const path = join(dir, 'meta.json');
  const meta = readMeta(existsSync(path) ? await readFile(path, 'utf8') : '');
  let facts = factsFrom(meta.kubeletVersion, meta.housekeepingIntervalMs);
  const words = [...meta.reported];
  const journal = new ReplayedJournal(openRecordingLines(dir, 'journal.jsonl'));
  const exchanges = new ReplayedPolls();
  let first = true;
  let damaged = 0;
  for await (const lines of polls.chunks) {
    for (const line of lines) {
      if (line === '') continue;
      const exchange = readExchange(line);
      if (exchange === null) {
        damaged += 1;
        continue;
      }
      if (first) yield {type: 'facts', at: exchange.sentAt, facts};
      first = false;
      const before = exchanges.before(exchange);
      if (before !== null) yield {type: 'poll', poll: before};
      for (; (words[0]?.after ?? Infinity) < exchange.receivedAt; words.shift()) {
        const word = words[0];
        if (word === undefined) break;
        if (word.kind === 'base') facts = {...facts, housekeepingIntervalMs: word.intervalMs};
        yield eventOf(word, facts);
      }
      // The journal's times are the node's clock: a recording of a node whose clock is off interleaves by that much.
      for (const entry of await journal.until(exchange.receivedAt)) {
        yield {type: 'journal', entries: [entry]};
        if (startsUnit(entry, 'kubelet')) yield {type: 'kubelet-started', at: entry.at, pid: null};
        const housekeepingIntervalMs = flaggedInterval(entry);
        if (housekeepingIntervalMs === null) continue;
        facts = {...facts, housekeepingIntervalMs};
        yield {type: 'facts', at: exchange.receivedAt, facts};
      }
      const poll = exchanges.take(exchange);
      if (poll !== null) yield {type: 'poll', poll};
    }
  }
  const last = exchanges.end();
  if (last !== null) yield {type: 'poll', poll: last};
  if (damaged > 0) problem(`polls.jsonl: ${damaged} damaged lines were left out`);
  for (const sentence of [polls.problem(), journal.problem()]) if (sentence !== null) problem(sentence);
}

function eventOf(word: ReportedWord, facts: NodeFacts): Event {
  switch (word.kind) {
    case 'base':
      return {type: 'facts', at: word.after, facts};
    case 'kubelet-started':
      return {type: 'kubelet-started', at: word.at, pid: null};
    case 'clock':
      return {type: 'clock', offset: word.offset};
  }
}

/** The base that a kubelet prints with its flags when it starts (`--v=2` and more), in ms. */
function flaggedInterval({message}: JournalEntry): number | null {
  const value = /FLAG: --housekeeping-interval="([^"]*)"/.exec(message)?.[1];
  return value === undefined ? null : goDurationMs(value);
}

function factsFrom(kubeletVersion: string | null, housekeepingIntervalMs: number | null): NodeFacts {
  return {kubeletVersion, kubeletPid: null, kubeletStartedAt: null, verbosity: null, housekeepingIntervalMs};
}

/** The journal's lines up to a moment, again and again. */
class ReplayedJournal {
  readonly #lines: RecordingLines | null;
  readonly #chunks: AsyncIterator<readonly string[]> | null;
  #waiting: JournalEntry[] = [];
  #ended = false;

  constructor(lines: RecordingLines | null) {
    this.#lines = lines;
    this.#chunks = lines === null ? null : lines.chunks[Symbol.asyncIterator]();
  }

  problem(): string | null {
    return this.#lines === null ? 'there is no journal.jsonl in it' : this.#lines.problem();
  }

  #take(entry: JournalEntry | null): void {
    if (entry !== null) this.#waiting.push(entry);
  }

  async until(at: LocalMs): Promise<readonly JournalEntry[]> {
    while (!this.#ended && (this.#waiting.at(-1)?.at ?? 0) <= at) {
      const chunk = await this.#chunks?.next();
      if (chunk === undefined || chunk.done === true) this.#ended = true;
      else for (const line of chunk.value) this.#take(parseJournalJson(line));
    }
    let ready = 0;
    while (ready < this.#waiting.length && (this.#waiting[ready]?.at ?? Infinity) <= at) ready += 1;
    return ready === 0 ? [] : this.#waiting.splice(0, ready);
  }
}

interface SummaryExchange {
  readonly answer: SummaryAnswer;
  readonly sentAt: LocalMs;
  readonly receivedAt: LocalMs;
}

/**
 * Makes polls of exchanges: one at each `/metrics/resource`, with the summary right before or after it; one at each
 * summary where the other is not to be had.
 */
class ReplayedPolls {
  readonly #join = new PollJoin();
  /** The newest summary, while no `/metrics/resource` came after it. */
  #summary: SummaryExchange | null = null;
  /** An answer of `/metrics/resource` that a summary may still complete. */
  #resource: RecordedExchange | null = null;
  #resourceAt = Number.NEGATIVE_INFINITY;

  /** The poll that this exchange does not belong to any more. To be asked before `take`. */
  before({path, sentAt}: RecordedExchange): Poll | null {
    const resource = this.#resource;
    if (resource === null || (isSummary(path) && sentAt - resource.receivedAt < onePollMs)) return null;
    return this.end();
  }

  /** What waits for a summary that does not come any more. */
  end(): Poll | null {
    return this.#resource === null ? null : this.#pollOf(this.#resource, null);
  }

  take(exchange: RecordedExchange): Poll | null {
    const {path, status, body, sentAt, receivedAt} = exchange;
    if (status !== 200) return null;
    if (isSummary(path)) {
      const answer = typeof body === 'string' ? parseSummary(body) : readSummary(body);
      const summary = {answer, sentAt, receivedAt};
      if (this.#resource !== null) return this.#pollOf(this.#resource, summary);
      const isAlone = this.#summary !== null && receivedAt - this.#resourceAt > alonePollMs;
      this.#summary = summary;
      return isAlone ? this.#join.join({sentAt, receivedAt, summary: answer, resource: null}) : null;
    }
    if (path !== resourcePath || typeof body !== 'string') return null;
    this.#resourceAt = receivedAt;
    const summary = this.#summary;
    this.#summary = null;
    if (summary !== null) return this.#pollOf(exchange, summary);
    this.#resource = exchange;
    return null;
  }

  #pollOf({body, sentAt, receivedAt}: RecordedExchange, summary: SummaryExchange | null): Poll {
    this.#resource = null;
    const isOnePoll = summary !== null && sentAt - summary.receivedAt < onePollMs;
    return this.#join.join({
      sentAt: isOnePoll ? localMs(Math.min(sentAt, summary.sentAt)) : sentAt,
      receivedAt: localMs(Math.max(receivedAt, summary?.receivedAt ?? receivedAt)),
      summary: summary?.answer ?? null,
      resource: parseResourceMetrics(typeof body === 'string' ? body : ''),
    });
  }
}

function isSummary(path: string): boolean {
  return path.startsWith('/stats/summary');
}
