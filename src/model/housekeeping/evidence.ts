import type {Sample} from '../event.ts';

/**
 * What two samples say of cAdvisor's `StatsEq`, which compares everything and of which we see a part: one figure that
 * differs is proof against it; `same` is all of CPU, working set, usage, RSS and page faults equal; `alike` only the
 * first two, because the other figures were not in the answers.
 */
export type Evidence = 'same' | 'alike' | 'changed' | 'unknown';

/** Compares two samples of one target that were taken at successive ticks. */
export function compareSamples(older: Sample | null, newer: Sample): Evidence {
  if (older === null) return 'unknown';
  const cpu = compareFigure(older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds);
  const memory = compareFigure(older.workingSetBytes, newer.workingSetBytes);
  const bothPrinted = older.fingerprint !== '' && newer.fingerprint !== '';
  if (cpu === 'changed' || memory === 'changed') return 'changed';
  if (bothPrinted && older.fingerprint !== newer.fingerprint) return 'changed';
  if (cpu === 'unknown') return 'unknown';
  return bothPrinted && memory === 'same' ? 'same' : 'alike';
}

function compareFigure(older: number | null, newer: number | null): Evidence {
  if (older === null || newer === null) return 'unknown';
  // `/metrics/resource` prints seconds as a double: past a hundred CPU days it rounds the last nanoseconds.
  return Math.abs(newer - older) <= 1 + 4e-16 * Math.abs(newer) ? 'same' : 'changed';
}

/** Learns, for one target, how far its samples can be trusted to be equal when they look equal. */
export class EqualityBelief {
  #equal = 3;
  #unequal = 0.03;
  #idle = 0.5;

  /** How often successive samples of this target are equal: all there is where nothing was seen. */
  get idle(): number {
    return this.#idle;
  }

  /** P(StatsEq) for what was seen. */
  probability(evidence: Evidence): number {
    const seemsEqual = this.#equal / (this.#equal + this.#unequal);
    switch (evidence) {
      case 'same':
        return seemsEqual;
      case 'alike':
        return seemsEqual * 0.98;
      case 'changed':
        return 1e-4;
      case 'unknown':
        return this.#idle;
    }
  }

  /** One more comparison was seen. */
  saw(evidence: Evidence): void {
    if (evidence !== 'unknown') this.#idle += 0.1 * ((evidence === 'changed' ? 0.02 : 0.98) - this.#idle);
  }

  /** The wait after a comparison of equal-looking samples told what the comparison had been. */
  judged(verdict: {readonly equal: number; readonly unequal: number}): void {
    this.#equal = Math.max(0.3, 0.92 * this.#equal + verdict.equal);
    this.#unequal = Math.max(0.03, 0.92 * this.#unequal + verdict.unequal);
  }
}
