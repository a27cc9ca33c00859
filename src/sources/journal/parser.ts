import type {JournalEntry} from '../../model/event.ts';
import {ExportParser} from './export-format.ts';
import {parseJournalJson} from './json-format.ts';

/** journalctl itself leaves out values of more than 4 KB in JSON, unless it is told `--all`. */
const longestLine = 16 << 20;

/** Reads what journalctl writes, whichever of the two formats it is: JSON lines begin with `{`, exports never do. */
export class JournalParser {
  #format: 'unknown' | 'export' | 'json' = 'unknown';
  readonly #export = new ExportParser();
  readonly #decoder = new TextDecoder();
  /** The line that is not complete yet, in pieces; null: it is too long, and left out. */
  #line: string[] | null = [];
  #lineLength = 0;
  #skipped = 0;

  /** How many entries could not be read since this was asked last. */
  takeSkipped(): number {
    const skipped = this.#skipped + this.#export.takeSkipped();
    this.#skipped = 0;
    return skipped;
  }

  /** Whether the bytes so far end within an entry: at the end of the output that one was cut off. */
  get isWithinEntry(): boolean {
    return this.#export.isWithinEntry || this.#line === null || this.#line.length > 0;
  }

  /** Takes the next bytes and appends the entries that they complete to `out`. Throws where it is neither format. */
  push(chunk: Uint8Array, out: JournalEntry[]): void {
    const [first] = chunk;
    if (first === undefined) return;
    if (this.#format === 'unknown') this.#format = first === 0x7b ? 'json' : 'export';
    if (this.#format === 'export') this.#export.push(chunk, out);
    else this.#pushJson(this.#decoder.decode(chunk, {stream: true}), out);
  }

  #pushJson(text: string, out: JournalEntry[]): void {
    const lines = text.split('\n');
    const rest = lines.pop() ?? '';
    for (const [index, part] of lines.entries()) {
      const line = index > 0 ? part : this.#line === null ? null : this.#line.join('') + part;
      if (index === 0) {
        this.#line = [];
        this.#lineLength = 0;
      }
      if (line === '') continue;
      const entry = line === null ? null : parseJournalJson(line);
      if (entry === null) this.#skipped += 1;
      else out.push(entry);
    }
    this.#lineLength += rest.length;
    if (this.#lineLength > longestLine) this.#line = null;
    else if (rest !== '') this.#line?.push(rest);
  }
}
