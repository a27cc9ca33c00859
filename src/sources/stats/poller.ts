import type {Poll} from '../../model/event.ts';
import {describeFailure, type Failure, FailureError, toFailure} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {localMs, nodeMs, type LocalMs} from '../../model/time.ts';
import type {KubeletReply, KubeletRoute} from '../../nodes/node.ts';
import {replyProblem} from '../../nodes/kube/reply-problem.ts';
import {deniedFailure, isRefusal} from '../../nodes/kube/rights.ts';
import {elapsedMs} from '../../util/elapsed.ts';
import {Patience} from './patience.ts';
import {apartMs, isOneMoment, PollJoin} from './poll-join.ts';
import {ResourceMetricsReader, type ResourceAnswer} from './resource-metrics.ts';
import {parseSummary, type SummaryAnswer} from './summary.ts';

export const summaryPath = '/stats/summary?only_cpu_and_memory=true';
export const resourcePath = '/metrics/resource';

/** Even if nothing watched was sampled anew, the summary is asked this often: uids and start times are in it. */
const summaryEveryMs = 20_000;
/** New samples of so long a time share a summary: the requests saved find the next ticks sooner. */
const summaryGapMs = 5000;
/** An endpoint that was refused or is not there is tried again after this long. */
const retryRefusedMs = 30_000;

/** One that failed otherwise (500, a time-out, no figures in the answer) is tried again after this long. */
const retryFailedMs = 10_000;

/** After a time-out, so many times as long as was waited: else hardly anything but waiting would be done. */
const retryTimes = 3;

/** What the polls are for. */
export interface WatchedStats {
  /** Whether a new sample of this target deserves a summary at once, for the figures that only the summary has. */
  watches(target: Target): boolean;
  /**
   * How often the summary is asked for where nothing watched is new, in ms; null, or absent: as usual. `Infinity`: only
   * where `/metrics/resource` fails, which is half of the requests of many nodes.
   */
  summaryEveryMs?(): number | null;
}

/** An endpoint that the kubelet does not give us: why, since when, and how soon it is asked again. */
interface Refusal {
  readonly failure: Failure;
  readonly at: LocalMs;
  readonly retryMs: number;
}

/**
 * Makes polls over one open route. `/metrics/resource` alone finds new samples; the summary follows when a watched
 * target has one, for the figures that only it has, but not more often than every few seconds. One of the two suffices where the other is forbidden or missing.
 */
export class StatsPoller {
  readonly #route: KubeletRoute;
  readonly #watched: WatchedStats;
  readonly #now: () => LocalMs;
  readonly #join: PollJoin;
  readonly #resourceMetrics = new ResourceMetricsReader();
  readonly #refused = new Map<string, Refusal>();
  #hasNews = false;
  #summaryAt = Number.NEGATIVE_INFINITY;
  /** The first half of a poll was handed out: the summary is next. */
  #owesSummary = false;
  /** The kubelet said the last time that it could not collect what `/metrics/resource` tells. */
  #isUncollected = false;
  /** The newest poll lived from the summary alone, so that the kubelet is known to answer. */
  #isSummaryWell = false;
  /** The other half is there already: it was asked for too late to be of one moment with the first. */
  #lateSummary: {readonly reply: KubeletReply; readonly summary: SummaryAnswer} | null = null;
  /** When the poll that runs began, unix ms: what its requests have in common in a recording. */
  #begunMs = 0;
  readonly #patience: Patience;

  /** `join` and `patience` outlive the route where they are given: what is new is so over all routes. */
  constructor(
    route: KubeletRoute,
    watched: WatchedStats,
    now: () => LocalMs,
    join = new PollJoin(),
    patience = new Patience(),
  ) {
    this.#patience = patience;
    this.#route = route;
    this.#watched = watched;
    this.#now = now;
    this.#join = join;
  }

  /** How long a request takes, smoothed; null before the first. */
  get latencyMs(): number | null {
    return this.#patience.latencyMs;
  }

  /**
   * One poll of one or two requests, one after the other. Either endpoint may fail: the other's figures stand, and the
   * failure is among the problems. Rejects with a `FailureError` where neither answered with figures: it names the
   * missing right where that is the reason. Of a slow kubelet each answer is a poll: `isHalf` where the other endpoint
   * is due at once.
   */
  async poll(signal: AbortSignal): Promise<{readonly poll: Poll; readonly requests: number; readonly isHalf: boolean}> {
    const late = this.#lateSummary;
    if (late !== null) {
      this.#lateSummary = null;
      return {poll: this.#pollOf([late.reply], late.summary, null, null), requests: 0, isHalf: false};
    }
    const sentAt = this.#now();
    this.#begunMs = sentAt;
    const replies: KubeletReply[] = [];
    const isSecondHalf = this.#owesSummary;
    this.#owesSummary = false;
    const resourceReply = isSecondHalf ? null : await this.#get(resourcePath, signal, replies, this.#isSummaryWell);
    const resource = resourceReply === null ? null : this.#readResource(resourceReply);
    if (resource !== null) this.#hasNews ||= this.#join.hasNews(resource, (target) => this.#watched.watches(target));
    const sinceMs = elapsedMs(this.#summaryAt, sentAt);
    const everyMs = this.#watched.summaryEveryMs?.() ?? summaryEveryMs;
    const wanted = Number.isFinite(everyMs) && sinceMs >= (this.#hasNews ? summaryGapMs : everyMs);
    const due = resource === null || wanted;
    const tookMs = resourceReply === null ? 0 : resourceReply.receivedAt - resourceReply.sentAt;
    const isHalf = due && resource !== null && tookMs >= apartMs && !this.#isRefused(summaryPath);
    this.#owesSummary = isHalf;
    const summaryReply =
      due && !isHalf ? await this.#get(summaryPath, signal, replies, resource !== null || isSecondHalf) : null;
    const summary = summaryReply === null ? null : this.#readSummary(summaryReply);
    if (summaryReply !== null) {
      this.#summaryAt = summaryReply.receivedAt;
      this.#hasNews = false;
    }
    this.#isSummaryWell = summary !== null && resource === null && !isSecondHalf;
    // The other half is there: a poll as any other goes on from it.
    if (isSecondHalf && summary === null) return this.poll(signal);
    if (resource === null && summary === null) {
      const failure = this.#whyNothing();
      // The pause between attempts is pause enough; a right does not come back so soon.
      for (const [path, {retryMs}] of this.#refused) if (retryMs < retryRefusedMs) this.#refused.delete(path);
      throw new FailureError(failure);
    }
    // Something else was asked in between (a look at the facts), or the connection had to be made anew.
    if (resourceReply !== null && resource !== null && summaryReply !== null && summary !== null) {
      if (!isOneMoment(resourceReply, summaryReply)) {
        this.#lateSummary = {reply: summaryReply, summary};
        const poll = this.#pollOf([resourceReply], null, resource, resourceReply);
        return {poll, requests: replies.length, isHalf: true};
      }
    }
    return {poll: this.#pollOf(replies, summary, resource, resourceReply), requests: replies.length, isHalf};
  }

  #pollOf(
    replies: readonly KubeletReply[],
    summary: SummaryAnswer | null,
    resource: ResourceAnswer | null,
    resourceReply: KubeletReply | null,
  ): Poll {
    const poll = this.#join.join({
      sentAt: localMs(Math.min(...replies.map((reply) => reply.sentAt))),
      receivedAt: localMs(Math.max(...replies.map((reply) => reply.receivedAt))),
      resourceAt: resourceReply?.receivedAt,
      summary,
      resource,
    });
    const refusals = [...this.#refused.values()].map(({failure}) => describeFailure(failure));
    const problems = [...poll.problems, ...refusals];
    return {...poll, problems, ...(this.#isUncollected && ({isPartial: true} as const)), ...headersOf(replies)};
  }

  /** What it has of figures; null where the kubelet could collect none. */
  #readResource(reply: KubeletReply): ResourceAnswer | null {
    const answer = this.#resourceMetrics.read(reply.body);
    this.#isUncollected = answer.isScrapeError;
    if (answer.figures.length > 0) {
      const partial = 'the kubelet could not collect all figures (resource_scrape_error 1)';
      return answer.isScrapeError ? {...answer, problems: [partial, ...answer.problems]} : answer;
    }
    // A kubelet that has just started names nothing yet, and has nothing to complain of.
    if (!answer.isScrapeError && answer.problems.length === 0) return answer;
    const problem = answer.isScrapeError
      ? 'the kubelet could not collect the figures (resource_scrape_error 1)'
      : (answer.problems[0] ?? '');
    this.#fail(resourcePath, {tried: `GET ${resourcePath}`, problem, next: askByHand(resourcePath)}, reply.receivedAt);
    return null;
  }

  #readSummary(reply: KubeletReply): SummaryAnswer | null {
    const answer = parseSummary(reply.body);
    if (!answer.isUnreadable) return answer;
    const problem = answer.problems[0] ?? '';
    this.#fail(summaryPath, {tried: `GET ${summaryPath}`, problem, next: askByHand(summaryPath)}, reply.receivedAt);
    return null;
  }

  #fail(path: string, failure: Failure, at: LocalMs, retryMs = retryFailedMs): void {
    this.#refused.set(path, {failure, at, retryMs});
  }

  /**
   * A reply with figures, or null where the endpoint fails. Where no answer came at all that is thrown, unless the other
   * endpoint has answered: then the kubelet is there.
   */
  async #get(path: string, signal: AbortSignal, replies: KubeletReply[], isOtherWell = false) {
    if (this.#isRefused(path)) return null;
    let reply: KubeletReply;
    const {timeoutMs} = this.#patience;
    try {
      reply = await this.#route.get(path, {signal, timeoutMs, pollMs: this.#begunMs});
    } catch (error) {
      const failure = toFailure(error, `GET ${path}`);
      const isTimeout = failure.code === 'timeout';
      if (isTimeout) this.#patience.timedOut();
      if (signal.aborted) throw error;
      const retryMs = isTimeout ? Math.max(retryFailedMs, retryTimes * timeoutMs) : retryFailedMs;
      if (isOtherWell) {
        this.#fail(path, failure, this.#now(), retryMs);
        return null;
      }
      // The next attempt asks the other one: a request that was given up may still burden the kubelet.
      if (isTimeout && path === resourcePath) this.#fail(path, failure, this.#now(), retryMs);
      else if (this.#refused.get(resourcePath)?.failure.code === 'timeout') this.#refused.delete(resourcePath);
      throw error;
    }
    replies.push(reply);
    this.#patience.answered(reply.receivedAt - reply.sentAt);
    if (reply.status === 200) {
      this.#refused.delete(path);
      return reply;
    }
    const isRefused = reply.status === 403 || reply.status === 404;
    this.#fail(path, failureOf(reply, path), reply.receivedAt, isRefused ? retryRefusedMs : retryFailedMs);
    return null;
  }

  #isRefused(path: string): boolean {
    const refusal = this.#refused.get(path);
    return refusal !== undefined && elapsedMs(refusal.at, this.#now()) < refusal.retryMs;
  }

  #whyNothing(): Failure {
    const refusals = [...this.#refused.values()];
    // A missing right is something that the user can mend; an endpoint that is not there is not.
    const mendable =
      refusals.find(({failure}) => isRefusal(failure)) ??
      refusals.find(({failure}) => failure.next !== null) ??
      refusals[0];
    return mendable?.failure ?? {tried: `GET ${resourcePath}`, problem: 'no answer with figures', next: null};
  }
}

/** What the newest answers with such headers tell beside the figures. */
function headersOf(replies: readonly KubeletReply[]): Pick<Poll, 'answeredAt' | 'processStartedAt'> {
  const answeredAt = replies.findLast(({date}) => date != null)?.date;
  const startedAt = replies.findLast(({processStartedAt}) => processStartedAt != null)?.processStartedAt;
  return {
    ...(answeredAt != null && {answeredAt: nodeMs(answeredAt)}),
    ...(startedAt != null && {processStartedAt: nodeMs(startedAt)}),
  };
}

function failureOf(reply: KubeletReply, path: string): Failure {
  // The route knows whose credential it sent; a replayed answer does not.
  const denied = reply.denied ?? deniedFailure(reply, `GET ${path}`, 'bearer token');
  if (denied !== null) return denied;
  const next = reply.status >= 500 ? askByHand(path) : null;
  return {tried: `GET ${path}`, problem: replyProblem(reply), next};
}

/** To see the whole answer of a kubelet that fails; what it says of it stands in its journal. */
const askByHand = (path: string): string => `kubectl get --raw '/api/v1/nodes/NODE/proxy${path}'`;
