/** Unix milliseconds as the unix seconds of the JSON output, to a tenth of a millisecond. */
export function unixSeconds(unixMs: number): number {
  return Math.round(unixMs * 10) / 10_000;
}

/** The same of a moment that may not be known. */
export function unixSecondsOrNull(unixMs: number | null): number | null {
  return unixMs === null ? null : unixSeconds(unixMs);
}
