import {CpuPaneModel} from '../model/cpu/cpu-pane-model.ts';
import {HousekeepingPaneModel} from '../model/housekeeping/housekeeping-pane-model.ts';
import {JournalModel} from '../model/journal/journal-model.ts';
import {noKeys, type KeyNames} from '../model/screen/key.ts';
import type {WatchOptions} from './options.ts';

/**
 * The models behind the panes, one a pane: each folds the events that concern it, and its methods are the selectors
 * that the pane draws from and the actions that its keys run. Events are folded in this order: the forecast says what
 * the figures of a poll are worth before the CPU pane counts with them.
 */
export type PaneModels = Readonly<{journal: JournalModel; housekeeping: HousekeepingPaneModel; cpu: CpuPaneModel}>;

/** So much text of journal lines is kept, of all nodes together. */
const mostCharacters = 64 * 1024 * 1024;

/**
 * The pane models of one watched node, made from what the user asked for; `keys` are the user's, where there is a
 * keyboard, `nodes` share the memory for the lines.
 */
export function createPaneModels(
  options: WatchOptions,
  {keys = noKeys, nodes = 1}: {readonly keys?: KeyNames; readonly nodes?: number} = {},
): PaneModels {
  const watched = () => cpu.selected?.targets ?? [];
  const housekeeping = new HousekeepingPaneModel(watched);
  // One clock for all ages on the screen: that of the forecast, which learns from the ticks where nobody compared clocks.
  const cpu: CpuPaneModel = new CpuPaneModel(options.pods, (now) => housekeeping.nodeTime(now), {
    figuresOf: (target) => housekeeping.figuresOf(target),
    keys,
    aimed: () => housekeeping.aimed,
  });
  const journal = new JournalModel({
    ...options.journal,
    kubeletUnit: options.connection.unit,
    mostCharacters: Math.floor(mostCharacters / nodes),
    watched,
    clock: () => housekeeping.offset,
    elapsedMs: () => performance.now(),
    keys,
  });
  return {journal, housekeeping, cpu};
}
