import {noPressure, type PressureLine} from './pressure.ts';

/** What cAdvisor reads off a cgroup in one go. */
export interface CgroupReading {
  /** Since the cgroup was made. */
  readonly cpuNs: number;
  readonly usageBytes: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
  readonly pageFaults: number;
  readonly majorPageFaults: number;
  /** Of the CPU, on cgroup v2. */
  readonly pressure?: PressureLine;
}

export interface CgroupSample extends CgroupReading {
  /** Unix milliseconds by the node's clock, with a fraction. */
  readonly atMs: number;
}

/** One housekeeping tick: the interval that is in force after it, and the wait that was drawn from it. */
export interface HousekeepingTick {
  readonly atMs: number;
  readonly intervalMs: number;
  readonly waitMs: number;
}

export interface HousekeepingRule {
  /** `--housekeeping-interval`. */
  readonly baseMs: number;
  /** cAdvisor's `max_housekeeping_interval`: 15 s in the kubelet, not configurable there. */
  readonly maxMs: number;
}

export const maxHousekeepingIntervalMs = 15_000;

/**
 * A cgroup under cAdvisor's housekeeping (`manager/container.go`, `nextHousekeepingInterval`): a tick at once, then
 * each after a wait drawn uniformly between the current interval d and 2d. When the two newest samples are equal
 * (`StatsEq`) d doubles up to the maximum; otherwise — and also when it already stands at the maximum — it falls back
 * to the base.
 */
export class HousekeptCgroup {
  readonly name: string;
  nextTickAtMs: number;
  newest: CgroupSample | null = null;
  previous: CgroupSample | null = null;
  readonly #read: (atMs: number) => CgroupReading;
  readonly #rule: HousekeepingRule;
  readonly #random: () => number;
  #intervalMs: number;

  constructor(
    name: string,
    read: (atMs: number) => CgroupReading,
    rule: HousekeepingRule,
    random: () => number,
    firstTickAtMs: number,
  ) {
    this.name = name;
    this.nextTickAtMs = firstTickAtMs;
    this.#read = read;
    this.#rule = rule;
    this.#random = random;
    this.#intervalMs = rule.baseMs;
  }

  /** Takes a sample and draws the time of the next. Whoever owns the clock calls it when `nextTickAtMs` has come. */
  tick(atMs: number): HousekeepingTick {
    this.previous = this.newest;
    this.newest = {atMs, ...this.#read(atMs)};
    if (this.previous !== null) {
      const {baseMs, maxMs} = this.#rule;
      const doubles = statsEqual(this.previous, this.newest) && this.#intervalMs < maxMs;
      this.#intervalMs = doubles ? Math.min(2 * this.#intervalMs, maxMs) : baseMs;
    }
    const waitMs = this.#intervalMs * (1 + this.#random());
    this.nextTickAtMs = atMs + waitMs;
    return {atMs, intervalMs: this.#intervalMs, waitMs};
  }

  /** What the cgroup holds at this moment, past cAdvisor: what the container runtime answers. */
  readNow(atMs: number): CgroupSample {
    return {atMs, ...this.#read(atMs)};
  }
}

function statsEqual(a: CgroupReading, b: CgroupReading): boolean {
  return (
    a.cpuNs === b.cpuNs &&
    a.usageBytes === b.usageBytes &&
    a.workingSetBytes === b.workingSetBytes &&
    a.rssBytes === b.rssBytes &&
    a.pageFaults === b.pageFaults &&
    a.majorPageFaults === b.majorPageFaults &&
    samePressure(a.pressure, b.pressure)
  );
}

function samePressure(a: PressureLine = noPressure, b: PressureLine = noPressure): boolean {
  return a.total === b.total && a.avg10 === b.avg10 && a.avg60 === b.avg60 && a.avg300 === b.avg300;
}
