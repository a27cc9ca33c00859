import type {Event} from './model/event.ts';
import {emptyStatus, foldStatus, type Status} from './model/status.ts';

/** A part of the state that one pane draws: it folds the events that concern it and answers selectors. */
export interface Room {
  apply(event: Event): void;
}

/**
 * The one state. Events are folded at once and cost no drawing: `changed` only says that the picture is out of date,
 * and the frame clock decides when it is drawn.
 */
export class Store {
  #status: Status = emptyStatus;
  readonly #rooms: readonly Room[];
  readonly #changed: () => void;

  constructor(rooms: readonly Room[], changed: () => void) {
    this.#rooms = rooms;
    this.#changed = changed;
  }

  get status(): Status {
    return this.#status;
  }

  readonly dispatch = (event: Event): void => {
    this.#status = foldStatus(this.#status, event);
    for (const room of this.#rooms) room.apply(event);
    this.#changed();
  };
}
