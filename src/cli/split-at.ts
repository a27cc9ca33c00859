import {InvalidArgumentError} from 'commander';

/** Where a recording is split: at a moment, so long after its start, at a clock time of its first day, or at what happened. */
export type SplitAt =
  | {readonly kind: 'moment'; readonly atMs: number}
  | {readonly kind: 'after'; readonly ms: number}
  | {readonly kind: 'clock'; readonly hours: number; readonly minutes: number; readonly seconds: number}
  | {readonly kind: 'restart'}
  | {readonly kind: 'deploy'};

const wanted = 'restart, deploy, a time (14:05, 2026-01-02T14:05:00Z, unix seconds) or +10m after its start is wanted';
const unitMs: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000};

/** Reads where to split. Throws an `InvalidArgumentError`. */
export function parseSplit(text: string): SplitAt {
  const word = text.trim();
  if (word === 'restart' || word === 'deploy') return {kind: word};
  const [, count, unit] = /^\+(\d+(?:\.\d+)?)([smh])$/.exec(word) ?? [];
  if (count !== undefined) return {kind: 'after', ms: Number(count) * (unitMs[unit ?? ''] ?? 0)};
  if (/^\d{9,11}(\.\d+)?$/.test(word)) return {kind: 'moment', atMs: Number(word) * 1000};
  const [, hours, minutes, seconds] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(word) ?? [];
  if (hours !== undefined) {
    const time = {hours: Number(hours), minutes: Number(minutes), seconds: Number(seconds ?? 0)};
    if (time.hours < 24 && time.minutes < 60 && time.seconds < 60) return {kind: 'clock', ...time};
    throw new InvalidArgumentError(wanted);
  }
  const atMs = /^\d{4}-\d\d-\d\d/.test(word) ? Date.parse(word.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(atMs)) throw new InvalidArgumentError(wanted);
  return {kind: 'moment', atMs};
}
