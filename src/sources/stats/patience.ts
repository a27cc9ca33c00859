/** A first answer, from a kubelet of which nothing is known yet, is waited for so long. */
const firstMs = 20_000;
const longestMs = 30_000;
/** Of a kubelet that answered quickly so far. */
const shortestMs = 5000;
/** An answer may take so many times what was usual. */
const usualTimes = 4;
/** From here on a kubelet is called slow. */
const slowMs = 2000;
/** A figure that differs by less is not told anew. */
const notable = 0.3;

/** How long a kubelet's answers take, and how long the next one is waited for, in ms. */
export class Patience {
  #latencyMs: number | null = null;
  #timeoutMs = firstMs;
  #toldMs: number | null = null;

  /** How long a request takes, smoothed; null before the first. */
  get latencyMs(): number | null {
    return this.#latencyMs;
  }

  /** How long the next answer is waited for. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** `slow: the kubelet answers in 6 s`; null while it is quick. */
  get warning(): string | null {
    return this.#toldMs === null ? null : `slow: the kubelet answers in ${Math.round(this.#toldMs / 1000)} s`;
  }

  /** An answer took so long; a clock that was set back meanwhile makes it negative. */
  answered(tookMs: number): void {
    const took = Math.min(longestMs, Math.max(0, tookMs));
    this.#latencyMs = this.#latencyMs === null ? took : this.#latencyMs + 0.2 * (took - this.#latencyMs);
    this.#timeoutMs = Math.min(longestMs, Math.max(shortestMs, usualTimes * Math.max(took, this.#latencyMs)));
    // Told slow at once, and quick again when it has been so for a while.
    const slowestMs = Math.max(took, this.#latencyMs);
    if (slowestMs < slowMs) this.#toldMs = null;
    else if (this.#toldMs === null || Math.abs(slowestMs - this.#toldMs) > notable * this.#toldMs)
      this.#toldMs = slowestMs;
  }

  /** No answer came in time: the next one gets more. */
  timedOut(): void {
    this.#timeoutMs = Math.min(longestMs, 2 * this.#timeoutMs);
  }
}
