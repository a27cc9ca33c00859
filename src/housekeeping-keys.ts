import type {Binding} from './keymap.ts';

/** The keys of the housekeeping pane. */
export const housekeepingBindings: readonly Binding[] = [
  {keys: ['up'], pane: 'housekeeping', what: 'count down the target above', run: ({rooms}) => rooms.housekeeping.move(-1)},
  {keys: ['down'], pane: 'housekeeping', what: 'count down the target below', run: ({rooms}) => rooms.housekeeping.move(1)},
  {keys: ['pageup'], pane: 'housekeeping', what: 'ten targets up', run: ({rooms}) => rooms.housekeeping.move(-10)},
  {keys: ['pagedown'], pane: 'housekeeping', what: 'ten targets down', run: ({rooms}) => rooms.housekeeping.move(10)},
  {
    keys: ['home', 'escape'],
    pane: 'housekeeping',
    what: 'count down whatever is next',
    run: ({rooms}) => rooms.housekeeping.focus(null),
  },
];
