import {isRule, type JournalLine} from './line.ts';

/**
 * The newest lines, bounded in number and in characters (one line can have 48 KB and more). Every line has a number
 * of its own that counts up for ever, so that a place in the log stays a place while lines go.
 */
export class LineRing {
  readonly #capacity: number;
  readonly #mostCharacters: number;
  #lines: (JournalLine | undefined)[];
  #low = 0;
  #high = 0;
  #characters = 0;
  #entries = 0;

  constructor(capacity: number, mostCharacters = 64 * 1024 * 1024) {
    this.#capacity = capacity;
    this.#mostCharacters = mostCharacters;
    this.#lines = [];
  }

  /** Takes over the lines of another ring of this capacity, with their numbers. */
  takeOver(other: LineRing): void {
    this.#lines = other.#lines.slice();
    this.#low = other.#low;
    this.#high = other.#high;
    this.#characters = other.#characters;
    this.#entries = other.#entries;
  }

  /** The number of the oldest line. */
  get low(): number {
    return this.#low;
  }

  /** The number that the next line will get. */
  get high(): number {
    return this.#high;
  }

  /** How many of the lines are entries of the journal, not rules. */
  get entries(): number {
    return this.#entries;
  }

  /** Adds the newest line; the oldest makes room where the ring is full. */
  push(line: JournalLine): void {
    if (this.#high - this.#low >= this.#capacity) this.#drop();
    this.#lines[this.#high % this.#capacity] = line;
    this.#high += 1;
    this.#characters += size(line);
    if (!isRule(line)) this.#entries += 1;
    while (this.#characters > this.#mostCharacters && this.#high - this.#low > 1) this.#drop();
  }

  /** The line of this number; undefined where it is dropped or not there yet. */
  get(number: number): JournalLine | undefined {
    return number < this.#low || number >= this.#high ? undefined : this.#lines[number % this.#capacity];
  }

  /** Drops all lines; numbers go on. */
  clear(): void {
    this.#lines.fill(undefined);
    this.#low = this.#high;
    this.#characters = this.#entries = 0;
  }

  /** The number of the first line that is not older than `at` (unix milliseconds of the node); `high` if all are. */
  firstSince(at: number): number {
    let [from, to] = [this.#low, this.#high];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.get(middle)?.at ?? Infinity) < at) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #drop(): void {
    const slot = this.#low % this.#capacity;
    const line = this.#lines[slot];
    if (line !== undefined) {
      this.#characters -= size(line);
      if (!isRule(line)) this.#entries -= 1;
    }
    this.#lines[slot] = undefined;
    this.#low += 1;
  }
}

function size(line: JournalLine): number {
  return isRule(line) ? line.text.length : line.message.length + line.cursor.length + (line.raw?.length ?? 0);
}
