import type {JournalEntry} from '../event.ts';
import {fits, LineFilter, type Criteria} from './line-filter.ts';
import {severities, type Severity} from './line.ts';
import {compileSought, type LinePattern} from './pattern.ts';
import type {PodNames} from './pod-names.ts';
import type {LineRing} from './ring.ts';

export interface JournalFilterOptions {
  readonly grep: LinePattern | null;
  readonly exclude: readonly LinePattern[];
  readonly severity: Severity | null;
  readonly contextLines: number;
  readonly fold: boolean;
}

const contextSteps = [0, 1, 3, 5, 10];

/** Which lines the user wants to see: the criteria, the filter that follows them, and a pattern being typed. */
export class JournalFilter {
  readonly #ring: LineRing;
  #filter: LineFilter;
  /** The same criteria with other names: it takes the filter's place once it has been through the lines. */
  #renewed: LineFilter | null = null;
  #preview: {readonly text: string; readonly filter: LineFilter} | null = null;
  /** Whether the preview was asked for since the last picture: one that is not was given up. */
  #previewing = false;
  #ticks = true;

  /** `names` are those that lines are shown with. */
  constructor(ring: LineRing, options: JournalFilterOptions, names: PodNames) {
    this.#ring = ring;
    const {grep, exclude, severity, contextLines, fold} = options;
    this.#filter = new LineFilter(ring, {grep, exclude, severity, contextLines, fold, names});
  }

  /** Another object whenever the criteria were changed. */
  get filter(): LineFilter {
    return this.#filter;
  }

  /** What the lines are filtered by now. */
  get criteria(): Criteria {
    return this.#filter.criteria;
  }

  /** Whether housekeeping ticks are drawn between the lines. */
  get ticks(): boolean {
    return this.#ticks;
  }

  /** Whether an entry is let through; for the frontends that hold no lines, and show none with names. */
  shows(entry: JournalEntry): boolean {
    return fits(entry, {...this.criteria, names: null});
  }

  /** Looks at lines, new ones first, until there are none left or `late` says so. */
  work(late: () => boolean): void {
    this.#filter.work(late);
    if (this.#renewed?.work(late) !== true) return;
    this.#filter = this.#renewed;
    this.#renewed = null;
  }

  /** Names were learned: what is shown with them may match now. */
  rename(): void {
    const {grep, exclude} = this.criteria;
    if (grep === null && exclude.length === 0) return;
    this.#renewed = new LineFilter(this.#ring, this.criteria);
    this.#preview = null;
  }

  /** Looks at all lines again: they are others. */
  lookAnew(): void {
    this.#change({});
  }

  /** Whether there are lines left to look at: then the next picture should not wait long. */
  get busy(): boolean {
    if (this.#renewed !== null && this.#renewed.progress < 1) return true;
    return this.#filter.progress < 1 || (this.#preview !== null && this.#preview.filter.progress < 1);
  }

  /** A new picture is drawn: a preview that the last one did not ask for is over. */
  endStalePreview(): void {
    if (!this.#previewing) this.#preview = null;
    this.#previewing = false;
  }

  /** What the pattern typed so far would show, counted as far as `late` lets it. */
  preview(text: string, late: () => boolean): {readonly note: string; readonly bad: boolean} {
    if (this.#preview?.text !== text) {
      const result = text === '' ? null : compileSought(text);
      if (result?.ok === false) {
        this.#preview = null;
        return {note: result.problem, bad: true};
      }
      const criteria = {...this.criteria, grep: result?.pattern ?? null};
      this.#preview = {text, filter: new LineFilter(this.#ring, criteria)};
    }
    this.#previewing = true;
    const {filter} = this.#preview;
    const ready = filter.work(late);
    const soFar = ready ? '' : ` so far (${Math.floor(filter.progress * 100)} % looked at)`;
    return {note: `${filter.matched} of ${this.#ring.entries} match${soFar}`, bad: false};
  }

  /** Takes a new pattern (empty: none); a sentence back means that it was refused and the old one stays. */
  setGrep(text: string): string | null {
    if (this.#preview?.text === text) {
      this.#filter = this.#preview.filter;
      this.#preview = this.#renewed = null;
      return null;
    }
    const result = text === '' ? null : compileSought(text);
    if (result?.ok === false) return result.problem;
    this.#change({grep: result?.pattern ?? null});
    return null;
  }

  /** Hides what matches as well; empty text shows all again. */
  addExclude(text: string): string | null {
    const result = text === '' ? null : compileSought(text);
    if (result?.ok === false) return result.problem;
    this.#change({exclude: result === null ? [] : [...this.criteria.exclude, result.pattern]});
    return null;
  }

  /** Folds repeated lines or no longer; gives what holds now. */
  toggleFold(): boolean {
    this.#change({fold: !this.criteria.fold});
    return this.criteria.fold;
  }

  /** Shows ticks between the lines or no longer; gives what holds now. */
  toggleTicks(): boolean {
    this.#ticks = !this.#ticks;
    return this.#ticks;
  }

  /** The next higher floor; from the highest back to none. */
  nextSeverity(): Severity | null {
    const index = this.criteria.severity === null ? 0 : severities.indexOf(this.criteria.severity);
    this.#change({severity: severities[index + 1] ?? null});
    return this.criteria.severity;
  }

  /** The next number of context lines, from the largest back to none; gives it. */
  nextContext(): number {
    this.#change({contextLines: contextSteps.find((step) => step > this.criteria.contextLines) ?? 0});
    return this.criteria.contextLines;
  }

  #change(change: Partial<Criteria>): void {
    this.#filter = new LineFilter(this.#ring, {...this.criteria, ...change});
    this.#preview = this.#renewed = null;
  }
}
