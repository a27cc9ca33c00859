import {CpuPaneModel} from '../model/cpu/cpu-pane-model.ts';
import {HousekeepingPaneModel} from '../model/housekeeping/housekeeping-pane-model.ts';
import {JournalModel} from '../model/journal/journal-model.ts';
import type {WatchOptions} from './options.ts';

/**
 * The models behind the panes, one a pane: each folds the events that concern it, and its methods are the selectors
 * that the pane draws from and the actions that its keys run.
 */
export type PaneModels = Readonly<{journal: JournalModel; cpu: CpuPaneModel; housekeeping: HousekeepingPaneModel}>;

/** So much text of journal lines is kept, of all nodes together. */
const mostCharacters = 64 * 1024 * 1024;

/** The pane models of one watched node, made from what the user asked for; `nodes` share the memory for the lines. */
export function createPaneModels(options: WatchOptions, nodes = 1): PaneModels {
  const watched = () => cpu.selected?.targets ?? [];
  const housekeeping = new HousekeepingPaneModel(watched);
  // One clock for all ages on the screen: that of the forecast, which learns from the ticks where nobody compared clocks.
  const cpu: CpuPaneModel = new CpuPaneModel(options.pods, (now) => housekeeping.nodeTime(now));
  const journal = new JournalModel({
    ...options.journal,
    kubeletUnit: options.connection.unit,
    mostCharacters: Math.floor(mostCharacters / nodes),
    watched,
    elapsedMs: () => performance.now(),
  });
  return {journal, cpu, housekeeping};
}
