import type {JournalEntry} from '../event.ts';
import {isRule, repeats, severities, severityOf, type JournalLine, type Severity} from './line.ts';
import {NumberLine} from './numbers.ts';
import {matchesLine} from './line-match.ts';
import type {LinePattern} from './pattern.ts';
import type {PodNames} from './pod-names.ts';
import type {LineRing} from './ring.ts';

/** Which lines are shown. */
export interface Criteria {
  readonly grep: LinePattern | null;
  readonly exclude: readonly LinePattern[];
  readonly severity: Severity | null;
  /** Lines shown before and after each match. Excluded lines are never among them, and do not count. */
  readonly contextLines: number;
  /** Show a line that repeats the one before it as a count. */
  readonly fold: boolean;
  /** The names that lines are shown with: these match as well. Absent or null: lines are shown as they are. */
  readonly names?: PodNames | null;
}

/** Whether an entry passes the patterns and the severity floor. */
export function fits(entry: JournalEntry, criteria: Criteria): boolean {
  return isSought(entry, criteria) && !isExcluded(entry, criteria);
}

function isSought(entry: JournalEntry, {grep, severity, names}: Criteria): boolean {
  if (severity !== null && severities.indexOf(severityOf(entry)) < severities.indexOf(severity)) return false;
  return grep === null || matchesLine(grep, entry.message, names ?? null);
}

function isExcluded({message}: JournalEntry, {exclude, names}: Criteria): boolean {
  return exclude.length > 0 && exclude.some((pattern) => matchesLine(pattern, message, names ?? null));
}

/** A line that stands for repeats of itself: how many, and the newest of them. */
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
  /** The first lines of groups of context that do not touch the group before. */
  readonly #groups = new Set<number>();
  /** Lines from `#from` up to `#to` have been looked at. */
  #from: number;
  #to: number;
  /** How many more lines are context: of the match at the upper end, and of that at the lower one. */
  #contextHigh = 0;
  #contextLow = 0;
  /** Lines that could be context and are not shown, above the highest shown line and below the lowest. */
  #hiddenHigh = 0;
  #hiddenLow = 0;

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

  /** Whether lines are left out between this shown line and the one before it, as grep's `--` says. */
  beginsGroup(number: number): boolean {
    return this.#groups.has(number);
  }

  /** The index in `shown` of a line, or of the fold that it is part of; null where it is not shown. */
  indexOf(number: number): number | null {
    const index = this.shown.indexFrom(number);
    if (this.shown.at(index) === number) return index;
    const fold = this.#folds.get(this.shown.at(index - 1) ?? -1);
    return fold !== undefined && fold.last >= number && this.isMatch(number) ? index - 1 : null;
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
      this.#contextHigh = this.#hiddenHigh = 0;
      this.shown.pushHigh(number);
      return;
    }
    const kind = this.#kindOf(line);
    if (kind === 'match') {
      this.#matches.pushHigh(number);
      const isFirst = this.shown.length === 0;
      const near = this.#near(number, -1, Math.max(this.#from, (this.#lastShown() ?? -1) + 1));
      const hidden = this.#hiddenHigh - near.length;
      if (isFirst) this.#hiddenLow = hidden;
      else if (hidden > 0) this.#groups.add(near.at(-1) ?? number);
      for (const each of near.toReversed()) this.shown.pushHigh(each);
      if (!this.#foldHigh(number, line)) this.shown.pushHigh(number);
      this.#contextHigh = this.criteria.contextLines;
      if (isFirst) this.#contextLow = this.criteria.contextLines - near.length;
      this.#hiddenHigh = 0;
    } else if (kind === 'near') {
      if (this.#contextHigh > 0) {
        this.#contextHigh -= 1;
        this.shown.pushHigh(number);
        return;
      }
      this.#hiddenHigh += 1;
      if (this.shown.length === 0) this.#hiddenLow += 1;
    }
  }

  #stepDown(): void {
    const number = --this.#from;
    const line = this.#ring.get(number);
    if (line === undefined) return;
    if (isRule(line)) {
      if (this.#hiddenLow > 0) this.#beginGroup(this.shown.first);
      this.#contextLow = this.#hiddenLow = 0;
      this.shown.pushLow(number);
      return;
    }
    const kind = this.#kindOf(line);
    if (kind === 'match') {
      this.#matches.pushLow(number);
      const isFirst = this.shown.length === 0;
      const near = this.#near(number, 1, Math.min(this.#to, this.shown.first ?? Infinity) - 1);
      const hidden = this.#hiddenLow - near.length;
      if (isFirst) this.#hiddenHigh = hidden;
      else if (hidden > 0) this.#beginGroup(this.shown.first);
      for (const each of near.toReversed()) this.shown.pushLow(each);
      if (!this.#foldLow(number, line)) this.shown.pushLow(number);
      this.#contextLow = this.criteria.contextLines;
      if (isFirst) this.#contextHigh = this.criteria.contextLines - near.length;
      this.#hiddenLow = 0;
    } else if (kind === 'near') {
      if (this.#contextLow > 0) {
        this.#contextLow -= 1;
        this.shown.pushLow(number);
        return;
      }
      this.#hiddenLow += 1;
      if (this.shown.length === 0) this.#hiddenHigh += 1;
    }
  }

  /** `near` may be context of a match; what is excluded is as if it were not there. */
  #kindOf(line: JournalEntry): 'match' | 'near' | 'out' {
    if (isSought(line, this.criteria)) return isExcluded(line, this.criteria) ? 'out' : 'match';
    return this.criteria.contextLines === 0 || isExcluded(line, this.criteria) ? 'out' : 'near';
  }

  /** The context on one side of a match, the nearest first; no further than line `until`, and over no rule. */
  #near(match: number, step: 1 | -1, until: number): number[] {
    const near: number[] = [];
    const {contextLines} = this.criteria;
    for (let at = match + step; near.length < contextLines && (until - at) * step >= 0; at += step) {
      const line = this.#ring.get(at);
      if (line === undefined || isRule(line)) break;
      if (!isExcluded(line, this.criteria)) near.push(at);
    }
    return near;
  }

  #beginGroup(number: number | undefined): void {
    const line = number === undefined ? undefined : this.#ring.get(number);
    if (number !== undefined && line !== undefined && !isRule(line)) this.#groups.add(number);
  }

  #lastShown(): number | null {
    const last = this.shown.last;
    return last === undefined ? null : (this.#folds.get(last)?.last ?? last);
  }

  #foldHigh(number: number, line: JournalEntry): boolean {
    const first = this.shown.last;
    if (!this.criteria.fold || first === undefined) return false;
    const last = this.#ring.get(this.#folds.get(first)?.last ?? first);
    if (last === undefined || !this.#joins(first, last, line)) return false;
    this.#folds.set(first, {count: (this.#folds.get(first)?.count ?? 1) + 1, last: number});
    return true;
  }

  #foldLow(number: number, line: JournalEntry): boolean {
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

  /** Whether a line repeats the match that is shown at `first`. */
  #joins(first: number, shown: JournalLine, line: JournalEntry): boolean {
    return !isRule(shown) && this.isMatch(first) && repeats(shown, line);
  }

  /** Lets go of what the ring has dropped. */
  #forget(): void {
    const {low} = this.#ring;
    if (this.#from >= low) return;
    this.#from = low;
    this.#to = Math.max(this.#to, low);
    this.#hiddenLow = this.#contextLow = 0;
    while ((this.#matches.first ?? Infinity) < low) this.#matches.shiftLow();
    for (let first = this.shown.first; first !== undefined && first < low; first = this.shown.first) {
      const fold = this.#folds.get(first);
      if (fold !== undefined && fold.last >= low) break;
      this.#folds.delete(first);
      this.#groups.delete(first);
      this.shown.shiftLow();
    }
  }
}
