import {type ClockOffset, localMs, type LocalMs, nodeMs, type NodeMs} from '../../model/time.ts';
import {parseJsonObject} from '../../util/json.ts';

/**
 * A recording is a directory with `polls.jsonl` (every HTTP exchange, in the order of its answers), `journal.jsonl`
 * (lines as `journalctl -o json` writes them) and `meta.json`; the first two may be gzipped. Times are unix seconds.
 */
export interface RecordedExchange {
  readonly sentAt: LocalMs;
  readonly receivedAt: LocalMs;
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
}

/** The same, read. */
export type ReportedWord = {readonly after: LocalMs} & (
  | {readonly kind: 'base'; readonly intervalMs: number}
  | {readonly kind: 'kubelet-started'; readonly at: NodeMs}
  | {readonly kind: 'clock'; readonly offset: ClockOffset}
);

/** What `meta.json` tells, as far as it does. */
export interface RecordingMeta {
  readonly node: string | null;
  readonly kubeletVersion: string | null;
  readonly housekeepingIntervalMs: number | null;
  readonly reported: readonly ReportedWord[];
}

/** Reads one line of `polls.jsonl`; null where it is damaged. */
export function readExchange(line: string): RecordedExchange | null {
  const value = parseJsonObject(line);
  if (value === undefined) return null;
  const {sent, received, path, status, body} = value;
  if (typeof received !== 'number' || !Number.isFinite(received) || typeof path !== 'string') return null;
  return {
    sentAt: localMs((typeof sent === 'number' && Number.isFinite(sent) ? sent : received) * 1000),
    receivedAt: localMs(received * 1000),
    path,
    status: typeof status === 'number' ? status : 0,
    body,
  };
}

/** Reads `meta.json`; what is missing or damaged is null, and is then learned from the recording itself. */
export function readMeta(text: string): RecordingMeta {
  const value = parseJsonObject(text) ?? {};
  const {node, kubeletVersion, housekeepingInterval: seconds, told: reported} = value;
  return {
    node: typeof node === 'string' ? node : null,
    kubeletVersion: typeof kubeletVersion === 'string' ? kubeletVersion : null,
    housekeepingIntervalMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null,
    reported: Array.isArray(reported) ? reported.flatMap(readWord) : [],
  };
}

function readWord(word: unknown): ReportedWord[] {
  if (!isRecord(word)) return [];
  const {after: afterSeconds, housekeepingInterval, kubeletStarted, clock} = word;
  if (!isNumber(afterSeconds)) return [];
  const after = localMs(afterSeconds * 1000);
  if (isNumber(housekeepingInterval)) return [{after, kind: 'base', intervalMs: housekeepingInterval * 1000}];
  if (isNumber(kubeletStarted)) return [{after, kind: 'kubelet-started', at: nodeMs(kubeletStarted * 1000)}];
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
