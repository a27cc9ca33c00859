import type {Actions, Binding} from './binding.ts';

/** The keys that go between several nodes; with one node there are none of them. */
export const nodesBindings: readonly Binding[] = [
  {name: 'next-node', keys: [']'], what: 'several nodes: the next one', run: step(1)},
  {name: 'previous-node', keys: ['['], what: 'several nodes: the one before', run: step(-1)},
  {
    name: 'node-number',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    what: 'several nodes: the first, the second …',
    run: (actions: Actions, key: string) => actions.others?.goTo(actions.keysOf('node-number').indexOf(key)),
  },
  {
    name: 'overview',
    keys: ['o'],
    what: 'several nodes: a row each, and deploys to several',
    run: (actions: Actions) => actions.others?.openOverview(),
  },
  {
    name: 'merged-journal',
    keys: ['J'],
    what: 'several nodes: their journals as one, by time',
    run: (actions: Actions) => actions.others?.openMerged(),
  },
].map((binding) => ({...binding, pane: 'all', several: true}));

function step(by: 1 | -1): Binding['run'] {
  return (actions) => actions.others?.step(by);
}
