const leastMs = 15_000;
const mostMs = 120_000;

/**
 * How long one node is waited for: a machine under load that took nine seconds for its last answer is not given up
 * after fifteen, and who was given up once is given twice the time.
 */
export class Patience {
  #limitMs = leastMs;

  /** Until a command begins there, and again until it has ended. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** A command took so long. A quick answer takes a part of the patience back only: the next may be slow again. */
  answered(tookMs: number): void {
    this.#limitMs = Math.min(mostMs, Math.max(leastMs, tookMs * 4, this.#limitMs / 2));
  }

  /** Nothing came within that time. */
  gaveUp(afterMs: number): void {
    this.#limitMs = Math.min(mostMs, Math.max(this.#limitMs, afterMs * 2));
  }
}
