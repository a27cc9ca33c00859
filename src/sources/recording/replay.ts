import {counted} from '../../util/counted.ts';
import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {Event, JournalEntry, NodeFacts, Poll} from '../../model/event.ts';
import {type Failure, FailureError} from '../../model/failure.ts';
import {safeLine} from '../../model/draw/safe-text.ts';
import {shellQuote} from '../../nodes/exec/shell-quote.ts';
import {goDurationMs} from '../../util/go-duration.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import {parseJournalJson} from '../journal/json-format.ts';
import {startsUnit} from '../../model/journal/starts-unit.ts';
import {isOneMoment, PollJoin} from '../stats/poll-join.ts';
import {
  type RecordedExchange,
  type RecordingMeta,
  readExchange,
  readMeta,
  receivedField,
  type ReportedWord,
} from './format.ts';
import {foldersWithRecordings} from './files.ts';
import {openRecordingLines, type RecordingLines} from './lines.ts';
import {parseResourceMetrics} from '../stats/resource-metrics.ts';
import {resourcePath} from '../stats/poller.ts';
import {parseSummary, readSummary, type SummaryAnswer} from '../stats/summary.ts';

/** A summary alone makes a poll where `/metrics/resource` has not been answered for so long. */
const alonePollMs = 5000;
/** Two requests that are no further apart are one poll, in older recordings, which do not say it. */
const onePollMs = 500;
/** So many folders are named where one of them is meant. */
const mostNamed = 5;

/** Whether an answer belongs to the same poll as the one right before it. */
export function isOfSamePoll(before: RecordedExchange, next: RecordedExchange): boolean {
  if (before.poll === null && next.poll === null) return next.sentAt - before.receivedAt < onePollMs;
  return before.poll === next.poll && isOneMoment(before, next);
}

/** An event of a recording, and when it came to who recorded it. */
export interface TimedEvent {
  readonly at: LocalMs;
  readonly event: Event;
}

/** The events of a recording without their times; see `timedReplay`. */
export async function* replay(
  dir: string,
  problem: (sentence: string) => void,
  exchanged: (exchange: RecordedExchange) => void = () => undefined,
): AsyncGenerator<Event> {
  for await (const {event} of timedReplay(dir, problem, exchanged)) yield event;
}

/**
 * Replays a recording as fast as it can: the same events as from the node, in the order of their times, made by the
 * same parsers. Rejects with a `FailureError` where there is no recording; what is damaged in it is told to `problem`
 * and the rest is replayed, and each answer of the kubelet is handed to `exchanged` before its events. Without `meta.json` the base is learned, from the journal's flags or from the ticks.
 */
export async function* timedReplay(
  dir: string,
  problem: (sentence: string) => void,
  exchanged: (exchange: RecordedExchange) => void = () => undefined,
): AsyncGenerator<TimedEvent> {
  const polls = openRecordingLines(dir, 'polls');
  const lines = openRecordingLines(dir, 'journal');
  if (polls === null && lines === null) {
    throw new FailureError(noRecording(dir));
  }
  const meta = await recordingMeta(dir);
  let facts = factsFrom(meta.kubeletVersion, meta.housekeepingIntervalMs);
  const words = [...meta.reported];
  // What recorded the starts has put journal, process and answers together; another recording has its journal only.
  const startsAreTold = words.some((word) => word.kind === 'kubelet-started');
  const clock = words.find((word) => word.kind === 'clock');
  const journal = new ReplayedJournal(lines, clock?.offset.aheadMs ?? 0);
  const exchanges = new ReplayedPolls();
  let first = true;
  let damaged = 0;

  function* wordsUntil(at: number): Generator<TimedEvent> {
    for (; (words[0]?.after ?? Infinity) < at; words.shift()) {
      const word = words[0];
      if (word === undefined) return;
      if (word.kind === 'base') facts = {...facts, housekeepingIntervalMs: word.intervalMs};
      const event = eventOf(word, facts);
      if (event !== null) yield {at: word.after, event};
    }
  }
  function* tellLines(received: readonly ReceivedEntry[], until: number): Generator<TimedEvent> {
    for (const {entry, at: claimed} of received) {
      // What claims to be later than what it came before is not.
      const at = localMs(Math.min(claimed, until));
      yield {at, event: {type: 'journal', entries: [entry]}};
      if (!startsAreTold && startsUnit(entry, 'kubelet')) {
        yield {at, event: {type: 'kubelet-started', at: entry.at, pid: null}};
      }
      const housekeepingIntervalMs = flaggedInterval(entry);
      if (housekeepingIntervalMs === null) continue;
      facts = {...facts, housekeepingIntervalMs};
      yield {at, event: {type: 'facts', at, facts}};
    }
  }

  for await (const lines of polls?.chunks ?? []) {
    for (const line of lines) {
      if (line === '') continue;
      const exchange = readExchange(line);
      if (exchange === null) {
        damaged += 1;
        continue;
      }
      if (first) yield {at: exchange.sentAt, event: {type: 'facts', at: exchange.sentAt, facts}};
      first = false;
      exchanged(exchange);
      const before = exchanges.before(exchange);
      if (before !== null) yield pollEvent(before);
      yield* wordsUntil(exchange.receivedAt);
      yield* tellLines(await journal.until(exchange.receivedAt), exchange.receivedAt);
      const poll = exchanges.take(exchange);
      if (poll !== null) yield pollEvent(poll);
    }
  }
  const last = exchanges.end();
  if (last !== null) yield pollEvent(last);
  yield* wordsUntil(Infinity);
  // What came after the last answer, or in place of any.
  for (let rest = await journal.rest(); rest.length > 0; rest = await journal.rest()) yield* tellLines(rest, Infinity);
  if (damaged > 0) problem(`polls.jsonl: ${counted(damaged, 'damaged line')} left out`);
  const missing = polls === null ? 'there is no polls.jsonl in it' : polls.problem();
  for (const sentence of [missing, ...journal.problems()]) if (sentence !== null) problem(sentence);
}

/** Why a folder cannot be replayed: of several nodes each has a recording of its own in it. */
function noRecording(dir: string): Failure {
  const tried = `replay ${dir}`;
  const inside = foldersWithRecordings(dir);
  const [first] = inside;
  if (first === undefined) {
    const problem = 'there is no polls.jsonl or polls.jsonl.gz in it, and no journal.jsonl';
    return {tried, problem, next: 'ktop --node NAME --record DIR'};
  }
  const problem = `it holds ${counted(inside.length, 'recording')}, to be played one at a time: ${inside.slice(0, mostNamed).join(', ')}`;
  return {tried, problem: safeLine(problem), next: shellQuote(['ktop', 'replay', join(dir, first)])};
}

function pollEvent(poll: Poll): TimedEvent {
  return {at: poll.receivedAt, event: {type: 'poll', poll}};
}

/** It tells little: what is longer is none of ours. */
const longestMeta = 16 << 20;

/** What `meta.json` of a recording tells; all null where there is none. */
export async function recordingMeta(dir: string): Promise<RecordingMeta> {
  return readMeta(await metaText(join(dir, 'meta.json')));
}

async function metaText(path: string): Promise<string> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  return size === 0 || size > longestMeta ? '' : readFile(path, 'utf8');
}

function eventOf(word: ReportedWord, facts: NodeFacts): Event | null {
  switch (word.kind) {
    case 'base':
      return {type: 'facts', at: word.after, facts};
    case 'kubelet-started':
      return {type: 'kubelet-started', at: word.at, pid: null};
    case 'clock':
      return {type: 'clock', offset: word.offset};
    case 'command':
      // Its steps were not kept: what it did to the kubelet is in the answers.
      return null;
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

interface ReceivedEntry {
  readonly entry: JournalEntry;
  /** When it came here. */
  readonly at: LocalMs;
}

/** So many lines are looked at together to find those whose clock is out of line with what follows. */
const lookAhead = 1000;

/**
 * The journal's lines up to a moment, again and again, in the order in which they were recorded: the order is what is
 * sure. Older recordings do not say when a line came: then its own time stands for that, put right by what the recording
 * tells of the node's clock; a line that claims to be later than the lines behind it comes with these.
 */
class ReplayedJournal {
  readonly #lines: RecordingLines | null;
  readonly #chunks: AsyncIterator<readonly string[]> | null;
  readonly #aheadMs: number;
  #waiting: ReceivedEntry[] = [];
  #ended = false;
  #damaged = 0;

  constructor(lines: RecordingLines | null, aheadMs: number) {
    this.#lines = lines;
    this.#chunks = lines === null ? null : lines.chunks[Symbol.asyncIterator]();
    this.#aheadMs = aheadMs;
  }

  problems(): readonly (string | null)[] {
    if (this.#lines === null) return ['there is no journal.jsonl in it'];
    return [
      this.#damaged === 0 ? null : `journal.jsonl: ${counted(this.#damaged, 'damaged line')} left out`,
      this.#lines.problem(),
    ];
  }

  async until(at: LocalMs): Promise<readonly ReceivedEntry[]> {
    while (!this.#ended && ((this.#waiting.at(-1)?.at ?? 0) <= at || this.#waiting.length < lookAhead))
      await this.#more();
    return this.#waiting.splice(0, this.#waiting.findLastIndex((waiting) => waiting.at <= at) + 1);
  }

  /** What is left, in pieces; empty at the end. */
  async rest(): Promise<readonly ReceivedEntry[]> {
    while (!this.#ended && this.#waiting.length === 0) await this.#more();
    return this.#waiting.splice(0);
  }

  async #more(): Promise<void> {
    const chunk = await this.#chunks?.next();
    if (chunk === undefined || chunk.done === true) {
      this.#ended = true;
      return;
    }
    for (const line of chunk.value) {
      if (line === '') continue;
      const entry = parseJournalJson(line);
      if (entry === null) this.#damaged += 1;
      else this.#waiting.push({entry, at: receivedAt(line) ?? localMs(entry.at - this.#aheadMs)});
    }
  }
}

const receivedPattern = new RegExp(`"${receivedField}":"(\\d+(?:\\.\\d+)?)"`);

/** When ktop received a line, where the recording says so: our own field stands near the beginning. */
function receivedAt(line: string): LocalMs | null {
  const seconds = receivedPattern.exec(line.slice(0, 1000))?.[1];
  return seconds === undefined ? null : localMs(Number(seconds) * 1000);
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
  before(exchange: RecordedExchange): Poll | null {
    const resource = this.#resource;
    if (resource === null || (isSummary(exchange.path) && isOfSamePoll(resource, exchange))) return null;
    return this.end();
  }

  /** What waits for a summary that does not come any more. */
  end(): Poll | null {
    return this.#resource === null ? null : this.#pollOf(this.#resource, null);
  }

  take(exchange: RecordedExchange): Poll | null {
    const {path, status, body, sentAt, receivedAt, poll} = exchange;
    if (status !== 200) return null;
    if (isSummary(path)) {
      const answer = typeof body === 'string' ? parseSummary(body) : readSummary(body);
      const summary = {answer, sentAt, receivedAt};
      if (this.#resource !== null) return this.#pollOf(this.#resource, summary);
      // Where it is said what belongs together, nothing else does.
      if (poll !== null) return this.#join.join({sentAt, receivedAt, summary: answer, resource: null});
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
      resourceAt: receivedAt,
      summary: summary?.answer ?? null,
      resource: parseResourceMetrics(typeof body === 'string' ? body : ''),
    });
  }
}

function isSummary(path: string): boolean {
  return path.startsWith('/stats/summary');
}
