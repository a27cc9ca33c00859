import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {describeFailure} from '../../../src/model/failure.ts';
import type {Found, PipelineFacts} from '../../../src/model/pipeline/facts.ts';
import {localMs} from '../../../src/model/time.ts';
import type {KubeletReply, Node} from '../../../src/nodes/node.ts';
import {apiNode} from '../../../src/nodes/providers/api-node.ts';
import {PipelineLook} from '../../../src/sources/pipeline/look.ts';
import {parseAutoscalers, parsePodMetrics} from '../../../src/sources/pipeline/parse.ts';
import {ClusterStandIn, pki} from '../../nodes/cluster-stand-in.ts';

const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};
const pod = 'web-7d4b9c6f5-x2kqp';
const rights = ['nodes', 'pods', 'pods.metrics.k8s.io', 'replicasets.apps', 'deployments.apps'];
const all = [...rights, 'horizontalpodautoscalers.autoscaling'];

let cluster: ClusterStandIn;
let folder: string;
let node: Node;
let begun: number;

/** Whole seconds, as an API server writes a time. */
const iso = (agoMs: number) => new Date(Math.floor((begun - agoMs) / 1000) * 1000).toISOString().replace('.000', '');
const owned = (kind: string, name: string) => ({
  metadata: {ownerReferences: [{apiVersion: 'apps/v1', kind, name, controller: true}]},
});

beforeEach(async () => {
  begun = Date.now();
  cluster = await ClusterStandIn.start('n');
  cluster.rights = {jane: all};
  folder = mkdtempSync(join(tmpdir(), 'ktop-pipeline-'));
  writeFileSync(join(folder, 'config'), cluster.kubeconfig(jane));
  node = apiNode('n', {node: 'n', env: {KUBECONFIG: join(folder, 'config')}});
  const {objects} = cluster;
  objects.set(`/api/v1/namespaces/shop/pods/${pod}`, owned('ReplicaSet', 'web-7d4b9c6f5'));
  objects.set('/apis/apps/v1/namespaces/shop/replicasets/web-7d4b9c6f5', owned('Deployment', 'web'));
  objects.set('/apis/apps/v1/namespaces/shop/deployments/web', {metadata: {name: 'web'}});
  objects.set(`/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/${pod}`, {
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {name: pod, namespace: 'shop'},
    timestamp: iso(14_000),
    window: '15.5s',
    containers: [
      {name: 'app', usage: {cpu: '81203444n', memory: '61204Ki'}},
      {name: 'proxy', usage: {cpu: '1m', memory: '9Mi'}},
    ],
  });
  objects.set('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {items: [hpa('web'), hpa('other')]});
});
afterEach(async () => {
  await node.close();
  await cluster.stop();
  rmSync(folder, {recursive: true});
});

function hpa(target: string): object {
  const cpu = (figures: object) => ({type: 'Resource', resource: {name: 'cpu', ...figures}});
  return {
    metadata: {name: `scale-${target}`, namespace: 'shop'},
    spec: {
      scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: target},
      metrics: [cpu({target: {type: 'Utilization', averageUtilization: 60}})],
    },
    status: {
      currentReplicas: 2,
      desiredReplicas: 3,
      lastScaleTime: iso(60_000),
      currentMetrics: [cpu({current: {averageUtilization: 41, averageValue: '82m'}})],
      conditions: [{type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: 'ok'}],
    },
  };
}

/** A kubelet that names one pod with two containers, of which one was sampled earlier. */
function kubelet(): Node['openRoute'] {
  const at = localMs(begun);
  const series = (container: string, ms: number) =>
    `container_cpu_usage_seconds_total{container="${container}",namespace="shop",pod="${pod}"} 12.5 ${begun - ms}\n`;
  const bodies: Record<string, string> = {
    '/metrics/resource': series('app', 3000) + series('proxy', 5000),
    '/stats/summary?only_cpu_and_memory=true': JSON.stringify({node: {nodeName: 'n'}, pods: []}),
  };
  return () =>
    Promise.resolve({
      kind: 'direct',
      label: '',
      warning: null,
      get: (path): Promise<KubeletReply> =>
        Promise.resolve({status: 200, body: bodies[path] ?? '', sentAt: at, receivedAt: at}),
      close: () => Promise.resolve(),
    });
}

async function look(wanted = 'web', openRoute = kubelet()): Promise<PipelineFacts> {
  const askApi = node.askApi?.bind(node);
  const watched = new PipelineLook({name: 'n', openRoute, ...(askApi && {askApi})}, () => localMs(begun));
  try {
    return await watched.look(wanted, new AbortController().signal);
  } finally {
    await watched.close();
  }
}

const why = (found: Found<unknown>): string => ('missing' in found ? describeFailure(found.missing) : 'it was found');

test('follows the pod from the oldest of its samples over its owners to the autoscaler that scales them', async () => {
  const facts = await look();
  expect(facts).toMatchObject({
    namespace: 'shop',
    pod,
    sample: {found: {at: begun - 5000}},
    metrics: {found: {at: Date.parse(iso(14_000)), windowMs: 15_500, nanoCores: 82_203_444}},
    owners: {
      found: [
        {group: 'apps', kind: 'ReplicaSet', name: 'web-7d4b9c6f5'},
        {group: 'apps', kind: 'Deployment', name: 'web'},
      ],
    },
  });
  const scalers = 'found' in facts.autoscalers ? facts.autoscalers.found : [];
  expect(scalers).toMatchObject([
    {
      name: 'scale-web',
      metrics: [{name: 'cpu', isCpu: true, current: '41 %', wanted: '60 %'}],
      currentReplicas: 2,
      desiredReplicas: 3,
    },
  ]);
  // By the control plane's clock, which its answers tell to a second.
  expect(Math.abs((scalers[0]?.lastScaleAt ?? 0) - (begun - 60_000))).toBeLessThan(2500);
});

test('each absence has a sentence and the next command to type', async () => {
  const metrics = `/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/${pod}`;
  cluster.objects.set(metrics, 503);
  expect(why((await look()).metrics)).toMatch(/metrics-server does not answer .*try: kubectl -n kube-system get pods/);
  cluster.objects.delete(metrics);
  expect(why((await look()).metrics)).toMatch(/no metrics-server is installed.*try: kubectl get apiservice/);
  cluster.objects.set(metrics.replace(pod, 'another'), {});
  expect(why((await look()).metrics)).toMatch(/no number of this pod yet.*try: kubectl -n shop top pod web-/);

  cluster.objects.set('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {items: [hpa('other')]});
  expect(why((await look()).autoscalers)).toMatch(/no HPA .*scales the Deployment web — try: kubectl -n shop get hpa/);
  cluster.objects.set(`/api/v1/namespaces/shop/pods/${pod}`, {metadata: {}});
  expect(why((await look()).autoscalers)).toContain('nothing owns the pod');
});

test('a missing right is named with its group, and the command that grants it', async () => {
  cluster.rights = {jane: ['nodes', 'pods']};
  const facts = await look();
  expect(why(facts.metrics)).toMatch(/lacks the right "get pods.metrics.k8s.io" — try: ktop access --apply --pipeline/);
  expect(why(facts.owners)).toMatch(/lacks the right "get replicasets.apps" — try: ktop access --apply --pipeline/);
  expect(why(facts.autoscalers)).toContain('lacks the right "list horizontalpodautoscalers.autoscaling"');
});

test('an older cluster has its autoscalers under the version before', async () => {
  const {objects} = cluster;
  const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
  objects.set(path.replace('v2', 'v2beta2'), objects.get(path) ?? {});
  objects.delete(path);
  expect((await look()).autoscalers).toMatchObject({found: [{name: 'scale-web'}]});
});

test('a kubelet that does not answer, and no API server, leave the other half', async () => {
  const silent = () => Promise.reject(new Error('connection refused'));
  expect(await look(`shop/${pod}`, silent)).toMatchObject({
    sample: {missing: {problem: 'connection refused'}},
    metrics: {found: {windowMs: 15_500}},
  });
  await expect(look('web', silent)).rejects.toThrow('the namespace is wanted');
  await expect(look('nobody')).rejects.toThrow(`it is not on this node: shop/${pod}`);
  writeFileSync(join(folder, 'config'), '{}');
  await node.close();
  node = apiNode('n', {node: 'n', env: {KUBECONFIG: join(folder, 'config')}});
  const alone = await look();
  expect(alone.sample).toHaveProperty('found');
  expect(why(alone.metrics)).toMatch(/no kubeconfig here knows.*try: ktop pipeline --node n --kubeconfig FILE/);
});

test('an answer that is none is none, and one of another kind of metric does not pass for CPU', () => {
  for (const body of ['', '[]', '{}', '{"timestamp":"x","window":"1s"}', '{"timestamp":"2026-01-01T00:00:00Z"}']) {
    expect(parsePodMetrics(body), body).toBeNull();
    expect(parseAutoscalers(body), body).toBeNull();
  }
  const metrics = [
    {type: 'External', external: {metric: {name: 'queue'}, target: {type: 'AverageValue', averageValue: '30'}}},
    {type: 'ContainerResource', containerResource: {name: 'cpu', container: 'app', target: {averageValue: '1500m'}}},
  ];
  const list = {items: [{spec: {metrics}, status: {currentMetrics: [{type: ''}]}}, 5]};
  expect(parseAutoscalers(JSON.stringify(list))?.[0]?.metrics).toEqual([
    {name: 'External queue', isCpu: false, current: null, wanted: '30'},
    {name: 'cpu', isCpu: true, current: null, wanted: '1500m'},
  ]);
});
