import type {CgroupReading} from './housekeeping.ts';
import {noPressure, SimulatedPressure, sumPressure} from './pressure.ts';

/** How a simulated process uses the node: millicores as a function of seconds since it started. */
export interface Workload {
  readonly millicores: (ageS: number) => number;
  readonly baseBytes: number;
  /** Extra memory at an age. */
  readonly growthBytes: (ageS: number) => number;
}

const mebibyte = 1_048_576;
const wave = (ageS: number, periodS: number) => Math.sin((2 * Math.PI * ageS) / periodS);

/** Always at work, slowly up and down: the pod of the README's example. */
export const busy: Workload = {
  millicores: (ageS) => 160 + 60 * wave(ageS, 240) + 25 * wave(ageS, 37) + 12 * wave(ageS, 11),
  baseBytes: 24 * mebibyte,
  growthBytes: (ageS) => Math.round((2 + 2 * wave(ageS, 97)) * mebibyte),
};

/** Nothing at all happens: cAdvisor's samples of it are equal. */
export const idle: Workload = {millicores: () => 0, baseBytes: mebibyte / 4, growthBytes: () => 0};

/** A quarter of a minute at half a core, then rest. */
export const bursty: Workload = {
  millicores: (ageS) => (ageS % 75 < 16 ? 480 : 0),
  baseBytes: 12 * mebibyte,
  growthBytes: (ageS) => (ageS % 75 < 16 ? 6 * mebibyte : 0),
};

/** A little work all the time, with a memory that grows until it is collected. */
export const serving: Workload = {
  millicores: (ageS) => 22 + 9 * wave(ageS, 61) + (ageS % 23 < 2 ? 70 : 0),
  baseBytes: 48 * mebibyte,
  growthBytes: (ageS) => Math.round((ageS % 180) * 0.08 * mebibyte),
};

/** Works hard and ends: what a job's pod does. */
export const job: Workload = {
  millicores: (ageS) => (ageS < 6 ? 40 * ageS : 240 + 30 * wave(ageS, 17)),
  baseBytes: 8 * mebibyte,
  growthBytes: (ageS) => Math.round(Math.min(ageS, 120) * 0.2 * mebibyte),
};

/** Above this a process has to wait for the processor now and then. */
const contendedMillicores = 60;

/** The counters of one simulated cgroup. They only go forward, as the kernel's do. */
export class SimulatedCgroup {
  readonly startedAtMs: number;
  readonly #workload: Workload;
  readonly #pressure = new SimulatedPressure();
  #cpuNs: number;
  #countedToS = 0;

  constructor(workload: Workload, startedAtMs: number) {
    this.#workload = workload;
    this.startedAtMs = startedAtMs;
    // Starting a process costs a little; an idle container's counter stands still at that.
    this.#cpuNs = 13_000_000 + Math.floor((startedAtMs % 1000) * 4_001);
  }

  /** Integrates in steps of at most half a second, so that the counter follows the workload's shape. */
  read(atMs: number): CgroupReading {
    const ageS = Math.max(this.#countedToS, (atMs - this.startedAtMs) / 1000);
    while (this.#countedToS < ageS) {
      const stepS = Math.min(0.5, ageS - this.#countedToS);
      const millicores = Math.max(0, this.#workload.millicores(this.#countedToS));
      this.#cpuNs += Math.round(millicores * stepS * 1e6);
      this.#pressure.pass(stepS, millicores > contendedMillicores ? 0.04 : 0);
      this.#countedToS += stepS;
    }
    const bytes = this.#workload.baseBytes + Math.max(0, this.#workload.growthBytes(ageS));
    return {
      cpuNs: this.#cpuNs,
      usageBytes: bytes,
      workingSetBytes: Math.round(bytes * 0.96),
      rssBytes: Math.round(bytes * 0.8),
      pageFaults: 700 + Math.floor(bytes / 40_960),
      majorPageFaults: 0,
      pressure: this.#pressure.line,
    };
  }
}

/** A pod's or a slice's cgroup: what all of its children use together. */
export function sumReadings(readings: readonly CgroupReading[]): CgroupReading {
  const total = (pick: (reading: CgroupReading) => number) => readings.reduce((sum, one) => sum + pick(one), 0);
  return {
    cpuNs: total((one) => one.cpuNs),
    usageBytes: total((one) => one.usageBytes),
    workingSetBytes: total((one) => one.workingSetBytes),
    rssBytes: total((one) => one.rssBytes),
    pageFaults: 0,
    majorPageFaults: 0,
    pressure: sumPressure(readings.map((one) => one.pressure ?? noPressure)),
  };
}
