import {verbosityAction, parseVerbosity} from '../../commands/verbosity.ts';
import {openPrompt} from '../overlay.ts';
import type {Actions, Binding} from './binding.ts';

/** The keys for the kubelet's flags; they work everywhere. */
export const flagsBindings: readonly Binding[] = [
  {
    name: 'flags',
    live: true,
    keys: ['f'],
    pane: 'all',
    what: "the kubelet's flags, where each is from, and set one (asks first)",
    run: (actions) => actions.openFlags(),
    disabled: (actions) => actions.readOnly,
  },
  {
    name: 'reset-flags',
    keys: ['F'],
    pane: 'all',
    what: "take ktop's own flags away again (asks first)",
    changes: true,
    run: (actions) => actions.resetFlags(),
    disabled: (actions) => actions.readOnly,
  },
  {
    name: 'verbosity',
    keys: ['V'],
    pane: 'all',
    what: 'verbosity of the running kubelet, until its next start (asks first)',
    changes: true,
    run: editVerbosity,
  },
];

function editVerbosity(actions: Actions): void {
  const wanted = 'a whole number from 0 to 20';
  actions.open(
    openPrompt(
      'verbosity',
      '',
      (text) => {
        const bad = text !== '' && parseVerbosity(text) === null;
        return {note: bad ? `${wanted} is wanted` : 'until the next start, without a restart', bad};
      },
      (text) => {
        const level = parseVerbosity(text);
        return level === null ? `${wanted} is wanted` : {ask: verbosityAction(level)};
      },
    ),
  );
}
