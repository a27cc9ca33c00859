import {isRule, lineSize, type JournalLine} from './line.ts';
import {PackedLines} from './packed-lines.ts';

/** Lines lie in chunks of so many, a power of two. */
const chunkLines = 256;
/** So many of the newest chunks are not packed: their lines are looked at all the time. */
const openChunks = 2;

type Chunk = (JournalLine | undefined)[] | PackedLines;

/**
 * The newest lines, bounded in number and in characters (one line can have 48 KB and more). Every line has a number
 * of its own that counts up for ever, so that a place in the log stays a place while lines go. Chunks that are full
 * are shared by all that took over from one another: a state of the log that is kept takes hardly any memory.
 */
export class LineRing {
  readonly #capacity: number;
  readonly #mostCharacters: number;
  /** The oldest first; a line's place in its chunk goes by its number. */
  #chunks: Chunk[] = [];
  /** The number of the chunk that is first. */
  #first = 0;
  /** Chunks with a lower number are shared, and not written to. */
  #sharedBelow = 0;
  /** The chunk that was dropped last, for its room; nobody else has it. */
  #spare: PackedLines | null = null;
  #low = 0;
  #high = 0;
  #characters = 0;
  #entries = 0;

  constructor(capacity: number, mostCharacters = 64 * 1024 * 1024) {
    this.#capacity = capacity;
    this.#mostCharacters = mostCharacters;
  }

  /** Takes over the lines of another ring of this capacity, with their numbers. */
  takeOver(other: LineRing): void {
    const newest = Math.floor(other.#high / chunkLines);
    this.#chunks = other.#chunks.map((chunk, i) =>
      chunk instanceof PackedLines || other.#first + i < newest ? chunk : chunk.slice(),
    );
    this.#first = other.#first;
    this.#sharedBelow = other.#sharedBelow = newest;
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
    const chunk = Math.floor(this.#high / chunkLines);
    if (this.#chunks.length === 0) this.#first = chunk;
    const newest = this.#chunks[chunk - this.#first];
    if (Array.isArray(newest)) newest[this.#high % chunkLines] = line;
    else this.#open(line);
    this.#high += 1;
    this.#characters += lineSize(line);
    if (!isRule(line)) this.#entries += 1;
    while (this.#characters > this.#mostCharacters && this.#high - this.#low > 1) this.#drop();
  }

  /** The line of this number; undefined where it is dropped or not there yet. */
  get(number: number): JournalLine | undefined {
    if (number < this.#low || number >= this.#high) return undefined;
    const chunk = this.#chunks[Math.floor(number / chunkLines) - this.#first];
    return chunk instanceof PackedLines ? chunk.get(number % chunkLines) : chunk?.[number % chunkLines];
  }

  /** Drops all lines; numbers go on. */
  clear(): void {
    this.#chunks = [];
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

  /** Begins the next chunk, and packs the one that is not among the newest any more. */
  #open(line: JournalLine): void {
    const chunk: Chunk = [];
    chunk[this.#high % chunkLines] = line;
    const index = this.#chunks.push(chunk) - 1 - openChunks;
    const old = this.#chunks[index];
    if (Array.isArray(old)) this.#chunks[index] = this.#pack(old);
  }

  #pack(lines: (JournalLine | undefined)[]): Chunk {
    const packed = PackedLines.of(lines, this.#spare);
    if (packed !== null) this.#spare = null;
    return packed ?? lines;
  }

  #drop(): void {
    const chunk = this.#chunks[0];
    const {size, isEntry} = aboutLine(chunk, this.#low % chunkLines);
    this.#characters -= size;
    if (isEntry) this.#entries -= 1;
    // A line can be long: it is let go of at once, where nobody else has its chunk.
    if (Array.isArray(chunk) && this.#first >= this.#sharedBelow) chunk[this.#low % chunkLines] = undefined;
    this.#low += 1;
    if (this.#low % chunkLines === 0) {
      this.#chunks.shift();
      if (chunk instanceof PackedLines && this.#first >= this.#sharedBelow) this.#spare = chunk;
      this.#first += 1;
    }
  }
}

function aboutLine(chunk: Chunk | undefined, index: number): {readonly size: number; readonly isEntry: boolean} {
  if (chunk instanceof PackedLines) return chunk.about(index);
  const line = chunk?.[index];
  return line === undefined ? {size: 0, isEntry: false} : {size: lineSize(line), isEntry: !isRule(line)};
}
