import {cpuBindings, pickPods} from './cpu-keys.ts';
import {housekeepingBindings} from './housekeeping-keys.ts';
import {journalBindings} from './journal-keys.ts';
import type {CommandName} from './model/event.ts';
import type {Pane} from './model/layout.ts';
import type {Overlay} from './overlay.ts';
import type {Rooms} from './rooms.ts';

/** What keys can do; the app provides it. */
export interface Actions {
  readonly focus: Pane;
  /** The models behind the panes; keys of a pane act on its own. */
  readonly rooms: Rooms;
  quit(): void;
  suspend(): void;
  focusNext(step: 1 | -1): void;
  zoom(): void;
  open(overlay: Overlay): void;
  /** Opens or closes the view of the journal's current line with all its fields. */
  openLine(): void;
  /** Opens the question before a command that changes the node. */
  ask(command: CommandName): void;
  /** Why commands cannot be run on this node, or null. */
  readonly readOnly: string | null;
  /** A short message in the status line. */
  notify(message: string): void;
}

/** A key binding is data: the help is made from it, so the two cannot disagree. */
export interface Binding {
  readonly keys: readonly string[];
  /** In which pane it works; `all`: everywhere. */
  readonly pane: Pane | 'all';
  readonly what: string;
  readonly run: (actions: Actions, key: string) => void;
  /** Why it cannot be used now; null when it can. */
  readonly disabled?: (actions: Actions) => string | null;
}

export const bindings: readonly Binding[] = [
  {
    keys: ['r'],
    pane: 'all',
    what: 'restart the kubelet (asks first)',
    run: (actions) => actions.ask('restart'),
    disabled: (actions) => actions.readOnly,
  },
  {
    keys: ['c'],
    pane: 'all',
    what: "clear the node's journal (asks first)",
    run: (actions) => actions.ask('clear'),
    disabled: (actions) => actions.readOnly,
  },
  {
    keys: ['p'],
    pane: 'all',
    what: 'choose the pods to watch',
    run: (actions) => actions.open(pickPods(actions.rooms.cpu)),
  },
  {keys: ['tab'], pane: 'all', what: 'next pane', run: (actions) => actions.focusNext(1)},
  {keys: ['shift+tab'], pane: 'all', what: 'previous pane', run: (actions) => actions.focusNext(-1)},
  {keys: ['z'], pane: 'all', what: 'zoom the pane, and back', run: (actions) => actions.zoom()},
  {keys: ['?', 'h'], pane: 'all', what: 'this help', run: (actions) => actions.open({kind: 'help', scroll: 0})},
  {keys: ['ctrl+z'], pane: 'all', what: 'suspend (fg brings it back)', run: (actions) => actions.suspend()},
  {keys: ['q', 'ctrl+c'], pane: 'all', what: 'quit', run: (actions) => actions.quit()},
  ...journalBindings,
  ...cpuBindings,
  ...housekeepingBindings,
];

/** The binding that a key means in a pane; the pane's own wins over the one that works everywhere. */
export function bindingFor(key: string, pane: Pane): Binding | undefined {
  const fits = bindings.filter((binding) => binding.keys.includes(key));
  return fits.find((binding) => binding.pane === pane) ?? fits.find((binding) => binding.pane === 'all');
}
