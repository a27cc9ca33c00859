import type {Event} from '../event.ts';
import {PollPlan} from '../poll-plan.ts';
import {type Target, targetKey} from '../target.ts';
import {type ClockOffset, type LocalMs, type NodeMs, sameClock, toNodeTime} from '../time.ts';
import type {Forecast} from './forecast.ts';
import {Housekeeping} from './housekeeping.ts';

/** Without a choice of the user's, a node with so few targets is watched whole. */
const watchAllUpTo = 6;

/**
 * The model behind the housekeeping pane: folds the events into the forecast, knows which targets the user looks at,
 * and paces the polls after them.
 */
export class HousekeepingRoom {
  readonly #housekeeping = new Housekeeping();
  readonly #plan = new PollPlan();
  #clock: ClockOffset = sameClock;
  #chosen: ((target: Target) => boolean) | null = null;
  #focus: string | null = null;
  #targets = 0;

  /** Which targets the user has chosen; null while there is no choice. */
  watch(chosen: ((target: Target) => boolean) | null): void {
    this.#chosen = chosen;
  }

  /** `--housekeeping-interval` as far as it is known, and how sure that is. */
  get base(): Housekeeping['base'] {
    return this.#housekeeping.base;
  }

  readonly apply = (event: Event): void => {
    switch (event.type) {
      case 'poll':
        this.#housekeeping.observe(event.poll);
        return;
      case 'facts':
        this.#housekeeping.tellBase(event.facts.housekeepingIntervalMs);
        return;
      case 'kubelet-started':
        this.#housekeeping.kubeletStarted(event.at);
        return;
      case 'clock':
        this.#clock = event.offset;
        this.#housekeeping.clock(event.offset);
        return;
      default:
        return;
    }
  };

  /** The forecasts of all targets, the next tick first; those that are gone last. */
  forecasts(now: LocalMs): Forecast[] {
    const forecasts = this.#housekeeping.forecasts(this.nodeTime(now));
    this.#targets = forecasts.length;
    return forecasts.sort((a, b) => order(a) - order(b));
  }

  /** What the large countdown shows: the focused target, else the watched one that ticks next. */
  focused(forecasts: readonly Forecast[]): Forecast | null {
    const focused = forecasts.find(({target}) => targetKey(target) === this.#focus);
    return focused ?? forecasts.find(({target}) => this.watches(target)) ?? forecasts[0] ?? null;
  }

  focus(target: Target | null): void {
    this.#focus = target === null ? null : targetKey(target);
  }

  nodeTime(now: LocalMs): NodeMs {
    return toNodeTime(now, this.#clock);
  }

  readonly watches = (target: Target): boolean => {
    if (target.pod === '') return false;
    if (targetKey(target) === this.#focus) return true;
    return this.#chosen === null ? this.#targets <= watchAllUpTo : this.#chosen(target);
  };

  readonly spent = (requests: number, now: LocalMs): void => this.#plan.spent(requests, now);

  readonly delayMs = (now: LocalMs): number => {
    const at = this.nodeTime(now);
    const watched = this.#housekeeping.forecasts(at, this.watches);
    const first = this.focused(watched);
    const ordered = first === null ? watched : [first, ...watched.filter((forecast) => forecast !== first)];
    // The plan counts in the clock of the forecasts; a jump of it only shortens or stretches one wait.
    return this.#plan.delayMs(at, ordered, this.base.intervalMs);
  };
}

function order({phase, next}: Forecast): number {
  return phase === 'gone' ? Number.MAX_VALUE : next.quantile(0.5);
}
