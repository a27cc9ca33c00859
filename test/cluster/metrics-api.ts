import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {pki} from '../nodes/cluster-stand-in.ts';
import {docker} from '../node/engine.ts';
import {apply, kubectl} from './cluster.ts';

const group = '/apis/metrics.k8s.io/v1beta1';
const versions = {kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1'};
const service = {namespace: 'kube-system', name: 'metrics-server'};

/** What a metrics-server would say. */
export interface MetricsApi {
  /** The usage of each container of the namespace, as a quantity; null: it knows none of them yet. */
  usage: string | null;
  /** So old is the sample that each number was made from, in seconds. */
  ageS: number;
  /** Goes down, and stays registered. */
  fall(): void;
  /** Takes the API out of the cluster. */
  stop(): Promise<void>;
}

/**
 * Puts `metrics.k8s.io` into the cluster, which answers for the pods of a namespace as metrics-server does
 * (https://kubernetes.io/docs/reference/external-api/metrics.v1beta1/). It runs here; the API server is brought to it by
 * a Service that is but a name, since the cluster has no kube-proxy.
 */
export async function serveMetrics(namespace: string): Promise<MetricsApi> {
  const api: MetricsApi = {usage: null, ageS: 12, fall, stop};
  const metricsOf = (names: readonly string[]) =>
    api.usage === null ? [] : names.map((name) => podMetrics(namespace, name, api.usage ?? '', api.ageS));
  const server = createServer({cert: readFileSync(pki('server.pem')), key: readFileSync(pki('server.key'))});
  server.on('request', ({url = ''}, response) => {
    const say = (body: object, status = 200) =>
      response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
    const {pathname, searchParams} = new URL(url, 'https://stand-in');
    const [, one] = new RegExp(`^${group}/namespaces/${namespace}/pods(?:/(.+))?$`).exec(pathname) ?? [];
    const list = async () => metricsOf(await podNames(namespace, searchParams.get('labelSelector') ?? ''));
    if (pathname === group) {
      say(resources);
    } else if (one === undefined) {
      list().then(
        (items) => say({...versions, kind: 'PodMetricsList', metadata: {}, items}),
        () => response.writeHead(500).end(),
      );
    } else {
      const [found] = metricsOf([one]);
      if (found === undefined) say(notFound(one), 404);
      else say({...versions, ...found});
    }
  });
  const gateway = await docker('inspect', 'ktreal-control-plane', '--format', '{{.NetworkSettings.Gateway}}');
  await new Promise<void>((resolve) => server.listen(0, gateway.trim(), resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await apply(
    {apiVersion: 'v1', kind: 'Service', metadata: service, spec: {type: 'ExternalName', externalName: gateway.trim()}},
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: {name: 'v1beta1.metrics.k8s.io'},
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: {...service, port},
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
      },
    },
  );
  await kubectl('wait', '--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io', '--timeout=60s');
  return api;

  function fall(): void {
    server.closeAllConnections();
    server.close();
  }

  async function stop(): Promise<void> {
    await kubectl('delete', 'apiservice', 'v1beta1.metrics.k8s.io', '--ignore-not-found');
    await kubectl('-n', service.namespace, 'delete', 'service', service.name, '--ignore-not-found');
    fall();
  }
}

async function podNames(namespace: string, selector: string): Promise<readonly string[]> {
  const names = await kubectl(
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    selector,
    '-o',
    'jsonpath={.items[*].metadata.name}',
  );
  return names.split(' ').filter(Boolean);
}

function podMetrics(namespace: string, name: string, cpu: string, ageS: number): object {
  return {
    metadata: {name, namespace},
    timestamp: new Date(Date.now() - ageS * 1000).toISOString().replace(/\.\d+/, ''),
    window: '10s',
    containers: [{name: 'load', usage: {cpu, memory: '1Mi'}}],
  };
}

const notFound = (name: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: `podmetrics.metrics.k8s.io "${name}" not found`,
  reason: 'NotFound',
  code: 404,
});

const resources = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'metrics.k8s.io/v1beta1',
  resources: [{name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list']}],
};
