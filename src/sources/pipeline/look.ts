import type {Poll} from '../../model/event.ts';
import {toFailure, type Failure} from '../../model/failure.ts';
import type {Autoscaler, Found, KubeletSample, Owner, PipelineFacts, PodMetrics} from '../../model/pipeline/facts.ts';
import {ClockEstimate, readingFromDate} from '../../model/clock-estimate.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import type {KubeletReply, KubeletRoute, Node} from '../../nodes/node.ts';
import {shellQuote} from '../../nodes/exec/shell-quote.ts';
import {replyProblem} from '../../nodes/kube/reply-problem.ts';
import {StatsPoller} from '../stats/poller.ts';
import {controllerOf, parseAutoscalers, parsePodMetrics} from './parse.ts';
import {podIn, type PodName} from './which-pod.ts';

/** Owners are as deep as ReplicaSet and Deployment, at most with something above them. */
const mostOwners = 4;

/** The controllers whose own owner can be asked for, with the path of their kind. */
const owned: Readonly<Record<string, string>> = {
  'apps/ReplicaSet': '/apis/apps/v1/namespaces/NS/replicasets',
  'apps/StatefulSet': '/apis/apps/v1/namespaces/NS/statefulsets',
  'apps/Deployment': '/apis/apps/v1/namespaces/NS/deployments',
};

/**
 * Follows the number of one pod from the kubelet to the autoscaler, one look at a time. It keeps the route to the kubelet
 * and what it learned of the clocks; nothing is asked while nobody looks.
 */
export class PipelineLook {
  readonly #node: Pick<Node, 'name' | 'askApi' | 'openRoute'>;
  readonly #now: () => LocalMs;
  readonly #nodeClock = new ClockEstimate();
  readonly #apiClock = new ClockEstimate();
  #open: {readonly route: KubeletRoute; readonly poller: StatsPoller} | null = null;

  constructor(node: Pick<Node, 'name' | 'askApi' | 'openRoute'>, now: () => LocalMs = () => localMs(Date.now())) {
    this.#node = node;
    this.#now = now;
  }

  /**
   * Looks once. `wanted` is the pod as the user names it (`web`, `shop/web`, a workload that has one pod here). Rejects
   * with a `FailureError` where it is not to be found; all else that goes wrong is told at its stage.
   */
  async look(wanted: string, signal: AbortSignal): Promise<PipelineFacts> {
    const {poll, failure} = await this.#poll(signal);
    const pod = podIn(poll?.samples ?? [], wanted, this.#node.name);
    const sample: Found<KubeletSample> = poll === null ? {missing: failure} : this.#sampleOf(poll, pod);
    const path = `namespaces/${encodeURIComponent(pod.namespace)}`;
    const [metrics, owners, all] = await Promise.all([
      this.#metrics(pod, signal),
      this.#owners(pod, signal),
      this.#autoscalers(path, pod, signal),
    ]);
    return {...pod, now: this.#now(), sample, metrics, owners, autoscalers: ofOwners(all, owners, pod)};
  }

  /** Closes the way to the kubelet. */
  async close(): Promise<void> {
    await this.#open?.route.close();
    this.#open = null;
  }

  async #poll(signal: AbortSignal): Promise<{poll: Poll | null; failure: Failure}> {
    try {
      if (this.#open === null) {
        const route = await this.#node.openRoute(signal);
        const tapped: KubeletRoute = {
          kind: route.kind,
          label: route.label,
          warning: route.warning,
          get: async (...asked) => {
            const reply = await route.get(...asked);
            take(this.#nodeClock, reply);
            return reply;
          },
          close: () => route.close(),
        };
        this.#open = {route, poller: new StatsPoller(tapped, {watches: () => true}, this.#now)};
      }
      const {poll} = await this.#open.poller.poll(signal);
      return {poll, failure: noFailure};
    } catch (error) {
      if (signal.aborted) throw error;
      await this.close();
      return {poll: null, failure: toFailure(error, 'read the stats of the kubelet')};
    }
  }

  #sampleOf({samples, sentAt, receivedAt}: Poll, pod: PodName): Found<KubeletSample> {
    const own = samples.filter(({target}) => target.namespace === pod.namespace && target.pod === pod.pod);
    const containers = own.filter(({target}) => target.container !== null);
    const told = containers.length > 0 ? containers : own;
    const oldest = Math.min(...told.map(({at}) => at));
    if (!Number.isFinite(oldest)) {
      const problem = `the kubelet's answers have no pod ${pod.namespace}/${pod.pod}`;
      return {missing: {tried: 'GET /stats/summary', problem, next: `ktop --node ${shellQuote([this.#node.name])}`}};
    }
    const cores = told.map(({usageNanoCores}) => usageNanoCores);
    const nanoCores = cores.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
    return {
      found: {
        at: localMs(oldest - this.#nodeClock.offset.aheadMs),
        nanoCores,
        answeredAt: receivedAt,
        tookMs: receivedAt - sentAt,
      },
    };
  }

  async #metrics(pod: PodName, signal: AbortSignal): Promise<Found<PodMetrics>> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.pod)}`;
    const asked = await this.#ask(path, signal);
    if ('missing' in asked) return asked;
    const {found: reply} = asked;
    if (reply.status !== 200) return {missing: metricsFailure(reply, path, pod)};
    const parsed = parsePodMetrics(reply.body);
    if (parsed === null) {
      return {missing: {tried: `GET ${path}`, problem: 'the answer is no PodMetrics', next: byHand(path)}};
    }
    const {atMs, windowMs, nanoCores} = parsed;
    // The time is the kubelet's own, of its sample.
    return {found: {at: localMs(atMs - this.#nodeClock.offset.aheadMs), windowMs, nanoCores}};
  }

  async #owners(pod: PodName, signal: AbortSignal): Promise<Found<readonly Owner[]>> {
    const namespace = encodeURIComponent(pod.namespace);
    const owners: Owner[] = [];
    let path: string | null = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod.pod)}`;
    while (path !== null && owners.length < mostOwners) {
      const asked: Found<KubeletReply> = await this.#ask(path, signal);
      if ('missing' in asked) return asked;
      if (asked.found.status !== 200) return {missing: failureOf(asked.found, path)};
      const owner = controllerOf(asked.found.body);
      if (owner === null) break;
      owners.push(owner);
      const kind = owned[`${owner.group}/${owner.kind}`];
      path = kind === undefined ? null : `${kind.replace('NS', namespace)}/${encodeURIComponent(owner.name)}`;
    }
    return {found: owners};
  }

  async #autoscalers(namespacePath: string, pod: PodName, signal: AbortSignal): Promise<Found<readonly Autoscaler[]>> {
    // Kubernetes before 1.23 has the same under another version.
    for (const version of ['v2', 'v2beta2']) {
      const path = `/apis/autoscaling/${version}/${namespacePath}/horizontalpodautoscalers`;
      const asked = await this.#ask(path, signal);
      if ('missing' in asked) return asked;
      const {found: reply} = asked;
      if (reply.status === 404 && version === 'v2') continue;
      const parsed = reply.status === 200 ? parseAutoscalers(reply.body) : null;
      if (parsed === null) return {missing: failureOf(reply, path)};
      const {aheadMs} = this.#apiClock.offset;
      return {
        found: parsed.map(({lastScaleMs, ...one}) => ({
          ...one,
          lastScaleAt: lastScaleMs === null ? null : localMs(lastScaleMs - aheadMs),
        })),
      };
    }
    return {
      missing: {tried: 'list the autoscalers', problem: 'unreachable', next: `kubectl -n ${pod.namespace} get hpa`},
    };
  }

  /** An answer of the API server that knows this node, whatever its status; who cannot be asked is told. */
  async #ask(path: string, signal: AbortSignal): Promise<Found<KubeletReply>> {
    const {askApi, name} = this.#node;
    try {
      const reply = (await askApi?.(() => path, signal)) ?? null;
      if (reply === null) return {missing: noApi(name)};
      take(this.#apiClock, reply);
      return reply.denied == null ? {found: reply} : {missing: reply.denied};
    } catch (error) {
      if (signal.aborted) throw error;
      return {missing: toFailure(error, `GET ${path}`)};
    }
  }
}

const noFailure: Failure = {tried: '', problem: '', next: null};

function take(clock: ClockEstimate, {sentAt, receivedAt, date}: KubeletReply): void {
  if (date != null) clock.take(readingFromDate({sentAt, receivedAt, date}));
}

function noApi(node: string): Failure {
  return {
    code: 'not-found',
    tried: 'ask the API server',
    problem: `no kubeconfig here knows a cluster with the node ${node}: what comes behind the kubelet is not seen`,
    next: `ktop pipeline --node ${shellQuote([node])} --kubeconfig FILE …`,
  };
}

const byHand = (path: string): string => `kubectl get --raw ${shellQuote([path])}`;

function failureOf(reply: KubeletReply, path: string): Failure {
  const problem = reply.status === 200 ? 'the answer is not what was asked for' : replyProblem(reply);
  return {tried: `GET ${path}`, problem, next: byHand(path)};
}

/**
 * An API that nobody registered is the server's own 404 in plain text; one whose server is down is a 503; one that has not
 * seen the pod yet answers with a Status of its own (kube-aggregator, metrics-server).
 */
function metricsFailure(reply: KubeletReply, path: string, {namespace, pod}: PodName): Failure {
  const tried = `GET ${path}`;
  if (reply.status === 404 && !reply.body.trimStart().startsWith('{')) {
    const problem = 'this cluster has no metrics.k8s.io: no metrics-server is installed, and no HPA can read CPU';
    return {code: 'not-found', tried, problem, next: 'kubectl get apiservice v1beta1.metrics.k8s.io'};
  }
  if (reply.status === 404) {
    const problem = 'metrics-server has no number of this pod yet: it needs two samples, one scrape apart';
    return {
      code: 'not-found',
      tried,
      problem,
      next: `kubectl -n ${shellQuote([namespace])} top pod ${shellQuote([pod])}`,
    };
  }
  if (reply.status === 503) {
    const problem = `metrics-server does not answer (${replyProblem(reply)})`;
    return {code: 'unreachable', tried, problem, next: 'kubectl -n kube-system get pods -l k8s-app=metrics-server'};
  }
  return failureOf(reply, path);
}

/** Those of a namespace that scale an owner of the pod; that there are none has a sentence, too. */
function ofOwners(
  all: Found<readonly Autoscaler[]>,
  owners: Found<readonly Owner[]>,
  {namespace, pod}: PodName,
): Found<readonly Autoscaler[]> {
  if ('missing' in all || 'missing' in owners) return all;
  const own = all.found.filter(({target}) =>
    owners.found.some(({group, kind, name}) => group === target.group && kind === target.kind && name === target.name),
  );
  if (own.length > 0) return {found: own};
  const [top] = owners.found.slice(-1);
  const next = `kubectl -n ${shellQuote([namespace])} get hpa`;
  const tried = 'find the autoscaler';
  if (top === undefined) {
    return {missing: {code: 'not-found', tried, problem: `nothing owns the pod ${pod}: no HPA can scale it`, next}};
  }
  const problem = `no HPA in the namespace ${namespace} scales the ${top.kind} ${top.name}`;
  return {missing: {code: 'not-found', tried, problem, next}};
}
