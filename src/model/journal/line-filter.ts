import type {JournalEntry} from '../event.ts';
import {isRule, repeats, severities, severityOf, type JournalLine, type Severity} from './line.ts';
import {NumberLine} from './numbers.ts';
import type {LinePattern} from './pattern.ts';
import type {LineRing} from './ring.ts';

/** Which lines are shown. */
export interface Criteria {
  readonly grep: LinePattern | null;
  readonly exclude: readonly LinePattern[];
  readonly severity: Severity | null;
  /** Lines shown before and after each match. */
  readonly contextLines: number;
  /** Show a line that repeats the one before it as a count. */
  readonly fold: boolean;
  /** Show the rules of housekeeping ticks. */
  readonly ticks: boolean;
}

/** Whether an entry passes the patterns and the severity floor. */
export function fits(entry: JournalEntry, {grep, exclude, severity}: Criteria): boolean {
  if (severity !== null && severities.indexOf(severityOf(entry)) < severities.indexOf(severity)) return false;
  if (grep !== null && !grep.test(entry.message)) return false;
  return exclude.length === 0 || !exclude.some((pattern) => pattern.test(entry.message));
}

/** A line that stands for repeats of itself, or a tick for those after it: how many, and the newest of them. */
export interface Fold {
  readonly count: number;
  readonly last: number;
}

/**
 * The lines of the ring that fit the criteria. It works in steps, upwards through lines that come and downwards
 * through those that were there before, so that no pattern and no scrollback can hold up a key press.
 */
export class LineFilter {
  readonly criteria: Criteria;
  /** What is shown: matches, their context, rules; the first of repeats. */
  readonly shown = new NumberLine();
  readonly #ring: LineRing;
  /** The matching entries, each repeat counted. */
  readonly #matches = new NumberLine();
  readonly #folds = new Map<number, Fold>();
  /** Lines from `#from` up to `#to` have been looked at. */
  #from: number;
  #to: number;
  #lowestMatch: number | null = null;
  #highestMatch: number | null = null;

  constructor(ring: LineRing, criteria: Criteria) {
    this.#ring = ring;
    this.criteria = criteria;
    this.#from = this.#to = ring.high;
  }

  /** How many lines match, context left out. */
  get matched(): number {
    return this.#matches.length;
  }

  /** How many lines match from this line number on. */
  matchedSince(number: number): number {
    return this.#matches.length - this.#matches.indexFrom(number);
  }

  /** Whether the line of this number matches by itself, and is not context. */
  isMatch(number: number): boolean {
    return this.#matches.at(this.#matches.indexFrom(number)) === number;
  }

  /** The repeated lines that the one of this number stands for. */
  foldAt(number: number): Fold | undefined {
    return this.#folds.get(number);
  }

  /** The share of the ring that has been looked at, 0–1. */
  get progress(): number {
    const {low, high} = this.#ring;
    return high === low ? 1 : Math.max(0, this.#to - Math.max(low, this.#from)) / (high - low);
  }

  /** Looks at lines, new ones first, until there are none left (true) or `late` says so (false). */
  work(late: () => boolean): boolean {
    this.#forget();
    const {low, high} = this.#ring;
    for (let steps = 1; ; steps += 1) {
      if (this.#to < high) this.#stepUp();
      else if (this.#from > low) this.#stepDown();
      else return true;
      if (steps % 64 === 0 && late()) return false;
    }
  }

  #stepUp(): void {
    const number = this.#to++;
    const line = this.#ring.get(number);
    if (line === undefined) return;
    if (isRule(line)) {
      if (this.#showsRule(line) && !this.#foldHigh(number, line)) this.shown.pushHigh(number);
    } else if (this.#fits(line)) {
      this.#matches.pushHigh(number);
      for (let near = this.#contextStart(number); near < number; near += 1) this.shown.pushHigh(near);
      if (!this.#foldHigh(number, line)) this.shown.pushHigh(number);
      this.#highestMatch = number;
      this.#lowestMatch ??= number;
    } else if (this.#highestMatch !== null && number - this.#highestMatch <= this.criteria.contextLines) {
      this.shown.pushHigh(number);
    }
  }

  #stepDown(): void {
    const number = --this.#from;
    const line = this.#ring.get(number);
    if (line === undefined) return;
    if (isRule(line)) {
      if (this.#showsRule(line) && !this.#foldLow(number, line)) this.shown.pushLow(number);
    } else if (this.#fits(line)) {
      this.#matches.pushLow(number);
      for (let near = this.#contextEnd(number); near > number; near -= 1) this.shown.pushLow(near);
      if (!this.#foldLow(number, line)) this.shown.pushLow(number);
      this.#lowestMatch = number;
      this.#highestMatch ??= number;
    } else if (this.#lowestMatch !== null && this.#lowestMatch - number <= this.criteria.contextLines) {
      this.shown.pushLow(number);
    }
  }

  #showsRule(line: JournalLine): boolean {
    return isRule(line) && (line.rule !== 'tick' || this.criteria.ticks);
  }

  #fits(line: JournalLine): boolean {
    return !isRule(line) && fits(line, this.criteria);
  }

  /** Where the context before a new highest match begins: behind what is shown, and not where nobody has looked. */
  #contextStart(match: number): number {
    const lastShown = this.#lastShown();
    return Math.max(match - this.criteria.contextLines, this.#from, lastShown === null ? 0 : lastShown + 1);
  }

  #contextEnd(match: number): number {
    return Math.min(match + this.criteria.contextLines, this.#to - 1, (this.shown.first ?? Infinity) - 1);
  }

  #lastShown(): number | null {
    const last = this.shown.last;
    return last === undefined ? null : (this.#folds.get(last)?.last ?? last);
  }

  #foldHigh(number: number, line: JournalLine): boolean {
    const first = this.shown.last;
    if (!this.criteria.fold || first === undefined) return false;
    const last = this.#ring.get(this.#folds.get(first)?.last ?? first);
    if (last === undefined || !this.#joins(first, last, line)) return false;
    this.#folds.set(first, {count: (this.#folds.get(first)?.count ?? 1) + 1, last: number});
    return true;
  }

  #foldLow(number: number, line: JournalLine): boolean {
    const first = this.shown.first;
    if (!this.criteria.fold || first === undefined) return false;
    const next = this.#ring.get(first);
    if (next === undefined || !this.#joins(first, next, line)) return false;
    const fold = this.#folds.get(first);
    this.#folds.delete(first);
    this.shown.shiftLow();
    this.shown.pushLow(number);
    this.#folds.set(number, {count: (fold?.count ?? 1) + 1, last: fold?.last ?? first});
    return true;
  }

  /** Whether a line goes with what is shown at `first`: it repeats a match, or ticks follow each other. */
  #joins(first: number, shown: JournalLine, line: JournalLine): boolean {
    if (isRule(shown)) return shown.rule === 'tick' && isRule(line) && line.rule === 'tick';
    return !isRule(line) && this.isMatch(first) && repeats(shown, line);
  }

  /** Lets go of what the ring has dropped. */
  #forget(): void {
    const {low} = this.#ring;
    if (this.#from >= low) return;
    this.#from = low;
    this.#to = Math.max(this.#to, low);
    while ((this.#matches.first ?? Infinity) < low) this.#matches.shiftLow();
    for (let first = this.shown.first; first !== undefined && first < low; first = this.shown.first) {
      const fold = this.#folds.get(first);
      if (fold !== undefined && fold.last >= low) break;
      this.#folds.delete(first);
      this.shown.shiftLow();
    }
  }
}
