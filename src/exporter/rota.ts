import type {StatsPace} from '../sources/stats/follow-stats.ts';

/** How often each of many nodes is asked: as often as wanted, or less where that were too many requests. */
export class Rota {
  readonly #everyMs: number;
  readonly #qps: number;
  #nodes = 1;

  constructor(everyMs: number, qps: number) {
    this.#everyMs = everyMs;
    this.#qps = qps;
  }

  /** So many nodes share the requests. */
  set nodes(nodes: number) {
    this.#nodes = Math.max(1, nodes);
  }

  /** Between two polls of one node, in ms. */
  get everyMs(): number {
    return Math.max(this.#everyMs, (1000 * this.#nodes) / this.#qps);
  }

  /**
   * The pace of one node: each has a moment of its own within the interval, by the hash of its name, so that the polls
   * of all are spread over it, after a new start as before.
   */
  paceOf(node: string): StatsPace {
    return {
      delayMs: (now) => this.delayMs(node, now),
      spent: () => undefined,
      watches: () => false,
      summaryEveryMs: () => Infinity,
    };
  }

  /** From `now` (unix ms) to the next moment of a node, in ms; one that comes too soon is left out. */
  delayMs(node: string, now: number): number {
    const every = this.everyMs;
    const passed = (((now - hash(node) * every) % every) + every) % every;
    const delay = every - passed;
    return delay < every / 4 ? delay + every : delay;
  }
}

/** FNV-1a, from 0 to 1. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  // Names differ in their last character, which this alone would put side by side.
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b) >>> 0;
  return ((value ^ (value >>> 13)) >>> 0) / 2 ** 32;
}
