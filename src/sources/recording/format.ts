import {type ClockOffset, localMs, type LocalMs, nodeMs, type NodeMs} from '../../model/time.ts';
import {parseJsonObject} from '../../util/json.ts';

/**
 * A recording is a directory with `polls.jsonl` (every HTTP exchange, in the order of its answers), `journal.jsonl`
 * (lines as `journalctl -o json` writes them) and `meta.json`; the first two may be gzipped. Times are unix seconds.
 * Since version 2 both are gzipped in members (`member-log.ts`), files that were full are beside them by their number
 * (`files.ts`), and `index.jsonl` says at which byte of its pair of files a member begins, and when.
 */
export const recordingVersion = 2;

/** One HTTP exchange. */
export interface RecordedExchange {
  readonly sentAt: LocalMs;
  readonly receivedAt: LocalMs;
  /** When the poll began that it is of, unix seconds: those of one poll have it in common. Null in older recordings. */
  readonly poll: number | null;
  readonly path: string;
  /** 0 where no answer came. */
  readonly status: number;
  /** The answer: parsed where it was JSON, else text. */
  readonly body: unknown;
}

/** The field of a journal line that says when it came to ktop (unix seconds); older recordings lack it. */
export const receivedField = 'KTOP_RECEIVED';

/**
 * One entry of `told` in `meta.json`: what the recorder heard of the node besides answers and journal, after the answer
 * that came at `after`. Times and the clocks' difference in seconds.
 */
export interface RecordedWord {
  readonly after: number;
  readonly housekeepingInterval?: number;
  readonly kubeletStarted?: number;
  readonly clock?: {readonly ahead: number; readonly uncertainty: number};
  /** The name of a command that changed the node, and was done. */
  readonly command?: string;
}

/** The same, read. */
export type ReportedWord = {readonly after: LocalMs} & (
  | {readonly kind: 'base'; readonly intervalMs: number}
  | {readonly kind: 'kubelet-started'; readonly at: NodeMs}
  | {readonly kind: 'clock'; readonly offset: ClockOffset}
  | {readonly kind: 'command'; readonly name: string}
);

/** What `meta.json` tells, as far as it does. */
export interface RecordingMeta {
  readonly node: string | null;
  readonly kubeletVersion: string | null;
  readonly housekeepingIntervalMs: number | null;
  readonly reported: readonly ReportedWord[];
  /** How it is laid out; 1 where nothing is said. */
  readonly version: number;
  /** By the clock of who recorded; null where it is not said. */
  readonly startedAt: LocalMs | null;
  /** Null where nobody ended it: its writer was killed, or still writes. */
  readonly endedAt: LocalMs | null;
  /** What was counted while it was written; null where nobody did. */
  readonly counts: RecordingCounts | null;
}

export interface RecordingCounts {
  readonly fromMs: LocalMs;
  readonly untilMs: LocalMs;
  /** Answers of the kubelet. */
  readonly polls: number;
  readonly ticks: number;
  readonly lines: number;
}

/** Reads one line of `polls.jsonl`; null where it is damaged. */
export function readExchange(line: string): RecordedExchange | null {
  const value = parseJsonObject(line);
  if (value === undefined) return null;
  const {sent, received, poll, path, status, body} = value;
  if (typeof received !== 'number' || !Number.isFinite(received) || typeof path !== 'string') return null;
  return {
    sentAt: localMs((typeof sent === 'number' && Number.isFinite(sent) ? sent : received) * 1000),
    receivedAt: localMs(received * 1000),
    poll: isNumber(poll) ? poll : null,
    path,
    status: typeof status === 'number' ? status : 0,
    body,
  };
}

/** Reads `meta.json`; what is missing or damaged is null, and is then learned from the recording itself. */
export function readMeta(text: string): RecordingMeta {
  const value = parseJsonObject(text) ?? {};
  const {node, kubeletVersion, housekeepingInterval: seconds, told: reported, version, started, ended} = value;
  return {
    node: typeof node === 'string' ? node : null,
    kubeletVersion: typeof kubeletVersion === 'string' ? kubeletVersion : null,
    housekeepingIntervalMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null,
    reported: Array.isArray(reported) ? reported.flatMap(readWord) : [],
    version: isNumber(version) ? version : 1,
    startedAt: isNumber(started) ? localMs(started * 1000) : null,
    endedAt: isNumber(ended) ? localMs(ended * 1000) : null,
    counts: readCounts(value.segments),
  };
}

function readCounts(segments: unknown): RecordingCounts | null {
  if (!Array.isArray(segments) || segments.length === 0) return null;
  const sum = {fromMs: localMs(Infinity), untilMs: localMs(0), polls: 0, ticks: 0, lines: 0};
  for (const segment of segments) {
    if (!isRecord(segment)) return null;
    const {from, until, polls, ticks, lines} = segment;
    if (!isNumber(from) || !isNumber(until) || !isNumber(polls) || !isNumber(ticks) || !isNumber(lines)) return null;
    sum.fromMs = localMs(Math.min(sum.fromMs, from * 1000));
    sum.untilMs = localMs(Math.max(sum.untilMs, until * 1000));
    sum.polls += polls;
    sum.ticks += ticks;
    sum.lines += lines;
  }
  return sum;
}

function readWord(word: unknown): ReportedWord[] {
  if (!isRecord(word)) return [];
  const {after: afterSeconds, housekeepingInterval, kubeletStarted, clock, command} = word;
  if (!isNumber(afterSeconds)) return [];
  const after = localMs(afterSeconds * 1000);
  if (isNumber(housekeepingInterval)) return [{after, kind: 'base', intervalMs: housekeepingInterval * 1000}];
  if (isNumber(kubeletStarted)) return [{after, kind: 'kubelet-started', at: nodeMs(kubeletStarted * 1000)}];
  if (typeof command === 'string') return [{after, kind: 'command', name: command}];
  if (!isRecord(clock) || !isNumber(clock.ahead) || !isNumber(clock.uncertainty)) return [];
  const offset = {aheadMs: clock.ahead * 1000, uncertaintyMs: clock.uncertainty * 1000};
  return [{after, kind: 'clock', offset}];
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
