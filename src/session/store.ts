import type {Event, Sample} from '../model/event.ts';
import {isSystem} from '../model/target.ts';
import type {LocalMs} from '../model/time.ts';
import {emptyStatus, foldStatus, usualPollMs, type Status} from '../model/screen/status.ts';

/** A part of the state that one pane draws: it folds the events that concern it and answers selectors. */
export interface PaneModel {
  apply(event: Event): void;
}

/** How long what changed may wait: a single line of a quiet journal is not worth a frame of its own. */
export type Urgency = 'high' | 'low';

/** So many lines in one batch (a tenth of a second) are a flood. */
const floodLines = 10;

/**
 * The one state. Events are folded at once and cost no drawing: `changed` only says that the picture is out of date,
 * and the frame clock decides when it is drawn.
 */
export class Store {
  #status: Status = emptyStatus;
  readonly #models: readonly PaneModel[];
  readonly #changed: (urgency: Urgency) => void;

  constructor(models: readonly PaneModel[], changed: (urgency: Urgency) => void) {
    this.#models = models;
    this.#changed = changed;
  }

  /** What the status line tells. */
  get status(): Status {
    return this.#status;
  }

  /** Says that the node is asked every so many ms from now on; null: as the forecast paces it. */
  pacedBy(everyMs: number | null, now: LocalMs): void {
    this.#status = {...this.#status, paced: {since: now, everyMs: everyMs ?? usualPollMs}};
  }

  /** Goes back to what the status line told at another moment; the models have gone there by themselves. */
  goBack(status: Status): void {
    this.#status = status;
    this.#changed('high');
  }

  readonly dispatch = (event: Event): void => {
    this.#status = foldStatus(this.#status, event);
    for (const model of this.#models) model.apply(event);
    if (isNews(event)) this.#changed(urgencyOf(event));
  };
}

/**
 * Most polls find the samples of the poll before, and latencies, and what was really used comes every second: the frame
 * that the clock brings is soon enough.
 */
function isNews(event: Event): boolean {
  if (event.type === 'route' || event.type === 'truth') return false;
  if (event.type !== 'poll') return true;
  return event.poll.samples.some((sample) => isOfPod(sample) && sample.novelty !== 'repeated');
}

/** Lines that come one by one, and samples, can wait for each other; a flood should be seen to flow. */
function urgencyOf(event: Event): Urgency {
  if (event.type === 'poll') return 'low';
  return event.type === 'journal' && event.entries.length < floodLines ? 'low' : 'high';
}

/** The node and its system containers are sampled all the time: that alone is no reason to draw. */
function isOfPod({target}: Sample): boolean {
  return !isSystem(target);
}
