import type {Evidence} from './evidence.ts';
import {FadingMode} from './pressure.ts';

/** After so long without a visible change (ms) the next share counts: what is unseen fades with the time. */
const quietSteps: readonly number[] = [20_000, 45_000, 90_000, 180_000, 360_000];
/** P(StatsEq) of samples that look equal where pressure is compared and not shown, by that time, before anything is learned. */
const underPressure: readonly number[] = [0.25, 0.3, 0.4, 0.5, 0.75, 0.93];
/** The same where nothing unseen is known of. */
const undisturbed = 0.985;
const disturbed = 0.995;
/** How many comparisons what is believed from the start weighs. */
const priorWeight = 3;
/** What is learned fades slowly: what runs on a node changes. */
const nodeMemory = 0.985;

/** How much a comparison was found to be equal and unequal by the wait after it. */
export interface Verdict {
  readonly equal: number;
  readonly unequal: number;
}

/** How much of two samples was compared. */
export type Compared = (Evidence & {kind: 'equal'})['compared'];

/** Counts of equal and unequal comparisons, by the time since the last visible change. */
export interface Counts {
  readonly equal: number[];
  readonly unequal: number[];
}

/**
 * What a node's samples do not show (pressure that the kubelet keeps to itself, disk, network), as far as the waits
 * tell how often samples that look equal were not. One for the pods and one for the containers of a node: some
 * kubelets show the pressure of one and not of the other.
 */
export class UnseenBelief {
  /** The odds that this node's `StatsEq` compares no pressure that we do not see. */
  #free = 1;
  /** How their pressure fades. */
  readonly mode: FadingMode;
  #shows: 'pressure' | 'no pressure' | null = null;
  #beside: UnseenBelief | null = null;
  readonly #counts = new Map<Compared, Counts>();

  constructor(isContainer: boolean) {
    this.mode = new FadingMode(isContainer);
  }

  /** Takes over what another one has learned; whom it stands beside is its own. */
  takeOver(other: UnseenBelief): void {
    this.#free = other.#free;
    this.#shows = other.#shows;
    this.mode.takeOver(other.mode);
    this.#counts.clear();
    for (const [compared, counts] of other.#counts) this.#counts.set(compared, copyOfCounts(counts));
  }

  /** A summary showed the figures of one of these, with or without pressure. An upgrade of the kubelet changes that. */
  showed(pressure: boolean): void {
    const shows = pressure ? 'pressure' : 'no pressure';
    if (this.#shows === shows) return;
    this.#shows = shows;
    this.#free = pressure ? 0.02 : this.#beside?.shows === 'pressure' ? 0.05 : 12;
    this.#counts.delete('figures');
    this.#counts.delete('counters');
    if (pressure) this.#beside?.besideShows();
  }

  /** The node's other belief: who of the two shows pressure tells the other that it is there, and unseen. */
  beside(other: UnseenBelief): void {
    this.#beside = other;
  }

  /** What the answers show of these cgroups; null before the first. */
  get shows(): 'pressure' | 'no pressure' | null {
    return this.#shows;
  }

  /** The node's other cgroups show pressure: then it is compared for these, too. */
  besideShows(): void {
    if (this.#shows !== 'pressure') this.#free = Math.min(this.#free, 0.05);
  }

  /** P(StatsEq) of two samples that look equal, so long after the last change that could be seen. */
  probability(compared: Compared, quietMs: number): number {
    const step = quietStep(quietMs);
    const counts = this.#counts.get(compared);
    const weight = priorWeight + (counts?.equal[step] ?? 0) + (counts?.unequal[step] ?? 0);
    return (priorWeight * this.#prior(compared, step) + (counts?.equal[step] ?? 0)) / weight;
  }

  /** The wait after such a comparison told what it had been. */
  judged(compared: Compared, quietMs: number, {equal, unequal}: Verdict): void {
    const step = quietStep(quietMs);
    const counts = this.#counts.get(compared) ?? {equal: quietZeros(), unequal: quietZeros()};
    this.#counts.set(compared, counts);
    counts.equal[step] = nodeMemory * (counts.equal[step] ?? 0) + equal;
    counts.unequal[step] = nodeMemory * (counts.unequal[step] ?? 0) + unequal;
    if (compared === 'pressure') return;
    const fading = underPressure[step] ?? 0.9;
    const ratio = (undisturbed / fading) ** equal * ((1 - undisturbed) / (1 - fading)) ** unequal;
    this.#free = Math.min(1e3, Math.max(1e-3, this.#free * ratio));
  }

  #prior(compared: Compared, step: number): number {
    if (compared === 'pressure') return disturbed;
    const free = this.#free / (1 + this.#free);
    return free * undisturbed + (1 - free) * (underPressure[step] ?? 0.9);
  }
}

/** Index of the time since the last visible change among those that are counted apart. */
export function quietStep(quietMs: number): number {
  let step = 0;
  while (step < quietSteps.length && quietMs >= (quietSteps[step] ?? 0)) step++;
  return step;
}

/** A zero for each of those times. */
export function quietZeros(): number[] {
  return new Array<number>(quietSteps.length + 1).fill(0);
}

/** The same counts, to count on apart. */
export function copyOfCounts({equal, unequal}: Counts): Counts {
  return {equal: [...equal], unequal: [...unequal]};
}
