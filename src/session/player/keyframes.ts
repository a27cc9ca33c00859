import type {Event} from '../../model/event.ts';
import {emptyStatus, foldStatus, type Status} from '../../model/screen/status.ts';
import type {Selection} from '../../model/selection/pod-query.ts';
import type {PaneModels} from '../pane-models.ts';

/** All that the screen shows, as it was once the events below `index` had come. */
export interface Keyframe {
  readonly index: number;
  readonly status: Status;
  readonly models: {
    readonly journal: ReturnType<PaneModels['journal']['keep']>;
    readonly cpu: ReturnType<PaneModels['cpu']['keep']>;
    readonly housekeeping: ReturnType<PaneModels['housekeeping']['keep']>;
  };
}

/** Takes the state that models are in. */
function keyframeOf(index: number, status: Status, {journal, cpu, housekeeping}: PaneModels): Keyframe {
  return {
    index,
    status,
    models: {journal: journal.keep(), cpu: cpu.keep(), housekeeping: housekeeping.keep()},
  };
}

/** Puts models into the state of a keyframe; what the user chose of them stays. */
export function goBackTo({models}: Keyframe, {journal, cpu, housekeeping}: PaneModels): void {
  journal.goBack(models.journal);
  cpu.goBack(models.cpu);
  housekeeping.goBack(models.housekeeping);
}

/** Folds an event into models as the store does, but for the lines, which are filtered later. */
export function foldInto(event: Event, {journal, cpu, housekeeping}: PaneModels): void {
  journal.gather(event);
  cpu.apply(event);
  housekeeping.apply(event);
}

/** What folding an event costs: a line one, an answer what its samples are, those that are new most. */
const [pollCost, sampleCost, newSampleCost] = [50, 1, 8];
/** So much lies between two keyframes while there is room for more of them: 15 answers of a full node. */
const firstEvery = 14_000;
/** More are not kept: each has the steps and the intervals of all targets in it. */
const mostKept = 128;
const mostBytes = 400 << 20;
/** What a target's interval takes beside its steps; lines of the journal are shared by all. */
const targetBytes = 16_000;

/**
 * Folds a recording once from its beginning on, ahead of who plays it, and keeps its state every now and then: to go to any
 * moment then costs the way from the keyframe before it. In a long recording they lie further apart.
 */
export class Keyframes {
  readonly #models: PaneModels;
  /** What the folding takes into account of the user's choices: with another one it must begin anew. */
  readonly selection: Selection;
  #status: Status = emptyStatus;
  #index = 0;
  #kept: Keyframe[] = [];
  #every: number;
  #spent = 0;

  /** `every` is what lies between two keyframes at first, as `costOf` counts. */
  constructor(models: PaneModels, every = firstEvery) {
    this.#models = models;
    this.#every = every;
    this.selection = models.cpu.selection;
    this.#kept.push(keyframeOf(0, emptyStatus, models));
  }

  /** So many events are folded. */
  get index(): number {
    return this.#index;
  }

  /** How many there are. */
  get count(): number {
    return this.#kept.length;
  }

  /** Folds events until there are no more (true), or `late` says so (false). */
  work(events: readonly Event[], late: () => boolean): boolean {
    for (; this.#index < events.length; this.#index += 1) {
      const event = events[this.#index];
      if (event === undefined) break;
      this.#status = foldStatus(this.#status, event);
      foldInto(event, this.#models);
      this.#spent += costOf(event);
      if (this.#spent >= this.#every) this.#keep(this.#index + 1);
      if (late()) {
        this.#index += 1;
        return this.#index >= events.length;
      }
    }
    return true;
  }

  #keep(index: number): void {
    this.#spent = 0;
    this.#kept.push(keyframeOf(index, this.#status, this.#models));
    const bytes = this.#kept.reduce((sum, frame) => sum + bytesOf(frame), 0);
    if (this.#kept.length <= mostKept && bytes <= mostBytes) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /** The newest keyframe at or before an event. */
  before(index: number): Keyframe | undefined {
    return this.#kept.findLast((frame) => frame.index <= index);
  }
}

function costOf(event: Event): number {
  if (event.type !== 'poll') return 1;
  const {samples} = event.poll;
  const news = samples.reduce((count, {novelty}) => count + (novelty === 'repeated' ? 0 : 1), 0);
  return pollCost + samples.length * sampleCost + news * newSampleCost;
}

function bytesOf({models: {cpu}}: Keyframe): number {
  const {store} = cpu.watched;
  return store.bytes + store.size * targetBytes;
}
