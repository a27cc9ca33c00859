import {allCommands} from '../commands/commands.ts';
import type {Binding} from './keys/binding.ts';
import {cpuBindings, pickPods} from './keys/cpu.ts';
import {flagsBindings} from './keys/flags.ts';
import {deployBindings} from './keys/deploy.ts';
import {housekeepingBindings} from './keys/housekeeping.ts';
import {journalBindings} from './keys/journal.ts';
import {HelpView} from '../model/screen/help.ts';
import type {Pane} from '../model/screen/layout.ts';

/** All keys: the one table that the screen acts by and the help and the README are made from. */
export const bindings: readonly Binding[] = [
  ...allCommands.map((command): Binding => ({
    keys: [command.key],
    pane: 'all',
    what: command.what,
    changes: true,
    run: (actions) => actions.ask(command),
    disabled: (actions) => actions.readOnly,
  })),
  ...flagsBindings,
  ...deployBindings,
  {
    keys: ['p'],
    pane: 'all',
    what: 'choose the pods to watch',
    run: (actions) => actions.open(pickPods(actions.models.cpu)),
  },
  {keys: ['tab'], pane: 'all', what: 'next pane', run: (actions) => actions.focusNext(1)},
  {keys: ['shift+tab'], pane: 'all', what: 'previous pane', run: (actions) => actions.focusNext(-1)},
  {keys: ['z'], pane: 'all', what: 'zoom the pane, and back', run: (actions) => actions.zoom()},
  {
    keys: ['?', 'h'],
    pane: 'all',
    what: 'this help',
    run: (actions) => actions.open({kind: 'help', view: new HelpView()}),
  },
  {
    keys: ['P'],
    pane: 'all',
    what: 'CPU profile of the kubelet, 30 s, into a file',
    run: (actions) => actions.profile(),
  },
  {keys: ['R'], pane: 'all', what: 'record what the node says, or end it', run: (actions) => actions.record()},
  {keys: ['ctrl+z'], pane: 'all', what: 'suspend (fg brings it back)', run: (actions) => actions.suspend()},
  {keys: ['q'], pane: 'all', what: 'leave the one-line view; else quit', run: (actions) => actions.leave()},
  {keys: ['ctrl+c'], pane: 'all', what: 'quit', run: (actions) => actions.quit()},
  ...journalBindings,
  ...cpuBindings,
  ...housekeepingBindings,
];

/** The keys that there are: where ktop may only read, none that changes something. */
export function bindingsThere(readOnly: boolean): readonly Binding[] {
  return readOnly ? bindings.filter((binding) => binding.changes !== true) : bindings;
}

/** The binding that a key means in a pane; the pane's own wins over the one that works everywhere. */
export function bindingFor(key: string, pane: Pane, readOnly = false): Binding | undefined {
  const fits = bindingsThere(readOnly).filter((binding) => binding.keys.includes(key));
  return fits.find((binding) => binding.pane === pane) ?? fits.find((binding) => binding.pane === 'all');
}

/** Whether a key is one that is held down: several of it in one read are several presses, and no pasted text. */
export function isHeld(key: string): boolean {
  return bindings.some((binding) => binding.held === true && binding.keys.includes(key));
}
