import {InvalidArgumentError} from 'commander';
import {type Failure, FailureError} from '../model/failure.ts';
import {recordingMeta, replay} from '../sources/recording/replay.ts';

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

/** What is at the start of a recording was there before: nothing could be before it. */
const settledMs = 20_000;

/** The moment, by the clock of who recorded, in unix milliseconds. Rejects with a `FailureError` where there is none. */
export async function splitMoment(dir: string, at: SplitAt): Promise<number> {
  if (at.kind === 'moment') return at.atMs;
  if (at.kind === 'deploy') {
    const words = (await recordingMeta(dir)).reported;
    const deployed = words.findLast((word) => word.kind === 'command' && word.name === 'deploy');
    if (deployed !== undefined) return deployed.after;
    throw new FailureError(nothingOf(dir, at.kind));
  }
  let fromMs: number | null = null;
  let aheadMs = 0;
  let found: number | null = null;
  for await (const event of replay(dir, () => undefined)) {
    if (event.type === 'poll') fromMs ??= event.poll.sentAt;
    if (at.kind === 'clock' || at.kind === 'after') {
      if (fromMs === null) continue;
      return at.kind === 'after' ? fromMs + at.ms : clockMoment(fromMs, at);
    }
    if (event.type === 'clock') ({aheadMs} = event.offset);
    if (event.type !== 'kubelet-started' || fromMs === null) continue;
    if (event.at - aheadMs > fromMs + settledMs) found = event.at - aheadMs;
  }
  if (found !== null) return found;
  throw new FailureError(nothingOf(dir, at.kind));
}

function nothingOf(dir: string, kind: SplitAt['kind']): Failure {
  const problem = kind === 'deploy' ? 'no deploy was recorded in it' : 'there is no restart of the kubelet in it';
  return {tried: `split ${dir} at the last ${kind}`, problem, next: `ktop compare ${dir} --at +10m`};
}

/** The first such time of day after the start, by the local clock. */
function clockMoment(fromMs: number, {hours, minutes, seconds}: Extract<SplitAt, {kind: 'clock'}>): number {
  const day = new Date(fromMs);
  day.setHours(hours, minutes, seconds, 0);
  if (day.getTime() < fromMs) day.setDate(day.getDate() + 1);
  return day.getTime();
}
