import {editLine, lineEdit, type LineEdit} from '../screen/line-edit.ts';
import type {KeyPress} from '../screen/key.ts';
import {parseSetting, type FlagSetting} from './drop-in.ts';
import type {FlagRow} from './flag-rows.ts';
import {filteredRows} from './flag-table.ts';

/** The open list of flags: what was typed to filter it, where the cursor is, and the line in which a flag is edited. */
export interface FlagList {
  readonly filter: LineEdit;
  readonly at: number;
  readonly editing: LineEdit | null;
  /** Why what was typed cannot be taken; a sentence. */
  readonly refused: string | null;
}

/** The list as it opens. */
export const newFlagList: FlagList = {filter: lineEdit(''), at: 0, editing: null, refused: null};

/** What comes of a key: the list goes on, closes, or a flag is to be set. */
export type FlagListAfter =
  | {readonly kind: 'open'; readonly list: FlagList}
  | {readonly kind: 'closed'}
  | {readonly kind: 'set'; readonly setting: FlagSetting; readonly list: FlagList};

const moves: Readonly<Record<string, number>> = {up: -1, down: 1, pageup: -10, pagedown: 10, home: -1e9, end: 1e9};

/** The index of the cursor among the rows that are shown. */
export function flagAt(list: FlagList, shown: readonly FlagRow[]): number {
  return Math.max(0, Math.min(list.at, shown.length - 1));
}

/** The list after a key. */
export function flagListAfter(list: FlagList, press: KeyPress, rows: readonly FlagRow[]): FlagListAfter {
  const open = (changes: Partial<FlagList>): FlagListAfter => ({
    kind: 'open',
    list: {...list, refused: null, ...changes},
  });
  const leaves = press.name === 'escape' || press.name === 'ctrl+g';
  if (list.editing !== null) {
    if (leaves) return open({editing: null});
    if (press.name !== 'return') return open({editing: editLine(list.editing, press)});
    const setting = parseSetting(list.editing.text);
    return 'problem' in setting ? open({refused: setting.problem}) : {kind: 'set', setting, list};
  }
  if (leaves) return {kind: 'closed'};
  const shown = filteredRows(rows, list.filter.text);
  const here = flagAt(list, shown);
  const step = moves[press.name];
  if (step !== undefined) return open({at: Math.min(Math.max(here + step, 0), Math.max(0, shown.length - 1))});
  if (press.name === 'return') {
    const row = shown[here];
    // What was typed and fits nothing is a flag that is not there yet.
    if (row === undefined)
      return open({editing: lineEdit(list.filter.text.includes('=') ? list.filter.text : `${list.filter.text}=`)});
    if (row.kind === 'setting') return open({refused: 'a setting of a file: only flags are set here, type NAME=VALUE'});
    return open({editing: lineEdit(`${row.name}=${row.value}`)});
  }
  return open({filter: editLine(list.filter, press), at: 0});
}
