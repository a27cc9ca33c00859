/** A line of `cpu.pressure`: the total stall in µs, and the averages of 10, 60 and 300 s in percent, as they print. */
export interface PressureLine {
  readonly total: number;
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
}

export const noPressure: PressureLine = {total: 0, avg10: 0, avg60: 0, avg300: 0};

/** `EXP_10s`, `EXP_60s`, `EXP_300s` of 2048, each 2 s (`kernel/sched/psi.c`). */
const factors = [1677, 1981, 2034] as const;
const periodS = 2;

/**
 * The pressure of one simulated cgroup, kept as the kernel keeps it: after a stall the averages fade for minutes,
 * rounding down, and until they print 0.00 no two samples of the cgroup are equal.
 */
export class SimulatedPressure {
  #units: readonly number[] = [0, 0, 0];
  #totalUs = 0;
  #periodS = 0;
  #stalledS = 0;

  /** Time passes, a share of it stalled. */
  pass(seconds: number, share: number): void {
    this.#totalUs += seconds * share * 1e6;
    this.#stalledS += seconds * share;
    this.#periodS += seconds;
    if (this.#periodS < periodS) return;
    const active = Math.floor((100 * 2048 * this.#stalledS) / this.#periodS);
    this.#units = this.#units.map((units, i) => {
      const factor = factors[i] ?? 0;
      return Math.floor((units * factor + active * (2048 - factor) + (active >= units ? 2047 : 0)) / 2048);
    });
    this.#periodS = 0;
    this.#stalledS = 0;
  }

  /** The figures as `/proc/pressure` prints them: total in µs, averages in percent. */
  get line(): PressureLine {
    const [avg10 = 0, avg60 = 0, avg300 = 0] = this.#units.map((units) => Math.floor((units * 100) / 2048) / 100);
    return {total: Math.round(this.#totalUs), avg10, avg60, avg300};
  }
}

/** What the children of a cgroup stall together. */
export function sumPressure(lines: readonly PressureLine[]): PressureLine {
  const total = (pick: (line: PressureLine) => number) => lines.reduce((sum, line) => sum + pick(line), 0);
  const percent = (pick: (line: PressureLine) => number) => Math.round(100 * Math.min(100, total(pick))) / 100;
  return {
    total: total((line) => line.total),
    avg10: percent((line) => line.avg10),
    avg60: percent((line) => line.avg60),
    avg300: percent((line) => line.avg300),
  };
}
