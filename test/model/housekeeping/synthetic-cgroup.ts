import {nextInterval} from '../../../src/model/housekeeping/rule.ts';
import {SyntheticPressure} from './synthetic-pressure.ts';

/** A small seeded generator (mulberry32), so that a failing draw can be drawn again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Activity = 'busy' | 'idle' | 'bursty';

/** One tick as cAdvisor makes it: the sample's time, the interval that it then chose and the wait that it drew. */
export interface SyntheticTick {
  readonly atMs: number;
  readonly intervalMs: number;
  readonly waitMs: number;
  readonly cpuNs: number;
  readonly memory: number;
  readonly faults: number;
  /** As in `Sample`; null on cgroup v1. */
  readonly pressure: readonly number[] | null;
  /** Ticks of this timer before it: 0 is the first after a start. */
  readonly ordinal: number;
}

/** One life of cAdvisor's timer of a cgroup. */
export interface SyntheticTimer {
  readonly firstMs: number;
  readonly untilMs: number;
  readonly baseMs: number;
  readonly maxMs?: number;
  /** Share of equal-looking comparisons that cAdvisor finds unequal (a figure that we cannot see). */
  readonly hidden?: number;
  /** Mean lateness of a tick; default 3 ms. */
  readonly lateMs?: number;
}

/** A cgroup and what runs in it: its figures outlive the timers of the kubelets that look at it. */
export class SyntheticCgroup {
  readonly #random: () => number;
  readonly #activity: Activity;
  #cpuNs: number;
  #memory = 1_000_000;
  #faults = 500;
  #burstAt: number;
  readonly #pressure: SyntheticPressure | null;

  /** `pressure` of a cgroup v2: a container's fades every 2 s, a pod's when it is read. */
  constructor(
    random: () => number,
    activity: Activity,
    {cpuNs, fromMs = 0, pressure}: {cpuNs: number; fromMs?: number; pressure?: 'container' | 'pod' | undefined},
  ) {
    this.#random = random;
    this.#pressure = pressure === undefined ? null : new SyntheticPressure(pressure === 'container');
    this.#activity = activity;
    this.#cpuNs = cpuNs;
    this.#burstAt = fromMs + random() * 60_000;
  }

  /** Draws the ticks of a timer from cAdvisor's own rule. */
  *ticks({firstMs, untilMs, baseMs, maxMs, hidden = 0, lateMs = 3}: SyntheticTimer): Generator<SyntheticTick> {
    const random = this.#random;
    let intervalMs = baseMs;
    let lastMs = firstMs;
    for (let atMs = firstMs, ordinal = 0; atMs < untilMs; ordinal++) {
      const works = this.#works(atMs);
      const before = this.#pressure?.figures ?? null;
      this.#stall(works, atMs - lastMs);
      const pressure = this.#pressure?.figures ?? null;
      lastMs = atMs;
      const fades = pressure?.some((figure, i) => figure !== before?.[i]) === true;
      const equal = !works && !fades && random() >= hidden;
      if (ordinal > 0) intervalMs = nextInterval(intervalMs, equal, baseMs, maxMs);
      const waitMs = intervalMs * (1 + random());
      const {cpuNs, memory, faults} = this.#figures;
      yield {atMs, intervalMs, waitMs, cpuNs, memory, faults, pressure, ordinal};
      atMs += waitMs - Math.log(1 - random()) * lateMs;
    }
  }

  /** Not everything that works has to wait for the processor, and what does waits more or less. */
  #stall(works: boolean, passedMs: number): void {
    if (this.#pressure === null) return;
    const random = this.#random;
    const percent = works && random() < 0.7 ? 0.1 + 40 * random() ** 3 : 0;
    this.#pressure.pass(passedMs, percent, 1000 + 5000 * random());
  }

  get #figures(): {readonly cpuNs: number; readonly memory: number; readonly faults: number} {
    return {cpuNs: this.#cpuNs, memory: this.#memory, faults: this.#faults};
  }

  /** Whether anything moved since the tick before. */
  #works(atMs: number): boolean {
    const random = this.#random;
    let changed = this.#activity === 'busy' && random() > 0.01;
    if (this.#activity === 'bursty' && atMs >= this.#burstAt) {
      changed = true;
      this.#burstAt = atMs + 15_000 + random() * 60_000;
    }
    if (this.#activity === 'idle' && random() < 0.01) changed = true;
    if (!changed) return false;
    this.#cpuNs += 1000 + Math.floor(random() * 1e8);
    if (random() < 0.7) this.#memory += Math.floor((random() - 0.5) * 10) * 4096;
    this.#faults += Math.floor(random() * 20);
    return true;
  }
}

/** How many of the ticks, in their order, have come by a moment. */
export function ticksBy(ticks: readonly Pick<SyntheticTick, 'atMs'>[], atMs: number): number {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ticks[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
