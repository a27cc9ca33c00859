import type {Binding} from './binding.ts';
import type {CpuPaneModel} from '../../model/cpu/cpu-pane-model.ts';
import {openPicker, selectionOf} from '../../model/selection/picker.ts';
import {defaultTop} from '../../model/selection/pod-query.ts';
import type {Overlay} from '../overlay.ts';

/** The keys of the CPU pane. */
export const cpuBindings: readonly Binding[] = [
  {
    name: 'cpu.memory',
    keys: ['m'],
    pane: 'cpu',
    what: 'CPU or memory working set',
    run: ({models}) => models.cpu.toggleMemory(),
  },
  {
    name: 'cpu.braille',
    keys: ['b'],
    pane: 'cpu',
    what: 'braille dots or lines',
    run: ({models}) => models.cpu.toggleBraille(),
  },
  {
    name: 'cpu.truth',
    live: true,
    keys: ['u'],
    pane: 'cpu',
    what: "what was really used, by the cgroups' own counters, or not",
    run: (actions) => actions.notify(actions.models.cpu.truth.toggle()),
  },
  {
    name: 'cpu.errors',
    live: true,
    keys: ['x'],
    pane: 'cpu',
    what: "how far off the kubelet's figures were (mean, worst, by age)",
    run: (actions) => actions.notify(actions.models.cpu.truth.toggleErrors()),
  },
  {
    name: 'cpu.limit',
    keys: ['l'],
    pane: 'cpu',
    what: 'scale up to the limit, or by the values',
    run: (actions) => actions.notify(actions.models.cpu.toggleFixed()),
  },
  {
    name: 'cpu.longer',
    keys: ['+', '='],
    pane: 'cpu',
    what: 'longer window',
    held: true,
    run: (actions) => actions.notify(actions.models.cpu.changeWindow(1)),
  },
  {
    name: 'cpu.shorter',
    keys: ['-'],
    pane: 'cpu',
    what: 'shorter window',
    held: true,
    run: (actions) => actions.notify(actions.models.cpu.changeWindow(-1)),
  },
  {name: 'cpu.up', keys: ['up'], pane: 'cpu', what: 'scroll up (many pods)', run: ({models}) => models.cpu.scroll(-1)},
  {name: 'cpu.down', keys: ['down'], pane: 'cpu', what: 'scroll down', run: ({models}) => models.cpu.scroll(1)},
  {name: 'cpu.page-up', keys: ['pageup'], pane: 'cpu', what: 'a page up', run: ({models}) => models.cpu.scroll(-10)},
  {
    name: 'cpu.page-down',
    keys: ['pagedown'],
    pane: 'cpu',
    what: 'a page down',
    run: ({models}) => models.cpu.scroll(10),
  },
];

/** Opens the picker over all pods of the node; what is picked is watched from then on. */
export function pickPods(cpu: CpuPaneModel): Overlay {
  return {
    kind: 'picker',
    picker: openPicker(cpu.watchedNames()),
    items: () => cpu.pickable(),
    pick: (names) => cpu.choose(selectionOf(names, defaultTop)),
  };
}
