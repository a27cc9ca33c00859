/** Upper bounds (s) of the classic buckets: cAdvisor's usual windows begin and end at multiples of 5 s. */
export const classicBounds: readonly number[] = [5, 10, 15, 20, 25, 30, 60, 300];

/**
 * Resolution of the native histogram: each power of two is divided into 2^schema buckets, so that one is 9 % wide
 * (Prometheus, "Native Histograms", standard schemas). A wait of 15 s is known to about a second.
 */
export const schema = 3;
/** Waits below this (s) are none; the value that client_golang has, which also marks the histogram as a native one. */
export const zeroThreshold = 2 ** -128;

/** Observed waits in seconds, as a native histogram and as a classic one. */
export class WaitHistogram {
  count = 0;
  sum = 0;
  readonly #native = new Map<number, number>();
  readonly #classic = new Uint32Array(classicBounds.length);

  /** Takes in one wait, in seconds; what is no positive number is left out. */
  observe(seconds: number): void {
    if (!(seconds > 0) || !Number.isFinite(seconds)) return;
    this.count += 1;
    this.sum += seconds;
    // Bucket `i` holds what is above 2^((i-1)/2^schema) and at most 2^(i/2^schema).
    const index = Math.ceil(Math.log2(seconds) * 2 ** schema);
    this.#native.set(index, (this.#native.get(index) ?? 0) + 1);
    const bound = classicBounds.findIndex((most) => seconds <= most);
    if (bound !== -1) this.#classic[bound] = (this.#classic[bound] ?? 0) + 1;
  }

  /** How many were at most each of `classicBounds`, in their order. */
  cumulative(): number[] {
    let sum = 0;
    return Array.from(this.#classic, (count) => (sum += count));
  }

  /** The populated buckets of the native histogram, in their order. */
  buckets(): readonly (readonly [index: number, count: number])[] {
    return [...this.#native].sort(([a], [b]) => a - b);
  }
}
