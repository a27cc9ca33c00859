/** A stretch of time, in unix milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What the prompt takes. */
export const momentHint = '14:05, 14:05:30, +10m or -30s from here, start, end';

const unitMs: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000};
const dayMs = 86_400_000;

/**
 * The moment (unix ms) that a user means by `14:05`, `14:05:30` (by the local clock), `2026-01-02 14:05`, `+10m`, `-30s` from
 * `nowMs`, `start` or `end`. Of a recording of several days a time alone is that of the present day, where it lies within the
 * recording, else the first that does. A sentence where it is none of these, or lies outside.
 */
export function momentIn(text: string, {fromMs, untilMs}: Stretch, nowMs: number): number | string {
  const word = text.trim().toLowerCase();
  if (word === '') return `a time is wanted: ${momentHint}`;
  if (word === 'start') return fromMs;
  if (word === 'end') return untilMs;
  const [, sign, count, unit] = /^([+-])\s*(\d+(?:\.\d+)?)\s*(s|m|h)$/.exec(word) ?? [];
  if (count !== undefined) {
    const byMs = (sign === '-' ? -1 : 1) * Number(count) * (unitMs[unit ?? ''] ?? 0);
    return Math.min(untilMs, Math.max(fromMs, nowMs + byMs));
  }
  const [, day, hours, minutes, seconds = '0'] =
    /^(?:(\d{4}-\d{2}-\d{2})[ t])?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(word) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) {
    return `that is no time: ${momentHint}`;
  }
  const clock = (atMs: number): number =>
    new Date(atMs).setHours(Number(hours), Number(minutes), Math.floor(Number(seconds)), (Number(seconds) % 1) * 1000);
  const meant = day === undefined ? null : clock(Date.parse(`${day}T12:00`));
  // A minute that the recording begins or ends in is meant from its start: what is left of it is shown.
  const isIn = (atMs: number): boolean => atMs >= fromMs - 60_000 && atMs <= untilMs;
  if (meant !== null) return isIn(meant) ? Math.max(fromMs, meant) : outside;
  const days = Math.ceil((untilMs - fromMs) / dayMs) + 1;
  const all = [clock(nowMs), ...Array.from({length: days}, (_, i) => clock(fromMs + i * dayMs))];
  const found = all.find(isIn);
  return found === undefined ? outside : Math.max(fromMs, found);
}

const outside = 'the recording does not reach there';
