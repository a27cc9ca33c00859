import type {JournalEntry} from '../../model/event.ts';
import {ExportParser} from './export-format.ts';
import {parseJournalJson} from './json-format.ts';

/** Reads what journalctl writes, whichever of the two formats it is: JSON lines begin with `{`, exports never do. */
export class JournalParser {
  #format: 'unknown' | 'export' | 'json' = 'unknown';
  readonly #export = new ExportParser();
  readonly #decoder = new TextDecoder();
  #line = '';

  /** Takes the next bytes and appends the entries that they complete to `out`. Throws where it is neither format. */
  push(chunk: Uint8Array, out: JournalEntry[]): void {
    const [first] = chunk;
    if (first === undefined) return;
    if (this.#format === 'unknown') this.#format = first === 0x7b ? 'json' : 'export';
    if (this.#format === 'export') this.#export.push(chunk, out);
    else this.#pushJson(this.#decoder.decode(chunk, {stream: true}), out);
  }

  #pushJson(text: string, out: JournalEntry[]): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      const entry = parseJournalJson(line);
      if (entry !== null) out.push(entry);
    }
  }
}
