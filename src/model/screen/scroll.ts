/** Where the reader of a page is that may be longer than the screen. */
export class Scroll {
  #first = 0;

  /** Scrolls by rows; the drawing keeps it within what there is. */
  move(rows: number): void {
    this.#first += rows;
  }

  /** The first of `count` rows that is shown where there is room for `room` of them. */
  firstOf(count: number, room: number): number {
    this.#first = Math.max(0, Math.min(this.#first, count - room));
    return this.#first;
  }
}
