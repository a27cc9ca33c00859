import {CpuRoom} from './model/cpu/room.ts';
import {FailureError} from './model/failure.ts';
import {HousekeepingRoom} from './model/housekeeping/housekeeping-room.ts';
import {parseWish} from './model/selection/wish.ts';
import type {WatchOptions} from './options.ts';
import type {Room} from './store.ts';

/**
 * The models behind the panes, one a pane: each folds the events that concern it, and its methods are the selectors
 * that the pane draws from and the actions that its keys run.
 */
export type Rooms = Readonly<{cpu: CpuRoom; housekeeping: HousekeepingRoom} & Partial<Record<'journal', Room>>>;

/** The rooms of one watched node, made from what the user asked for. */
export function makeRooms(options: WatchOptions): Rooms {
  const selection = parseWish(options.pods);
  // The command line was checked when it was read.
  if ('problem' in selection) throw new FailureError(selection);
  const cpu = new CpuRoom(selection);
  return {cpu, housekeeping: new HousekeepingRoom(() => cpu.selected?.targets ?? [])};
}
