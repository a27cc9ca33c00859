const unitsMs: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/** How a time is written, for those who are asked for one. */
export const momentForms = '14:00, 14:00:05, yesterday 14:00, 11-27 14:00, 2026-11-27 14:00 or -5m';

/**
 * The unix milliseconds that a user means by `12:30`, `12:30:05` (today in the time zone here, or yesterday where that is
 * still to come), by those behind a day (`yesterday`, `11-27`, `2026-11-27`; a day alone is its beginning), or by `-5m`,
 * `-90s`, `-2h`, `-1d` (ago); null where it is none of these, or no such day.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const typed = text.trim();
  const ago = /^-(\d+(?:\.\d+)?)\s*([smhd])$/.exec(typed);
  if (ago !== null) return nowMs - Number(ago[1]) * (unitsMs[ago[2] ?? ''] ?? NaN);
  const found =
    /^(?:(yesterday|today|(?:\d{4}-)?\d{1,2}-\d{1,2})(?:[ T]+|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?$/.exec(
      typed,
    );
  if (found === null || typed === '') return null;
  const [, day, hours = '0', minutes = '0', seconds = '0'] = found;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) return null;
  const date = new Date(nowMs);
  if (day !== undefined && !setDay(date, day, nowMs)) return null;
  date.setHours(Number(hours), Number(minutes), Math.floor(Number(seconds)), Math.round((Number(seconds) % 1) * 1000));
  if (day === undefined && date.getTime() > nowMs) date.setDate(date.getDate() - 1);
  return date.getTime();
}

/** Sets the day here; of one without a year the last that was. Whether there is such a day. */
function setDay(date: Date, day: string, nowMs: number): boolean {
  if (day === 'today') return true;
  if (day === 'yesterday') {
    date.setDate(date.getDate() - 1);
    return true;
  }
  const numbers = day.split('-').map(Number);
  const [dayOfMonth = 0, month = 0, year] = numbers.toReversed();
  date.setFullYear(year ?? date.getFullYear(), month - 1, dayOfMonth);
  if (year === undefined && date.getTime() > nowMs) date.setFullYear(date.getFullYear() - 1, month - 1, dayOfMonth);
  return date.getMonth() === month - 1 && date.getDate() === dayOfMonth;
}

/** A moment as the prompt takes it, to the second, by the local clock: `11-27 14:00:05`. */
export function momentText(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}
