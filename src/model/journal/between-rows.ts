import type {JournalLine} from './line.ts';
import {groupTicks, type TickGroup, type TickRules} from './tick-rules.ts';
import {ruleRow, separatorRow, type ViewRow} from './view.ts';

export interface BetweenOptions {
  readonly ticks: TickRules;
  /** Ticks of one target with no line between them are one row. */
  readonly fold: boolean;
  readonly width: number;
  /** So many rows of ticks between two lines at most: the pane is the journal's. */
  readonly most: number;
}

/** The rows between the lines: housekeeping ticks, and what parts groups of context. The same objects while they last. */
export class BetweenRows {
  #known = new Map<string, ViewRow>();
  readonly #rules = new WeakMap<ViewRow, readonly JournalLine[]>();

  /** The ticks between the lines numbered `after` and `upTo`; see `TickRules.between`. */
  ticks(after: number, upTo: number, {ticks, fold, width, most}: BetweenOptions): ViewRow[] {
    const between = ticks.between(after, upTo);
    if (between.length === 0) return [];
    const groups = fold ? groupTicks(between) : between.map((tick): TickGroup => ({newest: tick, all: [tick]}));
    const shown = groups.length <= most ? groups : groups.slice(groups.length - most + 1);
    const rows = shown.map((group) => this.#tickRow(group, width));
    const left = groups.slice(0, groups.length - shown.length);
    return left.length === 0 ? rows : [this.#restRow(left, width), ...rows];
  }

  /** What parts the group of context that begins with this line from the one before. */
  separator(number: number): ViewRow {
    return this.#kept(`s${number}`, () => separatorRow(number));
  }

  /** The rules that a row stands for; none for a row of lines. */
  rulesOf(row: ViewRow): readonly JournalLine[] {
    return this.#rules.get(row) ?? [];
  }

  #tickRow({newest, all}: TickGroup, width: number): ViewRow {
    const key = `t${newest.of}@${newest.rule.at}`;
    const row = this.#kept(`${key}×${all.length}·${width}`, () => ruleRow(key, newest.rule, all.length, width));
    this.#rules.set(
      row,
      all.map(({rule}) => rule),
    );
    return row;
  }

  #restRow(groups: readonly TickGroup[], width: number): ViewRow {
    const all = groups.flatMap((group) => group.all);
    const at = Math.max(...all.map(({rule}) => rule.at));
    const text = `housekeeping of ${groups.length} more targets`;
    const key = `t…@${at}`;
    const row = this.#kept(`${key}×${all.length}·${groups.length}·${width}`, () =>
      ruleRow(key, {rule: 'tick', at, text}, all.length, width),
    );
    this.#rules.set(
      row,
      all.map(({rule}) => rule),
    );
    return row;
  }

  #kept(key: string, make: () => ViewRow): ViewRow {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size > 500) this.#known = new Map();
    const row = make();
    this.#known.set(key, row);
    return row;
  }
}
