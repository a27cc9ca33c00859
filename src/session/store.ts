import type {Urgency} from '../tui/frames.ts';
import type {Event, Sample} from '../model/event.ts';
import {isSystem, targetKey} from '../model/target.ts';
import {emptyStatus, foldStatus, type Status} from '../model/screen/status.ts';

/** A part of the state that one pane draws: it folds the events that concern it and answers selectors. */
export interface Room {
  apply(event: Event): void;
}

/** So many lines in one batch (a tenth of a second) are a flood. */
const floodLines = 10;

/**
 * The one state. Events are folded at once and cost no drawing: `changed` only says that the picture is out of date,
 * and the frame clock decides when it is drawn.
 */
export class Store {
  #status: Status = emptyStatus;
  readonly #rooms: readonly Room[];
  readonly #changed: (urgency: Urgency) => void;
  #sampledAt: ReadonlyMap<string, number> = new Map();

  constructor(rooms: readonly Room[], changed: (urgency: Urgency) => void) {
    this.#rooms = rooms;
    this.#changed = changed;
  }

  get status(): Status {
    return this.#status;
  }

  readonly dispatch = (event: Event): void => {
    this.#status = foldStatus(this.#status, event);
    for (const room of this.#rooms) room.apply(event);
    if (this.#isNews(event)) this.#changed(urgencyOf(event));
  };

  /** Most polls find the samples of the poll before, and latencies: the frame that the clock brings is soon enough. */
  #isNews(event: Event): boolean {
    if (event.type === 'route') return false;
    if (event.type !== 'poll') return true;
    const before = this.#sampledAt;
    this.#sampledAt = new Map(
      event.poll.samples.filter(isOfPod).map((sample) => [targetKey(sample.target), sample.at]),
    );
    return [...this.#sampledAt].some(([key, at]) => before.get(key) !== at);
  }
}

/** Lines that come one by one, and samples, can wait for each other; a flood should be seen to flow. */
function urgencyOf(event: Event): Urgency {
  if (event.type === 'poll') return 'calm';
  return event.type === 'journal' && event.entries.length < floodLines ? 'calm' : 'soon';
}

/** The node and its system containers are sampled all the time: that alone is no reason to draw. */
function isOfPod({target}: Sample): boolean {
  return !isSystem(target);
}
