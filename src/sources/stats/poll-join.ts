import type {Poll, Sample} from '../../model/event.ts';
import {targetKey} from '../../model/target.ts';
import {type LocalMs, nodeMs} from '../../model/time.ts';
import type {ResourceAnswer, ResourceFigures} from './resource-metrics.ts';
import type {SummaryAnswer, SummaryFigures} from './summary.ts';

/** The answers of one poll; one of the two suffices. */
export interface PollAnswers {
  readonly sentAt: LocalMs;
  readonly receivedAt: LocalMs;
  readonly summary: SummaryAnswer | null;
  readonly resource: ResourceAnswer | null;
}

/**
 * Joins the two endpoints: the millisecond is `/metrics/resource`'s, the further figures are the summary's where both
 * speak of the same sample. A summary is remembered, so that a poll of `/metrics/resource` alone still finds the
 * figures of a sample that was summarised before.
 */
export class PollJoin {
  #remembered = new Map<string, SummaryFigures>();

  /** Joins the answers of both endpoints to one poll. */
  join({sentAt, receivedAt, summary, resource}: PollAnswers): Poll {
    if (summary !== null) this.#remembered = new Map(summary.figures.map((f) => [targetKey(f.target), f]));
    const samples: Sample[] = [];
    const precise = new Set<string>();
    for (const figures of resource?.figures ?? []) {
      const key = targetKey(figures.target);
      precise.add(key);
      samples.push(preciseSample(figures, this.#remembered.get(key) ?? null));
    }
    for (const figures of summary?.figures ?? []) {
      if (!precise.has(targetKey(figures.target))) samples.push(coarseSample(figures));
    }
    return {sentAt, receivedAt, samples, problems: [...(resource?.problems ?? []), ...(summary?.problems ?? [])]};
  }
}

function preciseSample(figures: ResourceFigures, summary: SummaryFigures | null): Sample {
  const same = summary !== null && isSameSample(figures, summary) ? summary : null;
  const startedAt = figures.startedAtMs ?? summary?.startedAtMs ?? null;
  return {
    target: figures.target,
    at: nodeMs(figures.atMs),
    precision: 'ms',
    // The summary's integer has every nanosecond; the other one went through a double of seconds.
    usageCoreNanoSeconds: same?.usageCoreNanoSeconds ?? figures.usageCoreNanoSeconds,
    usageNanoCores: same?.usageNanoCores ?? null,
    workingSetBytes: figures.workingSetBytes ?? same?.workingSetBytes ?? null,
    fingerprint: same?.fingerprint ?? '',
    startedAt: startedAt === null ? null : nodeMs(Math.floor(startedAt / 1000) * 1000),
    uid: summary?.uid ?? null,
  };
}

function coarseSample(figures: SummaryFigures): Sample {
  return {
    target: figures.target,
    at: nodeMs(figures.atMs),
    precision: 's',
    usageCoreNanoSeconds: figures.usageCoreNanoSeconds,
    usageNanoCores: figures.usageNanoCores,
    workingSetBytes: figures.workingSetBytes,
    fingerprint: figures.fingerprint,
    startedAt: figures.startedAtMs === null ? null : nodeMs(figures.startedAtMs),
    uid: figures.uid,
  };
}

/** The summary cuts the time to its second; the counter decides between two samples of one second. */
function isSameSample(precise: ResourceFigures, summary: SummaryFigures): boolean {
  if (Math.floor(precise.atMs / 1000) * 1000 !== summary.atMs) return false;
  const cpu = summary.usageCoreNanoSeconds;
  return cpu === null || Math.abs(cpu - precise.usageCoreNanoSeconds) <= 1000;
}
