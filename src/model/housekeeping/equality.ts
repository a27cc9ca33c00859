import type {Sample} from '../event.ts';
import {compareSamples, type Evidence, unknownEvidence} from './evidence.ts';
import {type FadingMode, FadingPressure, isFading} from './pressure.ts';
import {
  type Compared,
  copyOfCounts,
  type Counts,
  quietStep,
  quietZeros,
  type UnseenBelief,
  type Verdict,
} from './unseen-belief.ts';

/** How many comparisons of its own weigh as much as what the node's others have taught. */
const nodeWeight = 4;
/** What is learned of a target fades: what runs in it changes. */
const memory = 0.92;
/** Odds of pressure that stayed the same from which on a comparison counts as one of all the figures. */
const plain = 0.97;
/** Odds that pressure of which nothing is left stood at nothing a tick before, too. */
const goneBefore = 0.9;

/**
 * Compares the samples of one target from tick to tick, as cAdvisor's `StatsEq` does, and says how likely the two
 * newest are equal: by what is seen, by what the pressure that was seen earlier must have come to, and by how often
 * samples that look equal turned out not to be.
 */
export class Equality {
  readonly #unseen: UnseenBelief;
  readonly #fading: FadingPressure;
  readonly #counts = new Map<Compared, Counts>();
  #older: Sample | null = null;
  #evidence: Evidence = unknownEvidence;
  /** The odds that pressure which is not shown stayed the same; null where nothing is known of it. */
  #odds: number | null = null;
  /** The newest tick at which something but pressure was seen to change. */
  #changedMs: number;
  #quietMs = 0;
  #idle = 0.5;

  constructor(first: Sample, unseen: UnseenBelief) {
    this.#unseen = unseen;
    this.#fading = new FadingPressure(unseen.mode);
    this.#changedMs = first.at;
    this.#show(first);
  }

  /** Takes over what another one knows of its target. */
  takeOver(other: Equality): void {
    this.#fading.takeOver(other.#fading);
    this.#counts.clear();
    for (const [compared, counts] of other.#counts) this.#counts.set(compared, copyOfCounts(counts));
    this.#older = other.#older;
    this.#evidence = other.#evidence;
    this.#odds = other.#odds;
    this.#changedMs = other.#changedMs;
    this.#quietMs = other.#quietMs;
    this.#idle = other.#idle;
  }

  /** What was seen of the two newest samples. */
  get evidence(): Evidence {
    return this.#evidence;
  }

  /** How often successive samples of this target are equal: all there is where nothing was seen. */
  get idle(): number {
    return this.#idle;
  }

  /** P(StatsEq) of the two newest samples. */
  get probability(): number {
    switch (this.#evidence.kind) {
      case 'changed':
        return 1e-4;
      case 'unknown':
        return this.#idle;
      case 'equal':
        return this.#odds === null
          ? this.#seemsEqual(this.#evidence.compared)
          : this.#odds * this.#seemsEqual('pressure');
    }
  }

  /** When pressure will have faded so far that samples `waitMs` apart show the same of it; null where they do now. */
  fadedAt(waitMs: number): number | null {
    return this.#fading.fadedAt(waitMs);
  }

  /** A tick: its sample, and the one before; null where the two must not be compared. */
  compare(older: Sample | null, newer: Sample): void {
    if (this.#evidence.kind !== 'unknown') {
      this.#idle += 0.1 * (Math.min(0.98, Math.max(0.02, this.probability)) - this.#idle);
    }
    this.#older = older;
    this.#odds = null;
    this.#evidence = compareSamples(older, newer);
    if (older === null || (this.#evidence.kind === 'changed' && this.#evidence.what !== 'pressure')) {
      this.#changedMs = newer.at;
      // It has worked: whether something stalled then is told by the figures of this sample, or not at all.
      this.#fading.lose();
    }
    this.#quietMs = Math.max(0, newer.at - this.#changedMs);
    this.#reckon(newer);
    this.#show(newer);
  }

  /** More is known of the newest sample. Returns whether that changes what is thought of it. */
  refine(newer: Sample): boolean {
    if (this.#older === null) {
      this.#show(newer);
      return false;
    }
    const before = this.probability;
    const evidence = compareSamples(this.#older, newer);
    if (evidence.kind === 'changed' && evidence.what !== 'pressure' && this.#evidence.kind !== 'changed') {
      this.#changedMs = newer.at;
      this.#quietMs = 0;
      this.#fading.lose();
    }
    this.#evidence = evidence;
    this.#reckon(newer);
    this.#show(newer);
    return Math.abs(this.probability - before) > 1e-6;
  }

  /** The samples before must not be compared with those that come. */
  forget(): void {
    this.#older = null;
  }

  /** The wait after the newest comparison told what that had been. */
  judged(verdict: Verdict): void {
    if (this.#evidence.kind !== 'equal' || (this.#odds !== null && this.#odds < plain)) return;
    const compared = this.#odds === null ? this.#evidence.compared : 'pressure';
    const step = quietStep(this.#quietMs);
    const counts = this.#counts.get(compared) ?? {equal: quietZeros(), unequal: quietZeros()};
    this.#counts.set(compared, counts);
    counts.equal[step] = memory * (counts.equal[step] ?? 0) + verdict.equal;
    counts.unequal[step] = memory * (counts.unequal[step] ?? 0) + verdict.unequal;
    this.#unseen.judged(compared, this.#quietMs, verdict);
  }

  #seemsEqual(compared: Compared): number {
    const step = quietStep(this.#quietMs);
    const counts = this.#counts.get(compared);
    const [equal, unequal] = [counts?.equal[step] ?? 0, counts?.unequal[step] ?? 0];
    const known = this.#unseen.probability(compared, this.#quietMs);
    return (nodeWeight * known + equal) / (nodeWeight + equal + unequal);
  }

  /** Reckons the pressure that the two samples do not show. */
  #reckon(newer: Sample): void {
    const older = this.#older;
    if (older === null || this.#evidence.kind !== 'equal' || this.#evidence.compared === 'pressure') {
      this.#odds = null;
      return;
    }
    // Its figures are taken in already: there is nothing new to reckon with.
    if (this.#fading.atMs === newer.at) return;
    const shown = newer.pressure ?? null;
    if (this.#fading.isKnown) this.#odds = this.#fading.equalOdds(older.at, newer.at, shown);
    else this.#odds = shown === null ? null : oddsBackwards(older, newer, shown, this.#unseen.mode);
  }

  #show(sample: Sample): void {
    const pressure = sample.pressure ?? null;
    if (sample.fingerprint !== '') this.#unseen.showed(pressure !== null);
    if (pressure !== null) this.#fading.saw(pressure, sample.at);
  }
}

/** The odds that the older sample printed what the newer one shows: as it fades on, so it faded before. */
function oddsBackwards(older: Sample, newer: Sample, shown: readonly number[], mode: FadingMode): number {
  if (!isFading(shown)) return goneBefore;
  const fading = new FadingPressure(mode);
  fading.saw(shown, newer.at);
  return fading.equalOdds(newer.at, newer.at + Math.max(0, newer.at - older.at));
}
