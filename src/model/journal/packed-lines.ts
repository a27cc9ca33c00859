import type {JournalEntry} from '../event.ts';
import {nodeMs} from '../time.ts';
import {isRule, lineSize, type JournalLine} from './line.ts';

/** What is mostly the same from entry to entry. */
type Origin = Pick<JournalEntry, 'unit' | 'identifier' | 'pid' | 'priority'>;

/** A longer line is to be let go of at once when its turn comes, and not with the last of those it is packed with. */
const mostCharacters = 16 * 1024;

/**
 * Lines as bytes instead of four objects each: V8 goes through all objects again and again, and with fifty thousand lines
 * that come and go a key waited for it. An entry is made anew whenever it is asked for.
 */
export class PackedLines {
  /** All messages and cursors, one behind the other; room that is used again and again makes no garbage. */
  #text = Buffer.alloc(0);
  /** Two places in the text for each line: of its message, and of its cursor. The last one is the end. */
  readonly #places: Uint32Array;
  readonly #times: Float64Array;
  readonly #sizes: Uint32Array;
  readonly #origins: (Origin | undefined)[] = [];
  /** Lines that stay as they are: rules, and entries with text that UTF-8 cannot hold. */
  readonly #others = new Map<number, JournalLine>();

  private constructor(count: number) {
    this.#places = new Uint32Array(2 * count + 1);
    this.#times = new Float64Array(count);
    this.#sizes = new Uint32Array(count);
  }

  /**
   * Packs lines, in the room of as many others that nobody needs any more if there are such. Null where a line is missing,
   * or too long for it.
   */
  static of(lines: readonly (JournalLine | undefined)[], spare: PackedLines | null): PackedLines | null {
    // A place that was never written to has to be seen as well.
    const all = Array.from(lines);
    if (!all.every(isPackable)) return null;
    const packed = spare ?? new PackedLines(all.length);
    packed.#fill(all);
    return packed;
  }

  #fill(lines: readonly JournalLine[]): void {
    const size = lines.reduce((sum, line) => sum + lineSize(line), 0);
    // In some scripts a character takes three bytes.
    const fits = this.#text.length >= size && this.#text.length <= 4 * size;
    if (!fits) this.#text = Buffer.allocUnsafe(Math.ceil(1.2 * size));
    this.#others.clear();
    let origin: Origin | undefined;
    let end = 0;
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index];
      if (line === undefined) continue;
      const entry = isPlain(line) ? line : null;
      if (entry === null) this.#others.set(index, line);
      else if (!isFrom(entry, origin)) origin = originOf(entry);
      this.#origins[index] = entry === null ? undefined : origin;
      this.#times[index] = line.at;
      this.#sizes[index] = lineSize(line);
      if (entry !== null) end += this.#write(entry.message, end);
      this.#places[2 * index + 1] = end;
      if (entry !== null) end += this.#write(entry.cursor, end);
      this.#places[2 * index + 2] = end;
    }
  }

  /** Writes a text at a place; returns how many bytes it takes. */
  #write(text: string, at: number): number {
    // No UTF-16 unit takes more than three bytes.
    const most = at + 3 * text.length;
    if (most > this.#text.length && at + Buffer.byteLength(text) > this.#text.length) {
      this.#text = Buffer.concat([this.#text], 2 * most);
    }
    return this.#text.write(text, at);
  }

  /** The size of the line at an index, and whether it is an entry: asked of each line that is dropped, without making it. */
  about(index: number): {readonly size: number; readonly isEntry: boolean} {
    const other = this.#others.get(index);
    return {size: this.#sizes[index] ?? 0, isEntry: other === undefined || !isRule(other)};
  }

  /** The line at an index. */
  get(index: number): JournalLine | undefined {
    const origin = this.#origins[index];
    if (origin === undefined) return this.#others.get(index);
    const cursor = this.#places[2 * index + 1];
    return {
      cursor: this.#text.toString('utf8', cursor, this.#places[2 * index + 2]),
      at: nodeMs(this.#times[index] ?? NaN),
      unit: origin.unit,
      identifier: origin.identifier,
      pid: origin.pid,
      priority: origin.priority,
      message: this.#text.toString('utf8', this.#places[2 * index], cursor),
    };
  }
}

function isPackable(line: JournalLine | undefined): line is JournalLine {
  return line !== undefined && lineSize(line) <= mostCharacters;
}

function isPlain(line: JournalLine): line is JournalEntry {
  return !isRule(line) && line.raw === undefined && line.message.isWellFormed() && line.cursor.isWellFormed();
}

function isFrom(entry: JournalEntry, origin: Origin | undefined): boolean {
  return (
    entry.unit === origin?.unit &&
    entry.identifier === origin.identifier &&
    entry.pid === origin.pid &&
    entry.priority === origin.priority
  );
}

function originOf({unit, identifier, pid, priority}: JournalEntry): Origin {
  return {unit, identifier, pid, priority};
}
