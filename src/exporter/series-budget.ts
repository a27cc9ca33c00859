/** How many series may be told, over all nodes: whoever has a place keeps it until it goes away. */
export class SeriesBudget {
  readonly most: number;
  #used = 0;

  /** `most`: series in a text format, where a histogram is one for each of its buckets. */
  constructor(most: number) {
    this.most = most;
  }

  /** Series that have a place. */
  get used(): number {
    return this.#used;
  }

  /** Takes places for so many series; false where there is not room for all of them. */
  take(series: number): boolean {
    if (this.#used + series > this.most) return false;
    this.#used += series;
    return true;
  }

  /** Gives them back. */
  give(series: number): void {
    this.#used -= series;
  }
}
