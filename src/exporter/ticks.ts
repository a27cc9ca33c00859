import type {Event, Sample} from '../model/event.ts';
import {usualGrid} from '../model/housekeeping/base-grid.ts';
import type {Forecast} from '../model/housekeeping/forecast.ts';
import {type BaseState, Housekeeping} from '../model/housekeeping/housekeeping.ts';
import {isSystem, type Target, targetKey} from '../model/target.ts';
import {toNodeTime, type ClockOffset, type LocalMs} from '../model/time.ts';
import {ownTarget} from './target-rows.ts';

/** What the metrics ask of the forecast: the screen's own, or a light one. */
export interface Ticks {
  readonly base: BaseState;
  readonly offset: ClockOffset;
  forecasts(now: LocalMs): readonly Forecast[];
}

/** So many targets of a node are followed though they have no series: the base and the clock are learned from them. */
const mostLearners = 24;

/**
 * The forecast for one of hundreds of nodes. It follows who has series and a few others, with the bases that people set,
 * and keeps no text of an answer: a filter of the screen's has hundreds of states, one of these two dozen.
 */
export class LightTicks implements Ticks {
  readonly #housekeeping = new Housekeeping({gridOf: usualGrid, waitsKept: 1});
  readonly #hasSeries: (target: Target) => boolean;
  #followed = new Map<string, Target>();

  /** `hasSeries` says who must be followed; `waited` is told of each wait (ms) of who is. */
  constructor(hasSeries: (target: Target) => boolean, waited: (target: Target, waitMs: number) => void) {
    this.#hasSeries = hasSeries;
    this.#housekeeping.onWait = waited;
  }

  /** What is thought of the base. */
  get base(): BaseState {
    return this.#housekeeping.base;
  }

  /** How far the node's clock is ahead of ours. */
  get offset(): ClockOffset {
    return this.#housekeeping.offset;
  }

  /** The forecasts of those that are followed. */
  forecasts(now: LocalMs): readonly Forecast[] {
    return this.#housekeeping.forecasts(toNodeTime(now, this.offset), this.#hasSeries);
  }

  /** Takes in an event of the node. */
  apply(event: Event): void {
    switch (event.type) {
      case 'poll':
        this.#housekeeping.observe({...event.poll, samples: this.#choose(event.poll.samples)});
        return;
      case 'facts':
        this.#housekeeping.reportBase(event.facts.housekeepingIntervalMs);
        return;
      case 'kubelet-started':
        this.#housekeeping.kubeletStarted(event.at);
        return;
      case 'clock':
        this.#housekeeping.clock(event.offset);
        return;
      default:
        return;
    }
  }

  #choose(samples: readonly Sample[]): readonly Sample[] {
    const before = this.#followed;
    const followed = new Map<string, Target>();
    const chosen: Sample[] = [];
    let learners = 0;
    // Who was followed goes on: a timer is known by the ticks of minutes.
    for (const wasFollowed of [true, false]) {
      for (const sample of samples) {
        if (isSystem(sample.target)) continue;
        const key = targetKey(sample.target);
        const known = before.get(key);
        if ((known !== undefined) !== wasFollowed) continue;
        if (!this.#hasSeries(sample.target) && learners++ >= mostLearners) continue;
        const target = known ?? ownTarget(sample.target);
        followed.set(key, target);
        chosen.push({...sample, target});
      }
    }
    this.#followed = followed;
    return chosen;
  }
}
