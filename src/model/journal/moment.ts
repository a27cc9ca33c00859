/**
 * The unix milliseconds that a user means by `12:30`, `12:30:05` (today in the time zone here, or yesterday where that is
 * still to come) or by `-5m`, `-90s`, `-2h` (ago); null where it is none of these.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const ago = /^-(\d+(?:\.\d+)?)\s*(s|m|h)$/.exec(text.trim());
  if (ago !== null) return nowMs - Number(ago[1]) * ({s: 1000, m: 60_000, h: 3_600_000}[ago[2] ?? ''] ?? NaN);
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(text.trim());
  if (clock === null) return null;
  const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds >= 60) return null;
  const date = new Date(nowMs);
  date.setHours(hours, minutes, Math.floor(seconds), Math.round((seconds % 1) * 1000));
  if (date.getTime() > nowMs) date.setDate(date.getDate() - 1);
  return date.getTime();
}
