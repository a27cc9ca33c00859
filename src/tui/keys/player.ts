import type {Goal, Player} from '../../session/player/player.ts';
import {momentHint} from '../../model/player/moment.ts';
import {openPrompt} from '../overlay.ts';
import type {Actions, Binding} from './binding.ts';

/** The keys of a recording that is played back. */
export const playerBindings: readonly Binding[] = [
  key('replay.play', ['space'], 'play or pause; at the end play it again', (player) => {
    player.toggle();
    return null;
  }),
  {...key('replay.faster', ['>'], 'faster, up to ×100', (player) => player.changeSpeed(1)), held: true},
  {...key('replay.slower', ['<'], 'slower, down to ×1', (player) => player.changeSpeed(-1)), held: true},
  {
    name: 'replay.time',
    keys: ['g'],
    pane: 'all',
    what: 'go to a time (14:05, +10m, -30s, start, end)',
    replay: true,
    run: goToTime,
  },
  ...beside('tick', ['.'], [','], 'housekeeping tick of what is watched'),
  ...beside('line', ['J'], ['K'], 'journal line that is shown'),
  ...beside('match', [']'], ['['], 'line that matches the search, or the filter'),
  ...beside('restart', ['}'], ['{'], 'restart of the kubelet'),
  ...beside('gap', [')'], ['('], 'gap in the answers'),
  key('replay.start', ['0'], 'go to the start', (player) => player.seek('start')),
  key('replay.end', ['$'], 'go to the end', (player) => player.seek('end')),
];

/** `act` gives what to say of it, null where nothing needs to be said. */
function key(name: string, keys: readonly string[], what: string, act: (player: Player) => string | null): Binding {
  const run = (actions: Actions): void => {
    const {player} = actions;
    const output = player === null ? null : act(player);
    if (output !== null) actions.notify(output);
  };
  return {name, keys, pane: 'all', what, replay: true, run};
}

/** The keys to the next and to the previous thing of a kind. */
function beside(goal: Goal, next: readonly string[], previous: readonly string[], what: string): Binding[] {
  const go = (direction: 1 | -1) => (actions: Actions) => {
    const {player} = actions;
    if (player === null) return;
    const output = goal === 'match' && !player.hasPattern ? noPattern(actions) : player.go(goal, direction);
    if (output !== null) actions.notify(output);
  };
  const common = {pane: 'all', replay: true, held: true} as const;
  return [
    {...common, name: `replay.next-${goal}`, keys: next, what: `go to the next ${what}`, run: go(1)},
    {...common, name: `replay.previous-${goal}`, keys: previous, what: `go to the previous ${what}`, run: go(-1)},
  ];
}

function noPattern({keyOf}: Actions): string {
  const ways = [
    ['filter', 'filters lines'],
    ['journal.search', 'searches them (in the journal pane)'],
  ] as const;
  const told = ways.flatMap(([name, what]) => (keyOf(name) === null ? [] : [`${keyOf(name)} ${what}`]));
  return told.length === 0 ? 'no line is sought' : `no line is sought: ${told.join(', ')}`;
}

function goToTime(actions: Actions): void {
  const {player} = actions;
  if (player === null) return;
  const hint = () => ({note: momentHint, bad: false});
  actions.open(openPrompt('go to', '', hint, (text) => player.seek(text)));
}
