import type {Sample} from '../event.ts';

/* What two samples of one target are to each other, and where in time each of them lies. */

/** Half of what a millisecond timestamp leaves open, with the clock's own adjustments. */
const stampUncertaintyMs = 3;

/** Where the sample lies in time, in unix ms: the middle of its second where only that is known. */
export function middle(sample: Sample): number {
  return sample.precision === 's' ? sample.at + 500 : sample.at;
}

/** How far `middle` may be off, in ms. */
export function uncertaintyMs(sample: Sample): number {
  return sample.precision === 's' ? 500 : stampUncertaintyMs;
}

/** One tick, seen twice: the join of the endpoints has decided that. */
export function sameTick(_older: Sample, newer: Sample): boolean {
  return newer.novelty !== 'new';
}

/** The newer answer, with what only the older one knew. */
export function merge(older: Sample, newer: Sample): Sample {
  const precise = older.precision === 'ms' ? older : newer;
  return {
    ...newer,
    at: precise.at,
    precision: precise.precision,
    usageNanoCores: newer.usageNanoCores ?? older.usageNanoCores,
    workingSetBytes: newer.workingSetBytes ?? older.workingSetBytes,
    fingerprint: newer.fingerprint === '' ? older.fingerprint : newer.fingerprint,
    startedAt: newer.startedAt ?? older.startedAt,
    uid: newer.uid ?? older.uid,
  };
}

/** A container restarted or a pod was made anew under the same name: the counter fell, the start or the uid moved. */
export function isOtherContainer(older: Sample, newer: Sample): boolean {
  if (older.uid !== null && newer.uid !== null && older.uid !== newer.uid) return true;
  const cpu = [older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds];
  if (cpu[0] != null && cpu[1] != null && cpu[1] < cpu[0] - 1000) return true;
  return older.startedAt !== null && newer.startedAt !== null && newer.startedAt > older.startedAt + 2000;
}

/**
 * cAdvisor gives a rate of 0 with the first sample of a timer, whatever was used: a counter that moved by a millisecond
 * beside a rate of 0 tells of one.
 */
export function isFirstOfTimer(older: Sample, newer: Sample): boolean {
  if (newer.usageNanoCores !== 0 || older.usageNanoCores === 0) return false;
  const [before, after] = [older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds];
  return before !== null && after !== null && after - before > 1e6;
}
