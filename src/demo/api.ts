import {localMs} from '../model/time.ts';
import {workloadOf} from '../model/selection/workload.ts';
import type {KubeletReply, KubeletRoute} from '../nodes/node.ts';
import {listAt, parseJson, textAt, at} from '../util/json.ts';

/** How often the simulated metrics-server scrapes the kubelet (`--metric-resolution`). */
const scrapeMs = 15_000;
/** What the simulated autoscaler keeps its Deployment at, of a request of 50m. */
const wanted = 60;
const requestMillicores = 50;

/**
 * As much of an API server as leads from a pod to its autoscaler: metrics-server over the simulated kubelet, and the
 * Deployment `shop/web` with an HPA. Of anything else it knows nothing.
 */
export class DemoApi {
  readonly #route: () => Promise<KubeletRoute>;
  readonly #scaledAt = Date.now() - 40_000;
  #scraped: {readonly at: number; readonly summary: unknown} | null = null;

  constructor(route: () => Promise<KubeletRoute>) {
    this.#route = route;
  }

  /** Answers a path; null where this server does not serve it, and others are to be asked. */
  async ask(path: string): Promise<KubeletReply | null> {
    const sentAt = localMs(Date.now());
    const [, kind = '', namespace = '', name = ''] =
      /^\/(?:api|apis\/[^/]+)\/(v[^/]+\/namespaces\/([^/]+)\/[a-z]+)(?:\/([^/?]+))?$/.exec(path) ?? [];
    if (kind === '') return null;
    const body = await this.#object(path.split('/')[2] ?? '', kind.split('/').at(-1) ?? '', {namespace, name});
    const status = body === null ? 404 : 200;
    const text = JSON.stringify(body ?? {kind: 'Status', message: `${name} not found`});
    return {status, body: text, sentAt, receivedAt: localMs(Date.now())};
  }

  async #object(group: string, resource: string, pod: {namespace: string; name: string}): Promise<object | null> {
    const owner = (kind: string, name: string) => ({
      metadata: {ownerReferences: [{apiVersion: 'apps/v1', kind, name, controller: true}]},
    });
    const workload = workloadOf(pod.name);
    switch (resource) {
      case 'pods':
        if (group === 'metrics.k8s.io') return this.#metrics(pod);
        // The name of a ReplicaSet's pod is the set's own with five letters more.
        return workload === null ? {metadata: {}} : owner('ReplicaSet', pod.name.replace(/-[^-]+$/, ''));
      case 'replicasets':
        return owner('Deployment', pod.name.replace(/-[^-]+$/, ''));
      case 'horizontalpodautoscalers':
        return {items: pod.namespace === 'shop' ? [await this.#autoscaler()] : []};
      default:
        return {metadata: {}};
    }
  }

  async #metrics({namespace, name}: {namespace: string; name: string}): Promise<object | null> {
    const found = listAt(await this.#summary(), 'pods').find(
      (one) => textAt(one, 'podRef', 'namespace') === namespace && textAt(one, 'podRef', 'name') === name,
    );
    if (found === undefined) return null;
    const containers = listAt(found, 'containers').map((one) => ({
      name: textAt(one, 'name'),
      usage: {cpu: `${nanoCores(one)}n`},
      time: textAt(one, 'cpu', 'time') ?? '',
    }));
    const timestamp = containers.map(({time}) => time).sort()[0];
    return {timestamp, window: '15s', containers};
  }

  async #autoscaler(): Promise<object> {
    const pods = listAt(await this.#summary(), 'pods').filter((one) => textAt(one, 'podRef', 'namespace') === 'shop');
    const cores = pods.flatMap((one) => listAt(one, 'containers').map(nanoCores)).reduce((sum, one) => sum + one, 0);
    const share = Math.round(cores / 1e4 / requestMillicores);
    const replicas = Math.max(1, Math.ceil(share / wanted));
    const cpu = (figures: object) => ({type: 'Resource', resource: {name: 'cpu', ...figures}});
    return {
      metadata: {name: 'web'},
      spec: {
        scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web'},
        metrics: [cpu({target: {type: 'Utilization', averageUtilization: wanted}})],
      },
      status: {
        currentReplicas: 1,
        desiredReplicas: replicas,
        lastScaleTime: new Date(this.#scaledAt).toISOString(),
        currentMetrics: [cpu({current: {averageUtilization: share}})],
        conditions: [{type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: ''}],
      },
    };
  }

  /** What the last scrape found. */
  async #summary(): Promise<unknown> {
    const now = Date.now();
    if (this.#scraped === null || now - this.#scraped.at >= scrapeMs) {
      const route = await this.#route();
      try {
        this.#scraped = {at: now, summary: parseJson((await route.get('/stats/summary')).body)};
      } finally {
        await route.close();
      }
    }
    return this.#scraped.summary;
  }
}

function nanoCores(container: unknown): number {
  const usage = at(container, 'cpu', 'usageNanoCores');
  return typeof usage === 'number' ? usage : 0;
}
