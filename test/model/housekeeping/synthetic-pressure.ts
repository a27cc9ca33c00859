/** `EXP_10s`, `EXP_60s`, `EXP_300s` of `kernel/sched/psi.c`, and the period in which they are applied. */
const factors: readonly number[] = [1677, 1981, 2034];
const periodMs = 2004;

/**
 * One line of a cgroup's `cpu.pressure`, as the kernel keeps it: three averages in 1/2048 percent that fade every 2 s,
 * rounding down, in a container; in a pod all at once when cAdvisor reads the file.
 */
export class SyntheticPressure {
  readonly #isContainer: boolean;
  readonly #units = [0, 0, 0];
  #total = 0;
  #restMs = 0;

  constructor(isContainer: boolean) {
    this.#isContainer = isContainer;
  }

  /** Time passes; in its last `stalledMs` something was stalled for `percent` of the time. */
  pass(ms: number, percent: number, stalledMs: number): void {
    this.#total += Math.floor((Math.min(ms, stalledMs) * 1000 * percent) / 100);
    this.#restMs += ms;
    const periods = Math.floor(this.#restMs / periodMs);
    this.#restMs -= periods * periodMs;
    const stalled = percent > 0 ? Math.min(periods, Math.max(1, Math.round(stalledMs / periodMs))) : 0;
    this.#units.forEach((units, i) => {
      const factor = factors[i] ?? 0;
      const idle = periods - stalled;
      let left = units;
      if (this.#isContainer) for (let n = 0; n < idle; n++) left = Math.floor((left * factor) / 2048);
      else if (idle > 0) left = Math.floor((Math.floor(left * (factor / 2048) ** (idle - 1)) * factor) / 2048);
      const active = Math.floor(percent * 2048);
      for (let n = 0; n < stalled; n++) {
        left = Math.floor((left * factor + active * (2048 - factor) + (active >= left ? 2047 : 0)) / 2048);
      }
      this.#units[i] = left;
    });
  }

  /** `Sample.pressure`: CPU some and full alike, no pressure of memory. */
  get figures(): readonly number[] {
    const prints = this.#units.map((units) => Math.floor((units * 100) / 2048) / 100);
    const line = [this.#total, ...prints];
    return [...line, ...line, 0, 0, 0, 0, 0, 0, 0, 0];
  }
}
