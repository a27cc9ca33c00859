import type {Sample} from '../event.ts';
import {samePressure} from './pressure.ts';

/**
 * What two samples say of cAdvisor's `StatsEq`, which compares everything and of which we see a part: one figure that
 * differs is proof against it. Equal samples are the better evidence the more of them was compared: the counter and
 * the working set of `/metrics/resource` alone, the summary's further figures, or its pressure as well.
 */
export type Evidence =
  | {readonly kind: 'unknown'}
  | {readonly kind: 'changed'; readonly what: 'cpu' | 'memory' | 'pressure'}
  | {readonly kind: 'equal'; readonly compared: 'counters' | 'figures' | 'pressure'};

export const unknownEvidence: Evidence = {kind: 'unknown'};

/** Compares two samples of one target that were taken at successive ticks. */
export function compareSamples(older: Sample | null, newer: Sample): Evidence {
  if (older === null) return unknownEvidence;
  const cpu = compareFigure(older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds);
  if (cpu === 'changed') return {kind: 'changed', what: 'cpu'};
  const memory = compareFigure(older.workingSetBytes, newer.workingSetBytes);
  const bothPrinted = older.fingerprint !== '' && newer.fingerprint !== '';
  if (memory === 'changed' || (bothPrinted && older.fingerprint !== newer.fingerprint))
    return {kind: 'changed', what: 'memory'};
  const pressures = [older.pressure ?? null, newer.pressure ?? null] as const;
  const [before, after] = pressures;
  if (before !== null && after !== null && !samePressure(before, after)) return {kind: 'changed', what: 'pressure'};
  if (cpu === 'unknown') return unknownEvidence;
  if (!bothPrinted || memory !== 'same') return {kind: 'equal', compared: 'counters'};
  return {kind: 'equal', compared: before !== null && after !== null ? 'pressure' : 'figures'};
}

function compareFigure(older: number | null, newer: number | null): 'same' | 'changed' | 'unknown' {
  if (older === null || newer === null) return 'unknown';
  // `/metrics/resource` prints seconds as a double: past a hundred CPU days it rounds the last nanoseconds.
  return Math.abs(newer - older) <= 1 + 4e-16 * Math.abs(newer) ? 'same' : 'changed';
}
