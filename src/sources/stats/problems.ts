/** So many problems of one answer are told; beyond them, how many there are. */
const mostTold = 5;

/** What could not be read in one answer, a sentence each: an answer of 100 MB can be unreadable in every line. */
export class Problems {
  readonly #told: string[] = [];
  #count = 0;

  /** Notes one more; the sentence is made only where it is told. */
  add(sentence: () => string): void {
    this.#count += 1;
    if (this.#told.length < mostTold) this.#told.push(sentence());
  }

  /** The first few, and how many more there are. */
  get sentences(): readonly string[] {
    const more = this.#count - this.#told.length;
    return more === 0 ? this.#told : [...this.#told, `and ${more} more of the kind in this answer`];
  }
}
