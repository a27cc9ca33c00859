export interface BackOff {
  /** Before the second attempt. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Between 0 and 1; spreads those who lost the same server by a quarter to both sides. */
  readonly random: number;
}

/** How long to wait after so many failures in a row (0 for the first), in milliseconds: doubling, up to a longest. */
export function backOffMs(failures: number, {firstMs, longestMs, random}: BackOff): number {
  return Math.min(longestMs, firstMs * 2 ** failures) * (0.75 + random / 2);
}
