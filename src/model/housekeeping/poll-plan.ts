import type {Forecast} from './forecast.ts';
import {defaultBaseMs} from './rule.ts';

/**
 * On average less than half of what one who types `watch -n1` asks, at cAdvisor's default base: what a likely tick needs.
 * Shorter bases have more ticks; but fewer than one a second, whatever happens: the rest is slack for commands and retries.
 */
const requestsPerSecond = (baseMs: number): number => Math.min(0.9, 0.45 * Math.max(1, defaultBaseMs / baseMs));
/** Requests that may be saved up while no tick can come, for the time when one can. */
const savings = 60;
/** Without a likely tick an answer is wanted this often: the table of all targets lives from it. */
const slowestMs = 5000;
/** While a tick has even odds to come within a second, this and an answer's time stay below 250 ms. */
const likelyMs = 215;
/** Never quicker than this: half of what a likely tick may stay undetected. */
const quickestMs = 125;
const stepMs = 25;
/** Where nobody looks a poll that a tick makes worth while need not be soon; the clocks are compared by them, too. */
const unseenMs = 10_000;
/** What an unseen tick of the other watched targets costs, beside one of the first: its countdown is the large one. */
const besideFirst = 0.3;
/** More than these need not be looked at: together they make a tick likely all the time. */
const mostTargets = 16;

/**
 * When to poll next. A poll is worth its request when, since the one before, ticks have probably gone unseen for some
 * time: the plan waits until the expected unseen time (seconds that a tick has come but is not known, summed over the
 * watched targets) reaches a price. For an even chance of a tick this polls at the square root of its hazard: not at
 * all before the window opens, then ever quicker towards its end. The price follows what is left of the requests
 * that were saved, so that the average stays within the allowance for one target or twenty.
 */
export class PollPlan {
  #left = savings / 4;
  #countedMs: number | null = null;
  #perSecond = requestsPerSecond(defaultBaseMs);

  /** Requests were made at `atMs`. */
  spent(requests: number, atMs: number): void {
    this.#save(atMs);
    this.#left -= requests;
  }

  /**
   * How long to wait from `nowMs` until the next poll. `watched` are the forecasts of the targets that the user looks
   * at, the one with the large countdown first; `baseMs` is the shortest wait between two ticks of anything, which a poll should not exceed.
   */
  delayMs(nowMs: number, watched: readonly Forecast[], baseMs: number): number {
    this.#perSecond = requestsPerSecond(baseMs);
    this.#save(nowMs);
    const known = watched.slice(0, mostTargets).filter(({phase}) => phase !== 'gone');
    const starting = known.length === 0 || known.some(({phase}) => phase === 'starting' || phase === 'runtime');
    const longest = Math.min(starting ? 1500 : slowestMs, betweenTicksMs(baseMs));
    const timers = known.filter(({phase}) => phase === 'ticking' || phase === 'overdue');
    const isLikely = timers.some(({next}) => next.by(nowMs + 1000) >= 0.5);
    const wanted = Math.min(isLikely ? likelyMs : longest, this.#worthwhile(nowMs, timers, longest));
    const affordable = this.#left >= 1 ? 0 : ((1 - this.#left) / this.#perSecond) * 1000;
    return Math.max(quickestMs, wanted, affordable);
  }

  #worthwhile(nowMs: number, timers: readonly Forecast[], longest: number): number {
    const price = this.#priceMs();
    let unseen = 0;
    for (let after = stepMs; after < longest; after += stepMs) {
      let weight = 1;
      for (const {next} of timers) {
        unseen += stepMs * weight * next.by(nowMs + after - stepMs / 2);
        weight = besideFirst;
      }
      if (unseen >= price) return after;
    }
    return longest;
  }

  /** Expected unseen milliseconds that justify a request: little while there are savings, much when they run out. */
  #priceMs(): number {
    const poverty = 1 - Math.max(0, this.#left) / savings;
    return 0.5 * Math.exp(8 * poverty);
  }

  #save(atMs: number): void {
    if (this.#countedMs !== null) {
      const passed = Math.max(0, atMs - this.#countedMs) / 1000;
      this.#left = Math.min(savings, this.#left + passed * this.#perSecond);
    }
    this.#countedMs = atMs;
  }
}

/** Within the shortest wait between two ticks of anything: no poll finds two new ones of a target. */
const betweenTicksMs = (baseMs: number): number => Math.max(1000, 0.9 * baseMs);

/** How long to wait between two polls where nobody looks at what they show, in ms: no tick is missed. */
export function unseenPollMs(baseMs: number): number {
  return Math.min(unseenMs, betweenTicksMs(baseMs));
}
