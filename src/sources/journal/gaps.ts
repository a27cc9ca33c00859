import type {JournalEntry} from '../../model/event.ts';
import type {NodeMs} from '../../model/time.ts';
import type {NodeShell} from '../../nodes/node.ts';
import {entriesBetween, sameEntry} from './cursor.ts';

/** Between two questions to the node about numbers that are nothing out of the ordinary. */
const ordinaryMs = 30_000;
const leastMs = 1_000;

/** Entries that the node removed while they were read. */
export interface Gap {
  /** When the last entry before them was written. */
  readonly after: NodeMs;
  /** Counted over all units; null where the node numbers its entries anew since. */
  readonly atMost: number | null;
}

/** Numbers left out since the last question. */
interface PendingGap {
  /** The last entry before the first of them. */
  readonly before: JournalEntry;
  /** Null where a new numbering began among them. */
  readonly count: number | null;
  /** The most in one batch. */
  readonly most: number;
}

/**
 * Finds what journalctl passes over without a word: a file of the journal that is removed before it was read to its
 * end. Entries are numbered, but other units' entries take numbers, too; so where numbers were left out this asks the
 * node whether the last entry before them is still there. The oldest files go first: if it is, nothing behind it went.
 * Where another numbering begins (a journal that was deleted and made anew) the same question decides.
 *
 * A question starts a process on the node. More numbers left out at once than ever turned out harmless are asked
 * about now (each answer raises that mark, so such questions end soon), all others together twice a minute.
 */
export class GapWatch {
  readonly #shell: NodeShell;
  readonly #signal: AbortSignal;
  /** The newest entry so far. */
  #newest: JournalEntry | null = null;
  #pendingGap: PendingGap | null = null;
  #harmless = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  #gap: Gap | null = null;

  constructor(shell: NodeShell, signal: AbortSignal) {
    this.#shell = shell;
    this.#signal = signal;
  }

  /** The next entries are not the ones that follow: what is missing there was told already. */
  reset(): void {
    this.#newest = null;
  }

  /** Takes entries as they came; looks at the first and last only. */
  note(entries: readonly JournalEntry[]): void {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return;
    const before = this.#newest ?? first;
    const between = before === first ? entries.length - 2 : entries.length - 1;
    this.#newest = last;
    if (before === last) return;
    const numbers = entriesBetween(before.cursor, last.cursor);
    const count = numbers === null ? null : numbers - between;
    if (count !== null && count <= 0) return;
    this.#pendingGap = joined(this.#pendingGap, {before, count, most: count ?? 0});
  }

  /** How long this can be left alone; null: until the next entries. `now` are milliseconds of a clock that nobody sets. */
  waitMs(now: number): number | null {
    if (this.#gap !== null) return 0;
    if (this.#asking) return 100;
    if (this.#pendingGap === null) return null;
    const everyMs = this.#pendingGap.most > 2 * this.#harmless ? leastMs : ordinaryMs;
    return Math.max(0, this.#askedAt + everyMs - now);
  }

  /** Asks the node where it is time to, and says what came of it. */
  findGap(now: number): Gap | null {
    if (this.#pendingGap !== null && !this.#asking && this.waitMs(now) === 0) {
      this.#askedAt = now;
      void this.#ask(this.#pendingGap);
      this.#pendingGap = null;
    }
    const gap = this.#gap;
    this.#gap = null;
    return gap;
  }

  async #ask(pendingGap: PendingGap): Promise<void> {
    this.#asking = true;
    const there = await isThere(this.#shell, pendingGap.before.cursor, this.#signal);
    this.#asking = false;
    if (there === true) this.#harmless = Math.max(this.#harmless, pendingGap.most);
    else if (there === false) this.#gap = {after: pendingGap.before.at, atMost: pendingGap.count};
    else this.#pendingGap = this.#pendingGap === null ? pendingGap : joined(pendingGap, this.#pendingGap);
  }
}

function joined(first: PendingGap | null, later: PendingGap): PendingGap {
  if (first === null) return later;
  const count = first.count === null || later.count === null ? null : first.count + later.count;
  return {before: first.before, count, most: Math.max(first.most, later.most)};
}

/** Whether the node still has an entry, of whatever unit; null where it did not say. */
async function isThere(shell: NodeShell, cursor: string, signal: AbortSignal): Promise<boolean | null> {
  const argv = ['journalctl', '--merge', '--quiet', '--no-pager', '--output=export', '--output-fields=PRIORITY'];
  try {
    const {exitCode, stdout} = await shell.run([...argv, '--lines=1', `--cursor=${cursor}`], {
      signal,
      timeoutMs: 10_000,
    });
    if (exitCode !== 0) return null;
    const found = /^__CURSOR=(.*)$/m.exec(stdout)?.[1];
    return found !== undefined && sameEntry(found, cursor);
  } catch {
    return null;
  }
}
