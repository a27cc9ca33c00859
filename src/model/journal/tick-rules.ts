import type {JournalLine, Rule} from './line.ts';

/** A housekeeping tick between the lines. Ticks of one `of` are of one target: only these may share a row. */
export interface TickRule {
  readonly of: string;
  /** Whose it is, as the screen names it. Untrusted text. */
  readonly name: string;
  /** How long after the target's tick before, in ms; null after a start of it. */
  readonly waitMs: number | null;
  /** Whether that one was surely the tick before, and not one of those before it. */
  readonly isGapless: boolean;
  readonly rule: Rule;
}

interface Placed extends TickRule {
  /** The number of the line that it stands before: the first one that was written after the tick. */
  readonly before: number;
}

/** The lines that ticks stand between. */
interface Lines {
  readonly high: number;
  get(number: number): JournalLine | undefined;
}

/** Bounds for days with many pods; the oldest ticks go first. */
const mostPlaced = 5_000;
const mostNewest = 1_000;
/** A line so much older than the one before it: the node's clock was set back, and nothing can be put in order. */
const clockSetBackMs = 5_000;

/**
 * The ticks of the watched targets, in their places between the lines: above every line that was written later, and
 * below those written before. A tick is learned of from a poll, seconds after lines that followed it; lines that
 * preceded it can still be on their way. So ticks have no numbers among the lines, they hang on them.
 */
export class TickRules {
  readonly #lines: Lines;
  /** By the line that they stand before, then by time. */
  #placed: Placed[] = [];
  /** Newer than every line so far, by time. */
  #newest: TickRule[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;
  /** The line with which the node's clock was last set back: times of those before it say nothing of what came later. */
  #comparableFrom = 0;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Takes over the ticks of another one; they stand between lines of the same numbers. */
  takeOver(other: TickRules): void {
    this.#placed = [...other.#placed];
    this.#newest = [...other.#newest];
    this.#lastAt = other.#lastAt;
    this.#comparableFrom = other.#comparableFrom;
  }

  /** Takes a tick, seconds after it happened. */
  add(tick: TickRule): void {
    const {at} = tick.rule;
    let before: number | null = null;
    for (let number = this.#lines.high - 1; number >= this.#comparableFrom; number -= 1) {
      const line = this.#lines.get(number);
      if (line === undefined || line.at <= at) break;
      before = number;
    }
    if (before === null) {
      const index = this.#newest.findLastIndex(({rule}) => rule.at <= at) + 1;
      this.#newest.splice(index, 0, tick);
      if (this.#newest.length > mostNewest) this.#newest.shift();
    } else this.#place(tick, before);
  }

  /** A line came, under this number: ticks older than it have found their place. */
  passed(number: number, at: number): void {
    const isSetBack = at < this.#lastAt - clockSetBackMs;
    this.#lastAt = at;
    if (isSetBack) this.#comparableFrom = number;
    const older = isSetBack ? this.#newest.length : this.#newest.findIndex(({rule}) => rule.at >= at);
    const ready = this.#newest.splice(0, older === -1 ? this.#newest.length : older);
    for (const tick of ready) this.#place(tick, number);
  }

  /** The ticks above the lines with numbers above `after`, up to `upTo`; with `Infinity` the newest ones too. */
  between(after: number, upTo: number): readonly TickRule[] {
    const placed = this.#placed.slice(this.#firstFrom(after + 1), this.#firstFrom(upTo + 1));
    return upTo === Infinity ? [...placed, ...this.#newest] : placed;
  }

  /** Lets go of ticks above lines that are gone. */
  forget(low: number): void {
    if ((this.#placed[0]?.before ?? Infinity) < low) this.#placed = this.#placed.slice(this.#firstFrom(low));
  }

  /** Lets go of all. */
  clear(): void {
    this.#placed = [];
    this.#newest = [];
  }

  #place(tick: TickRule, before: number): void {
    const isBelow = (one: Placed) => one.before < before || (one.before === before && one.rule.at <= tick.rule.at);
    this.#placed.splice(this.#placed.findLastIndex(isBelow) + 1, 0, {...tick, before});
    if (this.#placed.length > mostPlaced) this.#placed = this.#placed.slice(-mostPlaced / 2);
  }

  #firstFrom(number: number): number {
    let [from, to] = [0, this.#placed.length];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.#placed[middle]?.before ?? Infinity) < number) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Ticks that share a row: how many of one target, and the newest of them. */
export interface TickGroup {
  readonly newest: TickRule;
  readonly all: readonly TickRule[];
}

/** Ticks with no line between them: those of one target are one row, at the place of the newest. */
export function groupTicks(ticks: readonly TickRule[]): TickGroup[] {
  const groups = new Map<string, TickGroup>();
  for (const tick of ticks) {
    const before = groups.get(tick.of)?.all ?? [];
    groups.delete(tick.of);
    groups.set(tick.of, {newest: tick, all: [...before, tick]});
  }
  return [...groups.values()];
}
