import {CpuRoom} from './model/cpu/room.ts';
import {FailureError} from './model/failure.ts';
import {parseWish} from './model/selection/wish.ts';
import type {WatchOptions} from './options.ts';
import type {Room} from './store.ts';

/**
 * The models behind the panes, one a pane: each folds the events that concern it, and its methods are the selectors
 * that the pane draws from and the actions that its keys run.
 */
export type Rooms = Readonly<{cpu: CpuRoom} & Partial<Record<'journal' | 'housekeeping', Room>>>;

/** The rooms of one watched node, made from what the user asked for. */
export function makeRooms(options: WatchOptions): Rooms {
  const selection = parseWish(options.pods);
  // The command line was checked when it was read.
  if ('problem' in selection) throw new FailureError(selection);
  return {cpu: new CpuRoom(selection)};
}
