import type {KeyPress} from '../screen/key.ts';
import {editLine, lineEdit, type LineEdit} from '../screen/line-edit.ts';
import type {Selection} from './pod-query.ts';

/** Something that can be picked: `namespace/pod`, or `@name` of a system container. Untrusted text. */
export interface PickerItem {
  readonly name: string;
  readonly nanoCores: number | null;
}

/** An open picker: what was typed, where the cursor is and what is ticked. The list itself is live. */
export interface Picker {
  readonly filter: LineEdit;
  /** The name under the cursor; null: the first one, whichever that is now. */
  readonly at: string | null;
  readonly ticked: ReadonlySet<string>;
  /** Was anything ticked by hand? If not, Enter takes what is under the cursor. */
  readonly touched: boolean;
}

/** A picker with these names ticked and no filter. */
export function openPicker(ticked: Iterable<string>): Picker {
  return {filter: lineEdit(''), at: null, ticked: new Set(ticked), touched: false};
}

/** The items that hold every word that was typed, the busiest first. */
export function shownItems(items: readonly PickerItem[], filter: string): PickerItem[] {
  const words = filter.toLowerCase().split(/\s+/);
  const fitting = items.filter(({name}) => words.every((word) => name.toLowerCase().includes(word)));
  return fitting.sort((a, b) => (b.nanoCores ?? -1) - (a.nanoCores ?? -1) || (a.name < b.name ? -1 : 1));
}

/** The index of the cursor among the items that are shown. */
export function cursorOf(picker: Picker, shown: readonly PickerItem[]): number {
  return Math.max(
    0,
    shown.findIndex((item) => item.name === picker.at),
  );
}

const moves: Readonly<Record<string, number>> = {up: -1, down: 1, pageup: -10, pagedown: 10, home: -1e9, end: 1e9};

/** The picker after a key, or the names that were picked. */
export function pickerAfter(
  picker: Picker,
  press: KeyPress,
  items: readonly PickerItem[],
): {readonly kind: 'open'; readonly picker: Picker} | {readonly kind: 'picked'; readonly names: readonly string[]} {
  const shown = shownItems(items, picker.filter.text);
  const cursor = cursorOf(picker, shown);
  const here = shown[cursor]?.name;
  const step = moves[press.name];
  if (step !== undefined) {
    const next = shown[Math.min(Math.max(cursor + step, 0), shown.length - 1)];
    return {kind: 'open', picker: {...picker, at: next?.name ?? null}};
  }
  if (press.name === 'space' || press.name === 'tab') {
    if (here === undefined) return {kind: 'open', picker};
    const ticked = new Set(picker.ticked);
    if (!ticked.delete(here)) ticked.add(here);
    const below = shown[cursor + 1]?.name ?? here;
    return {kind: 'open', picker: {...picker, ticked, touched: true, at: below}};
  }
  if (press.name === 'return') {
    if (picker.touched) return {kind: 'picked', names: [...picker.ticked]};
    return here === undefined ? {kind: 'open', picker} : {kind: 'picked', names: [here]};
  }
  return {kind: 'open', picker: {...picker, filter: editLine(picker.filter, press), at: null}};
}

/** Turns picked names into a selection. They are names as the kubelet told them, and mean just these pods. */
export function selectionOf(names: readonly string[], defaultTop: number): Selection {
  const system = names.filter((name) => name.startsWith('@')).map((name) => name.slice(1));
  const pods = names
    .filter((name) => !name.startsWith('@'))
    .map((text) => {
      const [namespace = '', name = ''] = text.split('/');
      return {text, namespace, name};
    });
  return {pods, namespaces: [], system, labels: [], containers: [], top: names.length === 0 ? defaultTop : null};
}
