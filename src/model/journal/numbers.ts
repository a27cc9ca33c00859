/** Rising numbers that grow at both ends and shrink at the low one: line numbers of a filter that works both ways. */
export class NumberLine {
  /** The low part, backwards: its end is the lowest number. */
  #low: number[] = [];
  #high: number[] = [];
  #highStart = 0;

  /** How many numbers there are. */
  get length(): number {
    return this.#low.length + this.#high.length - this.#highStart;
  }

  /** The number at an index, counted from the lowest; undefined outside. */
  at(index: number): number | undefined {
    if (index < 0) return undefined;
    return index < this.#low.length
      ? this.#low[this.#low.length - 1 - index]
      : this.#high[this.#highStart + index - this.#low.length];
  }

  /** The lowest number. */
  get first(): number | undefined {
    return this.at(0);
  }

  /** The highest number. */
  get last(): number | undefined {
    return this.at(this.length - 1);
  }

  /** Adds a number above all others. */
  pushHigh(number: number): void {
    this.#high.push(number);
  }

  /** Adds a number below all others. */
  pushLow(number: number): void {
    this.#low.push(number);
  }

  /** Removes the lowest number. */
  shiftLow(): void {
    if (this.#low.pop() !== undefined) return;
    this.#highStart += 1;
    if (this.#highStart > 4096 && this.#highStart * 2 > this.#high.length) {
      this.#high = this.#high.slice(this.#highStart);
      this.#highStart = 0;
    }
  }

  /** Removes all numbers. */
  clear(): void {
    this.#low = [];
    this.#high = [];
    this.#highStart = 0;
  }

  /** The index of the first number that is at least `number`; the length where there is none. */
  indexFrom(number: number): number {
    let [from, to] = [0, this.length];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.at(middle) ?? Infinity) < number) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
