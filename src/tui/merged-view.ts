import type {JournalView} from '../model/journal/journal-model.ts';
import type {MergedJournal, MergedPart} from '../model/journal/merged-journal.ts';
import type {Headline} from '../model/journal/headline.ts';
import type {KeyPress} from '../model/screen/key.ts';
import type {Size} from '../model/screen/layout.ts';
import {counted} from '../util/counted.ts';
import type {KeyTable, OverlayView} from './overlay-view.ts';

export interface MergedViewOptions {
  readonly journal: MergedJournal;
  readonly parts: () => readonly MergedPart[];
  readonly keymap: KeyTable;
  readonly closed: () => void;
}

/** The journal of all nodes over the panes, and what its keys do: those of the journal pane that move it. */
export class MergedView implements OverlayView {
  readonly #options: MergedViewOptions;

  constructor(options: MergedViewOptions) {
    this.#options = options;
  }

  /** What is drawn below the header. */
  view(size: Size): JournalView {
    const {journal, parts} = this.#options;
    return journal.view(parts(), size);
  }

  /** What the header says. */
  get headline(): Headline {
    const parts = this.#options.parts();
    const lines = parts.reduce((sum, one) => sum + one.lines.length, 0);
    const isPaused = this.#options.journal.paused;
    return {
      left: `all of ${counted(parts.length, 'node')}, by time · ${counted(lines, 'line')}, as each tab filters them`,
      right: isPaused ? 'paused' : 'following',
      tone: isPaused ? 'warning' : 'good',
      notes: [],
    };
  }

  /** How to leave it, which a narrow row must not cut off, and how to move in it. */
  get ways(): string {
    const {keymap} = this.#options;
    const told = ([name, what]: readonly [string, string]) => {
      const key = keymap.keyOf(name);
      return key === null ? [] : [`${key} ${what}`];
    };
    const moves = [
      ['journal.up', 'older'],
      ['journal.page-up', 'a page'],
      ['journal.newest', 'newest'],
      ['pause', 'pause'],
    ] as const;
    return ['esc leaves', ...moves.flatMap(told)].join(' · ');
  }

  /** Takes a key; false where it closed the view. */
  press({name}: KeyPress): boolean {
    const {journal, parts, keymap} = this.#options;
    const bound = keymap.bindingFor(name, 'journal')?.name;
    switch (bound) {
      case 'journal.up':
        journal.move(parts(), -1);
        return true;
      case 'journal.down':
        journal.move(parts(), 1);
        return true;
      case 'journal.page-up':
        journal.page(parts(), -1);
        return true;
      case 'journal.page-down':
        journal.page(parts(), 1);
        return true;
      case 'journal.oldest':
        journal.home(parts());
        return true;
      case 'journal.newest':
        journal.follow();
        return true;
      case 'journal.left':
        journal.sideways(-20);
        return true;
      case 'journal.right':
        journal.sideways(20);
        return true;
      case 'pause':
        journal.togglePause(parts());
        return true;
      case 'quit':
      case 'merged-journal':
        return false;
      default:
        return true;
    }
  }

  /** It is closed: what comes from now on is new again. */
  left(): void {
    this.#options.closed();
  }
}
