import {editLine, insertText, lineEdit, type LineEdit} from './line-edit.ts';
import type {KeyPress} from './key.ts';

/** Something that can be chosen from a list. */
export interface ListItem {
  /** What it is known by, and what a filter is compared with first. */
  readonly name: string;
  /** The rest of the row, which a filter finds as well. */
  readonly text: string;
}

/** A list with a filter that is typed; the list itself is live. */
export interface ListChoice {
  readonly filter: LineEdit;
  /** The name under the cursor; null: the first one, whichever that is now. */
  readonly at: string | null;
}

/** A list with no filter yet. */
export const openList: ListChoice = {filter: lineEdit(''), at: null};

/** The list with pasted text in its filter. */
export function listWithText(list: ListChoice, text: string): ListChoice {
  return {filter: insertText(list.filter, text), at: null};
}

/**
 * What fits a filter, the best first: the very name, names that begin with it, names that hold it, texts that hold it, and
 * last names that have its letters in their order (`jws` finds `journal.write-screen`). Blanks in it count for nothing.
 */
export function fitting<Item extends ListItem>(items: readonly Item[], filter: string): readonly Item[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return items;
  return items
    .map((item) => ({item, rank: rankOf(item, wanted)}))
    .filter(({rank}) => rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .map(({item}) => item);
}

function rankOf({name, text}: ListItem, wanted: string): number {
  const own = name.toLowerCase();
  const rest = text.toLowerCase();
  if (own === wanted) return 0;
  if (own.startsWith(wanted)) return 1;
  if (own.includes(wanted)) return 2;
  if (wanted.split(/\s+/).every((word) => `${own} ${rest}`.includes(word))) return 3;
  return hasInOrder(own, wanted.replace(/\s+/g, '')) ? 4 : Infinity;
}

function hasInOrder(text: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** The index of the cursor among the items that are shown. */
export function listCursor(list: ListChoice, shown: readonly ListItem[]): number {
  return Math.max(
    0,
    shown.findIndex(({name}) => name === list.at),
  );
}

const moves: Readonly<Record<string, number>> = {
  ...{up: -1, 'ctrl+p': -1, down: 1, 'ctrl+n': 1},
  ...{pageup: -10, pagedown: 10},
};

/** The list after a key, or what was chosen in it. */
export function listAfter<Item extends ListItem>(
  list: ListChoice,
  press: KeyPress,
  items: readonly Item[],
): {readonly kind: 'open'; readonly list: ListChoice} | {readonly kind: 'chosen'; readonly item: Item} {
  const shown = fitting(items, list.filter.text);
  const cursor = listCursor(list, shown);
  const step = moves[press.name];
  if (step !== undefined) {
    const next = shown[Math.min(Math.max(cursor + step, 0), shown.length - 1)];
    return {kind: 'open', list: {...list, at: next?.name ?? null}};
  }
  if (press.name === 'return') {
    const item = shown[cursor];
    return item === undefined ? {kind: 'open', list} : {kind: 'chosen', item};
  }
  return {kind: 'open', list: {filter: editLine(list.filter, press), at: null}};
}
