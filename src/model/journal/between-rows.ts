import {safeName} from '../draw/safe-text.ts';
import {cellWidth} from '../draw/width.ts';
import type {JournalLine} from './line.ts';
import {groupTicks, type TickGroup, type TickRule, type TickRules} from './tick-rules.ts';
import {ruleRoom, ruleRow, separatorRow, type ViewRow} from './view.ts';

export interface BetweenOptions {
  readonly ticks: TickRules;
  /** All ticks with no line between them are one row; else each is a row of its own. */
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
    const [first] = between;
    const newest = between.at(-1);
    if (first === undefined || newest === undefined) return [];
    if (fold) return [this.#gatheredRow(between, first, newest, width)];
    const shown = between.length <= most ? between : between.slice(between.length - most + 1);
    const rows = shown.map((tick) => this.#tickRow(tick, width));
    const left = between.slice(0, between.length - shown.length);
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

  #gatheredRow(ticks: readonly TickRule[], first: TickRule, newest: TickRule, width: number): ViewRow {
    const key = `t${first.of}@${first.rule.at}`;
    const state = `${key}–${newest.of}@${newest.rule.at}×${ticks.length}·${width}`;
    const rule = () => ({...newest.rule, text: gatheredText(groupTicks(ticks), ruleRoom(width))});
    return this.#rowOf(state, ticks, () => ruleRow(key, rule(), width));
  }

  #tickRow(tick: TickRule, width: number): ViewRow {
    const key = `t${tick.of}@${tick.rule.at}`;
    return this.#rowOf(`${key}·${width}`, [tick], () => ruleRow(key, tick.rule, width));
  }

  #restRow(ticks: readonly TickRule[], width: number): ViewRow {
    const at = Math.max(...ticks.map(({rule}) => rule.at));
    const key = `t…@${at}`;
    const text = `${ticks.length} more housekeeping ticks before`;
    return this.#rowOf(`${key}×${ticks.length}·${width}`, ticks, () => ruleRow(key, {rule: 'tick', at, text}, width));
  }

  #rowOf(state: string, ticks: readonly TickRule[], make: () => ViewRow): ViewRow {
    const row = this.#kept(state, make);
    this.#rules.set(
      row,
      ticks.map(({rule}) => rule),
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

const between = ' · ';

/** `tick  web ← 10.5 s · idle ← 15.5 s ×2`: how long after the tick before each came; of those without room how many. */
function gatheredText(groups: readonly TickGroup[], room: number): string {
  const parts = groups.map(groupText);
  const rest = (count: number) => (count === 0 ? '' : `${count} more${between}`);
  let count = 1;
  const textOf = (most: number) => `tick  ${rest(parts.length - most)}${parts.slice(-most).join(between)}`;
  while (count < parts.length && cellWidth(textOf(count + 1)) <= room) count += 1;
  return textOf(cellWidth(textOf(parts.length)) <= room ? parts.length : count);
}

function groupText({newest: {name, waitMs, isGapless}, all}: TickGroup): string {
  const waited = waitMs === null ? '' : ` ← ${isGapless ? '' : 'at most '}${(waitMs / 1000).toFixed(1)} s`;
  return `${safeName(name)}${waited}${all.length > 1 ? ` ×${all.length}` : ''}`;
}
