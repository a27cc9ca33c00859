import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Poll} from '../model/event.ts';
import {FailureError} from '../model/failure.ts';
import type {Forecast} from '../model/housekeeping/forecast.ts';
import {Housekeeping} from '../model/housekeeping/housekeeping.ts';
import {nodeMs, type LocalMs} from '../model/time.ts';
import {PollJoin} from './poll-join.ts';
import {openRecordingLines} from './recording-lines.ts';
import {type RecordedExchange, readExchange, readMeta, type RecordingMeta} from './recording-format.ts';
import {parseResourceMetrics} from './resource-metrics.ts';
import {parseSummary, readSummary, type SummaryAnswer} from './stats-summary.ts';

/** What a replay tells as it goes; the moments are the recording's own. */
export interface ReplayListener {
  readonly meta?: (meta: RecordingMeta) => void;
  readonly poll?: (poll: Poll) => void;
  readonly forecasts?: (forecasts: readonly Forecast[]) => void | Promise<void>;
  readonly problem?: (sentence: string) => void;
}

/** A summary waits so long for the `/metrics/resource` that belongs to the same poll. */
const pairMs = 30_000;

/**
 * Replays a recording as fast as it can through the parsers and the model that the live program uses. Rejects with a
 * `FailureError` only where there is no recording at all; damage inside is told to `problem`.
 */
export async function replay(dir: string, listener: ReplayListener): Promise<void> {
  const lines = openRecordingLines(dir, 'polls.jsonl');
  if (lines === null) {
    throw new FailureError({
      tried: `replay ${dir}`,
      problem: 'there is no polls.jsonl or polls.jsonl.gz in it',
      next: 'ktop --node NAME --record DIR',
    });
  }
  const housekeeping = new Housekeeping();
  const meta = await metaOf(dir);
  listener.meta?.(meta);
  housekeeping.tellBase(meta.housekeepingIntervalMs);

  const polls = new ReplayedPolls();
  let damaged = 0;
  for await (const chunk of lines.chunks) {
    for (const line of chunk) {
      if (line === '') continue;
      const exchange = readExchange(line);
      if (exchange === null) {
        damaged++;
        continue;
      }
      const poll = polls.take(exchange);
      if (poll === null) continue;
      housekeeping.observe(poll);
      listener.poll?.(poll);
      const told = listener.forecasts?.(housekeeping.forecasts(nodeMs(poll.receivedAt)).filter(isPresent));
      if (told !== undefined) await told;
    }
  }
  if (damaged > 0) listener.problem?.(`polls.jsonl: ${damaged} damaged lines were left out`);
  const problem = lines.problem();
  if (problem !== null) listener.problem?.(problem);
}

function isPresent(forecast: Forecast): boolean {
  return forecast.phase !== 'gone';
}

async function metaOf(dir: string): Promise<RecordingMeta> {
  const path = join(dir, 'meta.json');
  return readMeta(existsSync(path) ? await readFile(path, 'utf8') : '');
}

/** Makes polls of exchanges: one at each `/metrics/resource`, or at each summary where the other is not to be had. */
class ReplayedPolls {
  readonly #join = new PollJoin();
  #summary: {answer: SummaryAnswer; sentAt: LocalMs; receivedAt: LocalMs} | null = null;
  #resourceAt = Number.NEGATIVE_INFINITY;

  take({path, status, body, sentAt, receivedAt}: RecordedExchange): Poll | null {
    if (status !== 200) return null;
    if (path.startsWith('/stats/summary')) {
      const answer = typeof body === 'string' ? parseSummary(body) : readSummary(body);
      if (receivedAt - this.#resourceAt > pairMs && this.#resourceAt > 0) {
        return this.#join.join({sentAt, receivedAt, summary: answer, resource: null});
      }
      this.#summary = {answer, sentAt, receivedAt};
      return null;
    }
    if (path !== '/metrics/resource' || typeof body !== 'string') return null;
    this.#resourceAt = receivedAt;
    const summary = this.#summary;
    this.#summary = null;
    return this.#join.join({
      sentAt: summary !== null && receivedAt - summary.receivedAt < 5000 ? summary.sentAt : sentAt,
      receivedAt,
      summary: summary?.answer ?? null,
      resource: parseResourceMetrics(body),
    });
  }
}
