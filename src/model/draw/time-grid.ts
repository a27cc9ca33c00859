/** The windows that a chart can show, in milliseconds: 2 minutes to 6 hours. */
export const windowsMs: readonly number[] = [2, 5, 10, 20, 30, 60, 120, 180, 360].map((minutes) => minutes * 60_000);

/** The window that is shown as long as nobody chose another. */
export const usualWindowMs = 5 * 60_000;

/** The window beside this one, at the ends itself. */
export function nextWindow(windowMs: number, step: 1 | -1): number {
  const at = windowsMs.indexOf(windowMs) + step;
  return windowsMs[at] ?? windowMs;
}

/** Real time cut into the columns of a chart: column i shows from `startMs + i·slotMs` until `slotMs` later. */
export interface Grid {
  readonly startMs: number;
  readonly bucketMs: number;
  readonly count: number;
}

/**
 * The grid that ends now. Its columns stand on multiples of their length, so that a chart moves by whole columns and
 * does not shimmer.
 */
export function gridOf(nowMs: number, windowMs: number, columns: number): Grid {
  const count = Math.max(1, columns);
  const bucketMs = windowMs / count;
  const endMs = Math.ceil(nowMs / bucketMs) * bucketMs;
  return {startMs: endMs - count * bucketMs, bucketMs, count};
}

/** The column in which a moment falls; below 0 or beyond the count where it is out of the window. */
export function columnAt(grid: Grid, atMs: number): number {
  return Math.floor((atMs - grid.startMs) / grid.bucketMs);
}
