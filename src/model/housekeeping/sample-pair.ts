import type {Sample} from '../event.ts';
import {samePressure} from './pressure.ts';
import {cacheMs} from './rule.ts';

/* What two samples of one target are to each other, and where in time each of them lies. */

/** A wait of about so long leaves cAdvisor one sample, too. */
const nearlyCacheMs = 0.95 * cacheMs;
/** The cgroup of a pod that was made anew is gone after so long, if ever it lingers. */
const formerMs = 120_000;
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

/** Whether an answer says nothing of a tick that the older one did not say. */
export function isRepeated(older: Sample, newer: Sample): boolean {
  return (
    older.at === newer.at &&
    older.precision === newer.precision &&
    isKnown(older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds) &&
    isKnown(older.usageNanoCores, newer.usageNanoCores) &&
    isKnown(older.workingSetBytes, newer.workingSetBytes) &&
    (newer.fingerprint === '' || newer.fingerprint === older.fingerprint) &&
    (newer.pressure == null || (older.pressure != null && samePressure(older.pressure, newer.pressure))) &&
    isKnown(older.startedAt, newer.startedAt) &&
    isKnown(older.uid, newer.uid)
  );
}

function isKnown(older: number | string | null, newer: number | string | null): boolean {
  return newer === null || newer === older;
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
    pressure: newer.pressure ?? older.pressure ?? null,
    startedAt: newer.startedAt ?? older.startedAt,
    uid: newer.uid ?? older.uid,
  };
}

/** A container restarted or a pod was made anew under the same name: the counter fell, the start or the uid moved. */
export function isOtherContainer(older: Sample, newer: Sample): boolean {
  if (older.uid !== null && newer.uid !== null && older.uid !== newer.uid) return true;
  // The runtime's value was younger than the tick that cAdvisor still has of the same life.
  if (newer.at < older.at && newer.startedAt !== null && newer.startedAt === older.startedAt) return false;
  const cpu = [older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds];
  if (cpu[0] != null && cpu[1] != null && cpu[1] < cpu[0] - 1000) return true;
  return older.startedAt !== null && newer.startedAt !== null && newer.startedAt > older.startedAt + 2000;
}

/**
 * Whether a sample belongs to the container or pod that was there before the present one: for some seconds an answer
 * can have either, while the old cgroup is not gone yet.
 */
export function isOfFormer(sample: Sample, former: Sample, present: Sample): boolean {
  if (sample.uid !== null && present.uid !== null && former.uid !== null && former.uid !== present.uid)
    return sample.uid === former.uid;
  const [was, is, now] = [former.startedAt, present.startedAt, sample.startedAt];
  if (was !== null && is !== null && now !== null && is > was + 2000) return now <= was + 2000;
  const [before, current, counted] = [former, present, sample].map(({usageCoreNanoSeconds}) => usageCoreNanoSeconds);
  if (before == null || current == null || counted == null || counted < before || current >= before) return false;
  return sample.at >= former.at && sample.at - former.at < formerMs && counted - before < 0.1 * (counted - current);
}

/**
 * cAdvisor gives a rate of 0 with the first sample of a timer, whatever was used: a counter that moved by a millisecond
 * beside a rate of 0 tells of one.
 */
export function isFirstOfTimer(older: Sample, newer: Sample): boolean {
  if (older.usageNanoCores === 0 || newer.at - older.at > nearlyCacheMs) return false;
  return hasNoRate(older, newer);
}

/** Whether the rate of the newer sample is 0 although the counter moved by a millisecond: cAdvisor has no second one. */
export function hasNoRate(older: Sample, newer: Sample): boolean {
  if (newer.usageNanoCores !== 0) return false;
  const [before, after] = [older.usageCoreNanoSeconds, newer.usageCoreNanoSeconds];
  return before !== null && after !== null && after - before > 1e6;
}
