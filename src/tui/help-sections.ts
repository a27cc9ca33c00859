import type {HelpSection} from '../model/screen/help.ts';
import {panes, type Pane} from '../model/screen/layout.ts';
import {signs} from '../model/screen/signs.ts';
import type {Screen} from './screen.ts';

const titles: Readonly<Record<Pane | 'all' | 'replay', string>> = {
  replay: 'Recording',
  all: 'Everywhere',
  journal: 'Journal',
  cpu: 'CPU',
  housekeeping: 'Housekeeping',
};

/**
 * The help: what the keys do, and what the panes draw and say. Who looks at a pane that is drawn has the signs of that
 * first: those of the journal explain themselves.
 */
export function helpSections(screen: Screen): readonly HelpSection[] {
  const first: readonly Pane[] = screen.focus === 'journal' ? [] : [screen.focus];
  return [...first.map(signsOf), ...keysOf(screen), ...panes.filter((pane) => !first.includes(pane)).map(signsOf)];
}

function keysOf(screen: Screen): readonly HelpSection[] {
  const order = ['replay', 'all', ...panes] as const;
  return order
    .map((place) => ({
      title: titles[place],
      lines: screen.keymap.bindings
        .filter(({replay, pane}) => (replay === true ? 'replay' : pane) === place)
        .map((binding) => ({
          keys: binding.keys.join(' '),
          what: binding.what,
          disabled: binding.disabled?.(screen) ?? null,
        })),
    }))
    .filter((section) => section.lines.length > 0);
}

function signsOf(pane: Pane): HelpSection {
  return {
    title: `${titles[pane]}: what is drawn`,
    lines: signs[pane].map(({sign, what}) => ({keys: sign, what, disabled: null})),
  };
}
