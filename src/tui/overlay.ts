import type {Action} from '../commands/command.ts';
import type {HelpView} from '../model/screen/help.ts';
import type {FlagsShown} from '../components/flags-screen.tsx';
import type {FlagSetting} from '../model/flags/drop-in.ts';
import {flagListAfter, type FlagList} from '../model/flags/flag-list.ts';
import {pastedLine} from '../model/screen/input-read.ts';
import type {Scroll} from '../model/screen/scroll.ts';
import {pastLine, pastLines, type PastLines} from '../model/screen/past-lines.ts';
import {editLine, insertText, lineEdit, type LineEdit} from '../model/screen/line-edit.ts';
import type {KeyPress} from '../model/screen/key.ts';
import {listAfter, listWithText, type ListChoice} from '../model/screen/list-choice.ts';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import type {MergedView} from './merged-view.ts';
import type {NodeListing} from './node-listing.ts';
import type {OverviewView} from './overview-view.ts';
import type {ListRow} from '../components/list-screen.tsx';
import type {PipelineWatch} from '../session/pipeline-watch.ts';
import {pickerAfter, type Picker, type PickerItem} from '../model/selection/picker.ts';

/** A line that the user types at the bottom of the screen, with what it would do while typing. */
export interface Prompt {
  readonly label: string;
  readonly line: LineEdit;
  /** Says what the text typed so far would do (`412 of 50000 match`), or why it cannot be taken. */
  readonly preview: (text: string) => {readonly note: string; readonly bad: boolean};
  /** Takes the text; a sentence back means that it was refused and stays open, an action that it is asked about. */
  readonly submit: (text: string) => string | null | {readonly ask: Action};
  readonly refused: string | null;
  /** What was typed into it before: up and down bring it back. */
  readonly past: PastLines;
}

/** Something that a key does, as the palette offers it. */
export interface PaletteRow extends ListRow {
  readonly run: () => void;
}

/** What lies over the panes and takes the keys while it is open. */
export type Overlay =
  | {
      readonly kind: 'palette';
      readonly list: ListChoice;
      readonly rows: readonly PaletteRow[];
    }
  | {
      readonly kind: 'nodes';
      readonly list: ListChoice;
      readonly listing: NodeListing;
      readonly choose: (node: ChosenNode) => void;
    }
  | {readonly kind: 'pipeline'; readonly watch: PipelineWatch; readonly scroll: Scroll}
  | {readonly kind: 'help'; readonly view: HelpView}
  | {readonly kind: 'overview'; readonly view: OverviewView}
  | {readonly kind: 'merged'; readonly view: MergedView}
  | {
      readonly kind: 'confirm';
      readonly action: Action;
      readonly yes: boolean;
      /** Whether it may be shown by now: only then can a key be an answer to it. */
      readonly answerable: boolean;
      /** What a yes does; absent: the action is run on the node. */
      readonly agreed?: () => void;
      /** Shows again what it was asked over, whatever the answer; absent: the panes. */
      readonly back?: () => void;
    }
  | {
      readonly kind: 'prompt';
      readonly prompt: Prompt;
      /** Shows again what the line was opened over; absent: the panes. */
      readonly back?: () => void;
    }
  | {
      readonly kind: 'picker';
      readonly picker: Picker;
      /** What can be picked, as it is now. */
      readonly items: () => readonly PickerItem[];
      readonly pick: (names: readonly string[]) => void;
    }
  | {
      readonly kind: 'flags';
      readonly list: FlagList;
      /** What is known of them by now. */
      readonly shown: () => FlagsShown;
      /** The action that sets one, or why it cannot be set; null: nothing may be changed. */
      readonly set: ((setting: FlagSetting) => Action | string) | null;
    };

/** A line of input below the panes; `preview` runs with each key, `submit` with return. */
export function openPrompt(
  label: string,
  text: string,
  preview: Prompt['preview'],
  submit: Prompt['submit'],
): Extract<Overlay, {kind: 'prompt'}> {
  return {kind: 'prompt', prompt: {label, line: lineEdit(text), preview, submit, refused: null, past: pastLines([])}};
}

/** The overlay after a key, null where the key closed it. `accept` runs what was confirmed. */
export function overlayAfter(overlay: Overlay, press: KeyPress, accept: (action: Action) => void): Overlay | null {
  if (overlay.kind === 'flags') return flagsAfter(overlay, press);
  if (press.name === 'escape' || press.name === 'ctrl+g') return null;
  switch (overlay.kind) {
    case 'palette': {
      const after = listAfter(overlay.list, press, overlay.rows);
      if (after.kind === 'open') return {...overlay, list: after.list};
      after.item.run();
      return null;
    }
    case 'nodes': {
      const after = listAfter(overlay.list, press, overlay.listing.rows);
      if (after.kind === 'open') return {...overlay, list: after.list};
      overlay.choose(after.item.chosen);
      return null;
    }
    case 'pipeline':
      overlay.scroll.move(helpSteps[press.name] ?? 0);
      return press.name === 'q' ? null : overlay;
    case 'help':
      return helpAfter(overlay, press);
    case 'overview':
    case 'merged':
      return overlay.view.press(press) ? overlay : null;
    case 'confirm':
      return confirmAfter(overlay, press, accept);
    case 'prompt': {
      const after = promptAfter(overlay.prompt, press);
      return after?.kind === 'prompt' ? {...overlay, ...after} : after;
    }
    case 'picker': {
      const after = pickerAfter(overlay.picker, press, overlay.items());
      if (after.kind === 'open') return {...overlay, picker: after.picker};
      overlay.pick(after.names);
      return null;
    }
  }
}

/** Whether an overlay has a line that is typed in: there `q` is a letter, elsewhere it leaves. */
export function takesText(overlay: Overlay | null): boolean {
  return overlay !== null && !/^(?:help|confirm|overview|merged|pipeline)$/.test(overlay.kind);
}

/** The overlay with pasted text in its line; null where it has none: nowhere else is pasted text taken. */
export function overlayWithPaste(overlay: Overlay, text: string): Overlay | null {
  const line = pastedLine(text);
  if (overlay.kind === 'prompt') {
    const {prompt} = overlay;
    return {...overlay, prompt: {...prompt, line: insertText(prompt.line, line), refused: null}};
  }
  if (overlay.kind === 'flags') {
    const {list} = overlay;
    const put =
      list.editing === null ? {filter: insertText(list.filter, line)} : {editing: insertText(list.editing, line)};
    return {...overlay, list: {...list, ...put, at: 0, refused: null}};
  }
  if (overlay.kind === 'palette' || overlay.kind === 'nodes') {
    return {...overlay, list: listWithText(overlay.list, line)};
  }
  if (overlay.kind !== 'picker') return null;
  return {...overlay, picker: {...overlay.picker, filter: insertText(overlay.picker.filter, line), at: null}};
}

const helpSteps: Readonly<Record<string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: -10,
  pagedown: 10,
  space: 10,
};

function helpAfter(overlay: Extract<Overlay, {kind: 'help'}>, press: KeyPress): Overlay | null {
  const step = helpSteps[press.name];
  if (step === undefined) return null;
  overlay.view.move(step);
  return overlay;
}

function confirmAfter(
  overlay: Extract<Overlay, {kind: 'confirm'}>,
  press: KeyPress,
  accept: (action: Action) => void,
): Overlay | null {
  if (!overlay.answerable) return /^[nNq]$/.test(press.name) ? null : overlay;
  const agree = (): void => (overlay.agreed === undefined ? accept(overlay.action) : overlay.agreed());
  switch (press.name) {
    case 'y':
    case 'Y':
      agree();
      return null;
    case 'left':
    case 'right':
    case 'tab':
    case 'shift+tab':
      return {...overlay, yes: !overlay.yes};
    case 'return':
      if (overlay.yes) agree();
      return null;
    case 'n':
    case 'N':
    case 'q':
      return null;
    default:
      return overlay;
  }
}

/** The question before an action, as it opens; `agreed` is done in place of running it. */
export function asked(
  action: Action,
  then: Pick<Extract<Overlay, {kind: 'confirm'}>, 'agreed' | 'back'> = {},
): Extract<Overlay, {kind: 'confirm'}> {
  return {kind: 'confirm', action, yes: false, answerable: false, ...then};
}

function flagsAfter(overlay: Extract<Overlay, {kind: 'flags'}>, press: KeyPress): Overlay | null {
  const {set} = overlay;
  const shown = overlay.shown();
  const after = flagListAfter(overlay.list, press, shown.kind === 'read' ? shown.rows : []);
  if (after.kind === 'closed') return null;
  // Only to look at: nothing is edited.
  if (set === null)
    return after.kind === 'open' && after.list.editing === null ? {...overlay, list: after.list} : overlay;
  if (after.kind === 'open') return {...overlay, list: after.list};
  const action = shown.kind === 'read' ? set(after.setting) : 'the flags have not been read yet';
  return typeof action === 'string' ? {...overlay, list: {...after.list, refused: action}} : asked(action);
}

function promptAfter(prompt: Prompt, press: KeyPress): Overlay | null {
  if (press.name === 'return') {
    const refused = prompt.submit(prompt.line.text);
    if (refused !== null && typeof refused !== 'string') return asked(refused.ask);
    return refused === null ? null : {kind: 'prompt', prompt: {...prompt, refused}};
  }
  if (press.name === 'up' || press.name === 'down') {
    const found = pastLine(prompt.past, press.name === 'up' ? -1 : 1, prompt.line.text);
    if (found === null) return {kind: 'prompt', prompt};
    return {kind: 'prompt', prompt: {...prompt, line: lineEdit(found.text), past: found.past, refused: null}};
  }
  return {kind: 'prompt', prompt: {...prompt, line: editLine(prompt.line, press), refused: null}};
}
