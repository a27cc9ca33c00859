import type {Binding} from './binding.ts';
import type {CpuRoom} from '../../model/cpu/cpu-pane-model.ts';
import {openPicker, selectionOf} from '../../model/selection/picker.ts';
import {DEFAULT_TOP} from '../../model/selection/pod-query.ts';
import type {Overlay} from '../overlay.ts';

/** The keys of the CPU pane. */
export const cpuBindings: readonly Binding[] = [
  {keys: ['m'], pane: 'cpu', what: 'CPU or memory working set', run: ({rooms}) => rooms.cpu.toggleMemory()},
  {keys: ['b'], pane: 'cpu', what: 'braille dots or lines', run: ({rooms}) => rooms.cpu.toggleBraille()},
  {
    keys: ['l'],
    pane: 'cpu',
    what: 'scale up to the limit, or by the values',
    run: (actions) => actions.notify(actions.rooms.cpu.toggleFixed()),
  },
  {
    keys: ['+', '='],
    pane: 'cpu',
    what: 'longer window',
    run: (actions) => actions.notify(actions.rooms.cpu.changeWindow(1)),
  },
  {
    keys: ['-'],
    pane: 'cpu',
    what: 'shorter window',
    run: (actions) => actions.notify(actions.rooms.cpu.changeWindow(-1)),
  },
  {keys: ['up'], pane: 'cpu', what: 'scroll up (many pods)', run: ({rooms}) => rooms.cpu.scroll(-1)},
  {keys: ['down'], pane: 'cpu', what: 'scroll down', run: ({rooms}) => rooms.cpu.scroll(1)},
  {keys: ['pageup'], pane: 'cpu', what: 'a page up', run: ({rooms}) => rooms.cpu.scroll(-10)},
  {keys: ['pagedown'], pane: 'cpu', what: 'a page down', run: ({rooms}) => rooms.cpu.scroll(10)},
];

/** Opens the picker over all pods of the node; what is picked is watched from then on. */
export function pickPods(cpu: CpuRoom): Overlay {
  return {
    kind: 'picker',
    picker: openPicker(cpu.watchedNames()),
    items: () => cpu.pickable(),
    pick: (names) => cpu.choose(selectionOf(names, DEFAULT_TOP)),
  };
}
