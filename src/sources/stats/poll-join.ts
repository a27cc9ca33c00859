import type {Poll} from '../../model/event.ts';
import {SampleMarks, type UnmarkedSample} from '../../model/sample-marks.ts';
import {isSystem, type Target, targetKey} from '../../model/target.ts';
import {type LocalMs, nodeMs} from '../../model/time.ts';
import type {ResourceAnswer, ResourceFigures} from './resource-metrics.ts';
import type {SummaryAnswer, SummaryFigures} from './summary.ts';

/** Where the second request went out so much later than the first, its answer is of another moment. */
export const apartMs = 1000;

/** Whether two requests, one after the other, went out so close together that their answers are of one moment. */
export function isOneMoment(first: {readonly sentAt: LocalMs}, second: {readonly sentAt: LocalMs}): boolean {
  return Math.abs(second.sentAt - first.sentAt) < apartMs;
}

/** The answers of one poll; one of the two suffices. */
export interface PollAnswers {
  readonly sentAt: LocalMs;
  /** When the last of the answers was complete, and when that of `/metrics/resource` was, where it is not the last. */
  readonly receivedAt: LocalMs;
  readonly resourceAt?: LocalMs | undefined;
  readonly summary: SummaryAnswer | null;
  readonly resource: ResourceAnswer | null;
}

/**
 * Joins the two endpoints: the millisecond is `/metrics/resource`'s, the further figures are the summary's where both
 * speak of the same sample. A summary is remembered, so that a poll of `/metrics/resource` alone still finds the
 * figures of a sample that was summarised before. It marks what is new, so it is kept as long as the kubelet is watched,
 * over all routes.
 */
export class PollJoin {
  readonly #marks = new SampleMarks();
  #remembered: ReadonlyMap<string, SummaryFigures> = new Map();
  /** What the newest summary left to be said. */
  #summaryProblems: readonly string[] = [];

  /** Joins the answers of both endpoints to one poll. */
  join({sentAt, receivedAt, resourceAt, summary, resource}: PollAnswers): Poll {
    if (summary !== null) this.#remember(summary);
    const precise = this.#oneEach(resource);
    const samples: UnmarkedSample[] = [];
    for (const [key, figures] of precise) samples.push(preciseSample(figures, this.#remembered.get(key) ?? null));
    let isOfSummary = false;
    // Who lacks in an answer of which the kubelet says that it is not whole has not ended.
    if (summary !== null || resource?.isScrapeError === true) {
      for (const [key, figures] of this.#remembered) {
        if (precise.has(key)) continue;
        samples.push(coarseSample(figures));
        isOfSummary ||= !isSystem(figures.target);
      }
    }
    const problems = [
      ...(resource?.problems ?? []),
      ...doubleProblem(resource?.figures ?? []),
      ...this.#summaryProblems,
    ];
    const partial = resource?.isScrapeError === true && ({isPartial: true} as const);
    // The summary adds figures to the samples that the answer before it has shown, and no sample of its own.
    const isShownBefore = resourceAt !== undefined && resourceAt < receivedAt && precise.size > 0 && !isOfSummary;
    const shown = isShownBefore && {shownAt: resourceAt};
    const marked = this.#marks.mark(samples);
    return {sentAt, receivedAt, ...shown, samples: marked, problems: [...new Set(problems)], ...partial};
  }

  /** Whether an answer holds a sample of a watched target that no poll has shown. */
  hasNews(resource: ResourceAnswer, watches: (target: Target) => boolean): boolean {
    for (const {target, atMs} of this.#oneEach(resource).values()) {
      if (watches(target) && this.#marks.isNew(target, atMs)) return true;
    }
    return false;
  }

  #remember(summary: SummaryAnswer): void {
    const remembered = new Map<string, SummaryFigures>();
    for (const figures of summary.figures) {
      const key = targetKey(figures.target);
      const rival = remembered.get(key);
      if (rival === undefined || isNewerInstance(figures, rival)) remembered.set(key, figures);
    }
    this.#remembered = remembered;
    this.#summaryProblems = [...summary.problems, ...doubleProblem(summary.figures)];
  }

  /** One series a name. Two of one name differ in nothing but their figures: the newest instance's goes on from its own. */
  #oneEach(resource: ResourceAnswer | null): ReadonlyMap<string, ResourceFigures> {
    const chosen = new Map<string, ResourceFigures>();
    for (const figures of resource?.figures ?? []) {
      const key = targetKey(figures.target);
      const rival = chosen.get(key);
      if (rival === undefined || this.#goesOnBetter(figures, rival, key)) chosen.set(key, figures);
    }
    return chosen;
  }

  #goesOnBetter(figures: ResourceFigures, rival: ResourceFigures, key: string): boolean {
    const summary = this.#remembered.get(key) ?? null;
    if (summary !== null && isSameSample(rival, summary)) return false;
    if (summary !== null && isSameSample(figures, summary)) return true;
    // Where nothing else is known, the lower counter is the younger.
    const from = Math.max(summary?.usageCoreNanoSeconds ?? 0, this.#marks.counterOf(figures.target) ?? 0);
    return Math.abs(figures.usageCoreNanoSeconds - from) < Math.abs(rival.usageCoreNanoSeconds - from);
  }
}

/** So many names are told of a problem that many can have. */
const namesTold = 3;

/** A pod that was made anew while a cgroup of its forerunner is still there stands in an answer twice. */
function doubleProblem(figures: readonly {readonly target: Target}[]): readonly string[] {
  const once = new Set<string>();
  const double = new Set<string>();
  for (const {target} of figures) {
    const key = targetKey(target);
    if (once.has(key) && !isSystem(target)) double.add(`${target.namespace}/${target.pod}`);
    once.add(key);
  }
  if (double.size === 0) return [];
  const [first = '', ...more] = [...double].slice(0, namesTold);
  const others = double.size > namesTold ? ` and ${double.size - namesTold} more` : '';
  return [`the kubelet tells twice of ${[first, ...more].join(', ')}${others}: shown is what started last`];
}

/** The one that started last; where that is not known, the one sampled last. */
function isNewerInstance(figures: SummaryFigures, rival: SummaryFigures): boolean {
  const later = (figures.startedAtMs ?? 0) - (rival.startedAtMs ?? 0);
  return later === 0 ? figures.atMs > rival.atMs : later > 0;
}

function preciseSample(figures: ResourceFigures, summary: SummaryFigures | null): UnmarkedSample {
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
    pressure: same?.pressure ?? null,
    startedAt: startedAt === null ? null : nodeMs(Math.floor(startedAt / 1000) * 1000),
    uid: summary?.uid ?? null,
  };
}

function coarseSample(figures: SummaryFigures): UnmarkedSample {
  return {
    target: figures.target,
    at: nodeMs(figures.atMs),
    precision: 's',
    usageCoreNanoSeconds: figures.usageCoreNanoSeconds,
    usageNanoCores: figures.usageNanoCores,
    workingSetBytes: figures.workingSetBytes,
    fingerprint: figures.fingerprint,
    pressure: figures.pressure,
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
