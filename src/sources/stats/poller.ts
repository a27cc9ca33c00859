import type {Poll, ProcessStart} from '../../model/event.ts';
import {describeFailure, type Failure, FailureError} from '../../model/failure.ts';
import type {Target} from '../../model/target.ts';
import {localMs, nodeMs, type LocalMs} from '../../model/time.ts';
import type {KubeletReply, KubeletRoute} from '../../nodes/node.ts';
import {replyProblem} from '../../nodes/kube/reply-problem.ts';
import {deniedFailure} from '../../nodes/kube/rights.ts';
import {PollJoin} from './poll-join.ts';
import {parseResourceMetrics} from './resource-metrics.ts';
import {parseSummary} from './summary.ts';

export const summaryPath = '/stats/summary?only_cpu_and_memory=true';
export const resourcePath = '/metrics/resource';

/** Even if nothing watched was sampled anew, the summary is asked this often: uids and start times are in it. */
const summaryEveryMs = 20_000;
/** New samples of so long a time share a summary: the requests saved find the next ticks sooner. */
const summaryGapMs = 5000;
/** An endpoint that was refused or is not there is tried again after this long. */
const retryRefusedMs = 30_000;

/** An endpoint that the kubelet does not give us: why, and since when. */
interface Refusal {
  readonly failure: Failure;
  readonly at: LocalMs;
}

/**
 * Makes polls over one open route. `/metrics/resource` alone finds new samples; the summary follows when a watched
 * target has one, for the figures that only it has, but not more often than every few seconds. One of the two suffices where the other is forbidden or missing.
 */
export class StatsPoller {
  readonly #route: KubeletRoute;
  readonly #watches: (target: Target) => boolean;
  readonly #now: () => LocalMs;
  readonly #join: PollJoin;
  readonly #refused = new Map<string, Refusal>();
  #hasNews = false;
  #summaryAt = Number.NEGATIVE_INFINITY;
  #latencyMs: number | null = null;

  constructor(route: KubeletRoute, watches: (target: Target) => boolean, now: () => LocalMs, join = new PollJoin()) {
    this.#route = route;
    this.#watches = watches;
    this.#now = now;
    this.#join = join;
  }

  /** How long a request takes, smoothed; null before the first. */
  get latencyMs(): number | null {
    return this.#latencyMs;
  }

  /**
   * One poll of one or two requests. Rejects with a `FailureError` where neither endpoint answered with figures: it
   * names the missing right where that is the reason.
   */
  async poll(signal: AbortSignal): Promise<{readonly poll: Poll; readonly requests: number}> {
    const sentAt = this.#now();
    const replies: KubeletReply[] = [];
    const resourceReply = await this.#get(resourcePath, signal, replies);
    const resource = resourceReply === null ? null : parseResourceMetrics(resourceReply.body);
    if (resource !== null) this.#hasNews ||= this.#join.hasNews(resource, this.#watches);
    const sinceMs = sentAt - this.#summaryAt;
    const due = resource === null || sinceMs >= (this.#hasNews ? summaryGapMs : summaryEveryMs);
    const summaryReply = due ? await this.#get(summaryPath, signal, replies) : null;
    if (summaryReply !== null) {
      this.#summaryAt = summaryReply.receivedAt;
      this.#hasNews = false;
    }
    if (resourceReply === null && summaryReply === null) throw new FailureError(this.#whyNothing());
    const poll = this.#join.join({
      sentAt: replies[0]?.sentAt ?? sentAt,
      receivedAt: localMs(Math.max(...replies.map((reply) => reply.receivedAt))),
      summary: summaryReply === null ? null : parseSummary(summaryReply.body),
      resource,
    });
    const refusals = [...this.#refused.values()].map(({failure}) => describeFailure(failure));
    const processStart = processStartOf(replies);
    const problems = [...poll.problems, ...refusals];
    return {poll: {...poll, problems, ...(processStart && {processStart})}, requests: replies.length};
  }

  /** A reply with figures, or null where the endpoint is refused. Anything else is thrown. */
  async #get(path: string, signal: AbortSignal, replies: KubeletReply[]): Promise<KubeletReply | null> {
    const refusal = this.#refused.get(path);
    if (refusal !== undefined && this.#now() - refusal.at < retryRefusedMs) return null;
    const reply = await this.#route.get(path, {signal, timeoutMs: 5000});
    replies.push(reply);
    const took = reply.receivedAt - reply.sentAt;
    this.#latencyMs = this.#latencyMs === null ? took : this.#latencyMs + 0.2 * (took - this.#latencyMs);
    if (reply.status === 200) {
      this.#refused.delete(path);
      return reply;
    }
    const failure = failureOf(reply, path);
    if (reply.status !== 403 && reply.status !== 404) throw new FailureError(failure);
    this.#refused.set(path, {failure, at: reply.receivedAt});
    return null;
  }

  #whyNothing(): Failure {
    const refusals = [...this.#refused.values()];
    // A missing right is something that the user can mend; an endpoint that is not there is not.
    const mendable = refusals.find(({failure}) => failure.next !== null) ?? refusals[0];
    return mendable?.failure ?? {tried: `GET ${resourcePath}`, problem: 'no answer with figures', next: null};
  }
}

/** As the newest answer that has the header tells it. */
function processStartOf(replies: readonly KubeletReply[]): ProcessStart | null {
  const reply = replies.findLast(({processStartedAt}) => processStartedAt != null);
  if (reply?.processStartedAt == null) return null;
  return {startedAt: nodeMs(reply.processStartedAt), answeredAt: reply.date == null ? null : nodeMs(reply.date)};
}

function failureOf(reply: KubeletReply, path: string): Failure {
  // The route knows whose credential it sent; a replayed answer does not.
  const denied = reply.denied ?? deniedFailure(reply, `GET ${path}`, 'bearer token');
  if (denied !== null) return denied;
  return {tried: `GET ${path}`, problem: replyProblem(reply), next: null};
}
