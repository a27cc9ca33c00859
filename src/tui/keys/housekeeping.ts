import type {Actions, Binding} from './binding.ts';

/** The keys of the housekeeping pane. */
export const housekeepingBindings: readonly Binding[] = [
  {name: 'housekeeping.up', keys: ['up'], pane: 'housekeeping', what: 'count down the target above', run: move(-1)},
  {name: 'housekeeping.down', keys: ['down'], pane: 'housekeeping', what: 'count down the target below', run: move(1)},
  {name: 'housekeeping.page-up', keys: ['pageup'], pane: 'housekeeping', what: 'ten targets up', run: move(-10)},
  {name: 'housekeeping.page-down', keys: ['pagedown'], pane: 'housekeeping', what: 'ten targets down', run: move(10)},
  {
    name: 'housekeeping.next',
    keys: ['home'],
    pane: 'housekeeping',
    what: 'count down whatever is next',
    run: ({models}) => models.housekeeping.focus(null),
  },
  {
    name: 'housekeeping.order',
    keys: ['O'],
    pane: 'housekeeping',
    what: 'targets by name, or by their next tick',
    run: (actions) => actions.notify(actions.models.housekeeping.toggleOrder()),
  },
];

function move(rows: number): (actions: Actions) => void {
  return ({models, now}) => models.housekeeping.move(rows, now);
}
