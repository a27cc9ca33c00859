import type {Sample} from '../event.ts';
import type {LocalMs} from '../time.ts';

/** `startTime` has whole seconds in one endpoint and a fraction in the other; less is no restart. */
const sameStartMs = 2_000;

/** A sample that can be counted from. */
export interface CounterSample {
  readonly sample: Sample;
  readonly atMs: number;
  readonly usageNs: number;
  readonly seenAt: LocalMs;
}

/** Only for samples without a problem. */
export function counterSampleOf(sample: Sample, seenAt: LocalMs): CounterSample {
  // Where only the whole second is known, the middle of that second is the best guess.
  const atMs = sample.precision === 's' ? sample.at + 500 : sample.at;
  return {sample, atMs, usageNs: sample.usageCoreNanoSeconds ?? 0, seenAt};
}

/** Why a sample cannot be counted from; null where it can. */
export function problemOf(sample: Sample): string | null {
  if (!Number.isFinite(sample.at)) return 'no time of the sample in the answer';
  if (sample.usageCoreNanoSeconds === null) return 'no usageCoreNanoSeconds in the answer';
  if (!Number.isFinite(sample.usageCoreNanoSeconds) || sample.usageCoreNanoSeconds < 0) {
    return 'usageCoreNanoSeconds is not a counter';
  }
  return null;
}

/** Did the container start again between the two, or another pod take its name? */
export function isRestart(a: Sample, b: Sample): boolean {
  if (a.uid !== null && b.uid !== null && a.uid !== b.uid) return true;
  if (a.startedAt === null || b.startedAt === null) return false;
  return Math.abs(a.startedAt - b.startedAt) > sameStartMs;
}

/** A figure that can be shown; anything odd is unknown. */
export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}
