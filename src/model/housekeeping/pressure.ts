/*
 * How pressure (PSI) fades in a cgroup where nothing stalls any more. The kernel keeps each average in units of 1/2048
 * percent and every 2 s multiplies it by a constant, rounding down (`kernel/sched/psi.c`, `calc_load` in
 * `include/linux/sched/loadavg.h`); it prints two decimals. So an average of 5 minutes changes what is printed for
 * many minutes, the last hundredths of it in even steps, and cAdvisor's `StatsEq` finds two samples unequal although
 * nothing happened between them.
 *
 * The kernel does this work every 2 s only while the cgroup has something to run, else when somebody reads the file,
 * then for all the periods in one go, with less rounding. The container runtime reads a container's at each request for
 * stats; a pod's is read by cAdvisor alone, at its ticks.
 */

/** `EXP_10s`, `EXP_60s`, `EXP_300s`: of 2048, each 2 s. */
const factors: readonly number[] = [1677, 1981, 2034];
const spans: readonly number[] = [10, 60, 300];
/** `psi_period`: 2 s and a jiffy. */
const periodMs = 2004;
/** Units to one printed hundredth. */
const perPrint = 20.48;
/** Where in a period the figures may have been read. */
const phases: readonly number[] = [0.25, 0.75];
/** Figures to a line of `Sample.pressure`: the total and three averages. */
const perLine = 4;

/** Whether two samples print the same pressure; what neither shows is the same. */
export function samePressure(older: readonly number[], newer: readonly number[]): boolean {
  if (older === newer) return true;
  if (older.length !== newer.length) return false;
  for (let i = 0; i < older.length; i++) if (!Object.is(older[i], newer[i])) return false;
  return true;
}

/** Whether anything still prints above 0.00 that will fade. */
export function isFading(figures: readonly number[]): boolean {
  return figures.some((figure, i) => i % perLine !== 0 && figure > 0);
}

/** One average that is not zero yet: what its true value, in the kernel's units, can be. */
interface Average {
  readonly index: number;
  readonly print: number;
  readonly low: number;
  readonly high: number;
  /** Where all that stalled did so together, `full` is `some` once more and not one more chance to differ. */
  readonly isTwin: boolean;
}

/** What one print may tell for or against a way of working the periods off, in nats; and all of them together. */
const mostNatsAPrint = 3;
const mostNats = 6;

/** Learns which of the two ways a node's containers, or its pods, have. */
export class FadingMode {
  #nats: number;

  constructor(isContainer: boolean) {
    this.#nats = isContainer ? 1.4 : -1.4;
  }

  /** Takes over what another one has learned. */
  takeOver(other: FadingMode): void {
    this.#nats = other.#nats;
  }

  /** How much (0 to 1) speaks for periods that are worked off one by one. */
  get stepwise(): number {
    return 1 / (1 + Math.exp(-this.#nats));
  }

  /** What was printed had these odds if they are worked off one by one, and those if at once. */
  learn(stepwise: number, inOne: number): void {
    const nats = Math.log((stepwise + 0.02) / (inOne + 0.02));
    const told = Math.max(-mostNatsAPrint, Math.min(mostNatsAPrint, nats));
    this.#nats = Math.max(-mostNats, Math.min(mostNats, 0.995 * this.#nats + told));
  }
}

/** A way that is nearly sure is the only one that is reckoned with. */
const sure = 0.97;

/** What is known of one cgroup's pressure, and how it fades from there. */
export class FadingPressure {
  readonly #mode: FadingMode;
  #figures: readonly number[] | null = null;
  #atMs = 0;
  #averages: readonly Average[] = [];

  constructor(mode: FadingMode) {
    this.#mode = mode;
  }

  /** Takes over what another one knows of its cgroup. */
  takeOver(other: FadingPressure): void {
    this.#figures = other.#figures;
    this.#atMs = other.#atMs;
    this.#averages = other.#averages;
  }

  /** Whether the figures are known from which it fades. */
  get isKnown(): boolean {
    return this.#figures !== null;
  }

  /** Of which moment they are; null where they are not known. */
  get atMs(): number | null {
    return this.#figures === null ? null : this.#atMs;
  }

  /** The cgroup has worked since: what it stalled meanwhile was not seen. */
  lose(): void {
    this.#figures = null;
    this.#averages = [];
  }

  /** A sample of `atMs` showed these figures. */
  saw(figures: readonly number[], atMs: number): void {
    if (this.#figures !== null && atMs === this.#atMs) return;
    // Where the clock was set back there is nothing to reckon from.
    const before = atMs > this.#atMs ? this.#figures : null;
    if (before !== null) this.#learnMode(before, figures, atMs);
    const averages: Average[] = [];
    for (let i = 0; i < figures.length; i++) {
      const print = Math.round((figures[i] ?? 0) * 100);
      if (i % perLine === 0 || !(print > 0)) continue;
      let [low, high] = unitsOf(print);
      const known = before?.[totalOf(i)] === figures[totalOf(i)] ? this.#averages.find(({index}) => index === i) : null;
      if (before !== null && known != null) {
        const from = Math.max(low, this.#faded(known, atMs, false));
        const to = Math.min(high, this.#faded(known, atMs, true));
        if (from <= to) [low, high] = [from, to];
      }
      const isTwin = averages.some((one) => one.print === print && isTwinOf(one, i, low, high));
      averages.push({index: i, print, low, high, isTwin});
    }
    this.#figures = figures;
    this.#atMs = atMs;
    this.#averages = averages;
  }

  /** The least (or, `isMost`, the most) that an average seen before can have come to by `atMs`, in the kernel's units. */
  #faded({index, low, high}: Average, atMs: number, isMost: boolean): number {
    const between = (atMs - this.#atMs) / periodMs;
    const [units, periods] = isMost ? [high, Math.floor(between)] : [low, Math.ceil(between)];
    const {stepwise} = this.#mode;
    const one = stepwise > 1 - sure ? stepped(units, index, periods) : atOnce(units, index, periods);
    const other = stepwise < sure ? atOnce(units, index, periods) : one;
    return isMost ? Math.max(one, other) : Math.min(one, other);
  }

  /** What is printed now tells how the periods since the known figures were worked off, where nothing stalled since. */
  #learnMode(before: readonly number[], figures: readonly number[], atMs: number): void {
    for (const average of this.#averages) {
      if (average.isTwin || before[totalOf(average.index)] !== figures[totalOf(average.index)]) continue;
      const print = Math.round((figures[average.index] ?? 0) * 100);
      this.#mode.learn(this.#printOdds(average, print, atMs, stepped), this.#printOdds(average, print, atMs, atOnce));
    }
  }

  #printOdds({index, low, high}: Average, print: number, atMs: number, fade: typeof stepped): number {
    let printed = 0;
    let all = 0;
    for (let units = low; units <= high; units += Math.max(1, (high - low) / 6)) {
      for (const phase of phases) {
        const periods = Math.floor((atMs - this.#atMs) / periodMs + phase);
        all += 1;
        if (printOf(fade(Math.floor(units), index, periods)) === print) printed += 1;
      }
    }
    return printed / all;
  }

  /**
   * The odds that samples of two moments print the same pressure where nothing has stalled since the known figures.
   * `shown` is what the later one is known to print; null where it is not known.
   */
  equalOdds(fromMs: number, toMs: number, shown: readonly number[] | null = null): number {
    const {stepwise} = this.#mode;
    const one = stepwise > 1 - sure ? this.#odds(fromMs, toMs, shown, stepped) : 0;
    return stepwise * one + (1 - stepwise) * (stepwise < sure ? this.#odds(fromMs, toMs, shown, atOnce) : one);
  }

  #odds(fromMs: number, toMs: number, shown: readonly number[] | null, fade: typeof stepped): number {
    let odds = 1;
    for (const {index, print, low, high, isTwin} of this.#averages) {
      if (isTwin) continue;
      const step = Math.max(1, (high - low) / 6);
      const printed = shown === null ? null : Math.round((shown[index] ?? 0) * 100);
      let same = 0;
      let all = 0;
      for (let units = low; units <= high; units += step) {
        for (const phase of phases) {
          const earlier = Math.max(0, Math.floor((fromMs - this.#atMs) / periodMs + phase));
          const later = Math.max(earlier, Math.floor((toMs - this.#atMs) / periodMs + phase));
          const before = earlier === 0 ? print : printOf(fade(Math.floor(units), index, earlier));
          const after = printOf(fade(Math.floor(units), index, later));
          if (printed !== null && after !== printed) continue;
          all += 1;
          if (before === after) same += 1;
        }
      }
      // What is shown is not what should be there: it did stall, or the kernel counts otherwise.
      odds *= all === 0 ? 0.3 : same / all;
      if (odds < 1e-3) return 1e-3;
    }
    return odds;
  }

  /**
   * The moment from which two samples `waitMs` apart more likely print the same pressure than not; null where that is
   * so already, or nothing is known.
   */
  fadedAt(waitMs: number): number | null {
    let latestMs: number | null = null;
    for (const {index, low, high} of this.#averages) {
      const span = spans[(index % perLine) - 1] ?? 0;
      // Rounding takes half a unit of each period's: this much constant fading goes with the exponential one.
      const lostASecond = 250 / periodMs;
      const seconds = waitMs / 1000;
      const room = perPrint / 2 - lostASecond * seconds;
      const still = Math.max(perPrint, room / (1 - Math.exp(-seconds / span)));
      const units = (low + high) / 2;
      if (units <= still) continue;
      const rest = lostASecond * span;
      const inMs = span * 1000 * Math.log((units + rest) / (still + rest));
      latestMs = Math.max(latestMs ?? 0, this.#atMs + inMs);
    }
    return latestMs;
  }
}

function isTwinOf(one: Average, index: number, low: number, high: number): boolean {
  if (one.index % perLine !== index % perLine) return false;
  return Math.abs(one.low - low) < 3 && Math.abs(one.high - high) < 3;
}

function totalOf(index: number): number {
  return index - (index % perLine);
}

function unitsOf(print: number): [low: number, high: number] {
  return [Math.ceil(print * perPrint), Math.ceil((print + 1) * perPrint) - 1];
}

function printOf(units: number): number {
  return Math.floor(units / perPrint);
}

/** After so many periods that were worked off one by one. */
function stepped(units: number, index: number, periods: number): number {
  const factor = factors[(index % perLine) - 1] ?? 0;
  let left = units;
  for (let i = 0; i < periods && left > 0; i++) left = (left * factor) >> 11;
  return left;
}

/** For so many periods, some minutes, the powers of each factor are remembered: they are asked for at every tick. */
const powersKept = 128;
const powers = factors.map((factor) => Float64Array.from({length: powersKept}, (_, i) => (factor / 2048) ** i));

function powerOf(of: number, exponent: number): number {
  return powers[of]?.[exponent] ?? ((factors[of] ?? 0) / 2048) ** exponent;
}

/** After so many periods that were worked off when somebody read the file: `calc_load_n`, and once more. */
function atOnce(units: number, index: number, periods: number): number {
  if (periods <= 0) return units;
  const of = (index % perLine) - 1;
  const missed = Math.floor(units * powerOf(of, periods - 1));
  return (missed * (factors[of] ?? 0)) >> 11;
}
