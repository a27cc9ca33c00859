import type {Quantity} from './buckets.ts';

/** Room for any figure of these formats: `9999m`, `12.3c`, `1023Mi`. */
export const figureWidth = 6;

/** CPU: millicores below 10 cores (`3.2m`, `250m`, `9999m`), then cores (`12.3c`). NaN and null: `–`. */
export function formatCores(nanoCores: number | null): string {
  if (nanoCores === null || !Number.isFinite(nanoCores)) return '–';
  const milli = nanoCores / 1e6;
  if (milli < 0.05) return '0m';
  if (milli < 9.95) return `${milli.toFixed(1)}m`;
  if (milli < 9_999.5) return `${Math.round(milli)}m`;
  const cores = milli / 1_000;
  if (cores >= 99_950) return '>99kc';
  return cores < 999.5 ? `${cores.toFixed(cores < 99.95 ? 1 : 0)}c` : `${(cores / 1_000).toFixed(1)}kc`;
}

const byteUnits = ['B', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** Memory in binary units: `622Ki`, `1.5Gi`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return '–';
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  if (value >= 999.5) return '>1Ei';
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)}${byteUnits[unit] ?? ''}`;
}

/** A figure of fixed width with its unit: nanocores as `250m`, bytes as `12Mi`; a dash for null. */
export function formatQuantity(value: number | null, quantity: Quantity): string {
  return quantity === 'cpu' ? formatCores(value) : formatBytes(value);
}

/** How long ago, in at most four letters: `8s`, `12m`, `3h`, `9d`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.floor(Math.max(0, ageMs) / 1_000);
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 6_000) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 360_000) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.min(999, Math.floor(seconds / 86_400))}d`;
}

/** The same in words: `8 s`, `12 m`. Every age on the screen is one of these two, so that no two of them differ. */
export function ageWords(ageMs: number): string {
  return formatAge(ageMs).replace(/(?=[a-z])/, ' ');
}

/** A window: `90 s`, `5 min`, `6 h`. */
export function formatSpan(ms: number): string {
  return ms >= 3_600_000 ? `${ms / 3_600_000} h` : `${ms / 60_000} min`;
}

/** Wall clock `12:03` or `12:03:20`; `utcOffsetMs` is what local time runs ahead of UTC. */
export function formatClock(atMs: number, utcOffsetMs: number, withSeconds: boolean): string {
  const at = new Date(atMs + utcOffsetMs);
  if (Number.isNaN(at.getTime())) return '';
  return at.toISOString().slice(11, withSeconds ? 19 : 16);
}
