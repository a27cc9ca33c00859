import type {Event} from '../event.ts';

/** The journal's first lines come in several batches; the last one is followed by silence. */
const linesSettleMs = 250;
/** A journal without lines says nothing: so long it is listened to. */
const silenceMs = 1000;
/** What comes beside the figures (facts, clock, pods, journal) need not come at all: so long it is waited for in all. */
export const besidesMs = 5000;

/**
 * How long to wait for more before the state of a node is told, by what has come. Figures and what goes with them come
 * from different questions, in any order; some have no answer where rights are missing.
 */
export class Readiness {
  readonly #seen = new Set<Event['type']>();
  #isStatsLost = false;
  #isJournalOut = false;
  #isJournalFollowed = false;

  /** Takes an event in. */
  observe(event: Event): void {
    this.#seen.add(event.type);
    if (event.type === 'stats-stream') this.#isStatsLost = 'failure' in event.state;
    if (event.type === 'journal-stream') {
      this.#isJournalOut = 'failure' in event.state;
      this.#isJournalFollowed = event.state.kind === 'following';
    }
  }

  /** How long to wait from now on, if nothing else comes; null while there is nothing to tell yet. */
  get waitMs(): number | null {
    const has = (type: Event['type']): boolean => this.#seen.has(type);
    const isEnough = has('poll') || (has('facts') && this.#isStatsLost);
    if (!isEnough) return null;
    const isAll = has('poll') && has('facts') && has('clock') && has('pods');
    const hasJournal = has('journal') || this.#isJournalOut || this.#isJournalFollowed;
    if (!isAll || !hasJournal) return besidesMs;
    const isSilent = this.#isJournalFollowed && !has('journal');
    return isSilent ? silenceMs : linesSettleMs;
  }
}
