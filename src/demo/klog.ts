export type KlogSeverity = 'I' | 'W' | 'E' | 'F';

/** One line as klog prints it: `Lmmdd hh:mm:ss.uuuuuu PID file:line] msg`, in UTC as on a node. */
export function klogLine(severity: KlogSeverity, atMs: number, pid: number, source: string, text: string): string {
  const iso = new Date(Math.floor(atMs)).toISOString();
  const micros = String(Math.floor((atMs * 1000) % 1_000_000)).padStart(6, '0');
  const monthDay = iso.slice(5, 7) + iso.slice(8, 10);
  return `${severity}${monthDay} ${iso.slice(11, 19)}.${micros} ${String(pid).padStart(7)} ${source}] ${text}`;
}

/** A Go `time.Duration` as `%v` prints it: `5m0s`, `13.480880987s`, `450ms`. */
export function goDuration(durationMs: number): string {
  if (durationMs > 0 && durationMs < 1000) return `${trimmed(durationMs, 6)}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
  const seconds = `${trimmed((durationMs % 60_000) / 1000, 9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
