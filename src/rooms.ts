import type {Room} from './store.ts';

/**
 * The models behind the panes, one a pane: each folds the events that concern it, and its methods are the selectors
 * that the pane draws from and the actions that its keys run.
 */
export type Rooms = Readonly<Partial<Record<'journal' | 'cpu' | 'housekeeping', Room>>>;

/** The rooms of one watched node, made from what the user asked for. */
export function makeRooms(): Rooms {
  return {};
}
