import type {Event, JournalEntry} from '../../model/event.ts';
import type {Mark} from '../../model/player/marks.ts';

/** Which lines of a recording match, found in steps: a pattern over hundreds of thousands of lines holds up no key. */
export class MatchIndex {
  readonly marks: Mark[] = [];
  readonly #fits: (entry: JournalEntry) => boolean;
  #looked = 0;

  constructor(fits: (entry: JournalEntry) => boolean) {
    this.#fits = fits;
  }

  /** How many of the lines were looked at. */
  get looked(): number {
    return this.#looked;
  }

  /** Looks at lines (the numbers of their events) until there are none left (true), or `late` says so (false). */
  work(
    lines: readonly number[],
    events: readonly Event[],
    timeOf: (index: number) => number,
    late: () => boolean,
  ): boolean {
    for (; this.#looked < lines.length; this.#looked += 1) {
      const index = lines[this.#looked] ?? 0;
      const event = events[index];
      if (event?.type === 'journal' && event.entries.some(this.#fits)) this.marks.push({index, atMs: timeOf(index)});
      if (this.#looked % 64 === 63 && late()) {
        this.#looked += 1;
        return false;
      }
    }
    return true;
  }
}
