import {localMs, type LocalMs} from '../model/time.ts';

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

/** What `meta.json` tells, as far as it does. */
export interface RecordingMeta {
  readonly node: string | null;
  readonly kubeletVersion: string | null;
  readonly housekeepingIntervalMs: number | null;
}

/** Reads one line of `polls.jsonl`; null where it is damaged. */
export function readExchange(line: string): RecordedExchange | null {
  const value = parse(line);
  if (value === null) return null;
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
  const value = parse(text) ?? {};
  const {node, kubeletVersion, housekeepingInterval: seconds} = value;
  return {
    node: typeof node === 'string' ? node : null,
    kubeletVersion: typeof kubeletVersion === 'string' ? kubeletVersion : null,
    housekeepingIntervalMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null,
  };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
