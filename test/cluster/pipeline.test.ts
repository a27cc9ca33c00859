import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {until} from '../node/start-node.ts';
import {apply, env, kubectl, ktop, tokenOf, worker} from './cluster.ts';
import {serveMetrics, type MetricsApi} from './metrics-api.ts';
import {busy, container, on} from './pods.ts';

// The way of a pod's number to a real autoscaler: its objects, its controller and its conditions are those of the cluster;
// in the place of metrics-server stands one whose numbers are known. The tests follow one another.
const namespace = 'pipeline';
const folder = mkdtempSync(join(tmpdir(), 'ktop-cluster-'));

interface Told {
  readonly code: number;
  /** The table and the sum, or the complaint. */
  readonly said: string;
}

/** Runs `ktop pipeline` beside the stand-in, which answers it. */
function pipeline(pod: string, ...args: readonly string[]): Promise<Told> {
  const all = [ktopBinary, 'pipeline', '--node', worker, '--pod', `${namespace}/${pod}`, ...args];
  return new Promise((resolve) => {
    const child = execFile(nodeBinary, all, {env: {...process.env, ...env}}, (_error, stdout, stderr) =>
      resolve({code: child.exitCode ?? -1, said: stdout + stderr}),
    );
  });
}

/** The row of a stage. */
const stage = ({said}: Told, name: string): string =>
  said.split('\n').find((line) => line.startsWith(name)) ?? `no ${name} in:\n${said}`;

const template = (app: string) => ({
  metadata: {labels: {app}},
  spec: {...on, containers: [container('load', busy, '100m')]},
});
const scaler = (apiVersion: string, kind: string, name: string) => ({
  apiVersion: 'autoscaling/v2beta2',
  kind: 'HorizontalPodAutoscaler',
  metadata: {name, namespace},
  spec: {
    scaleTargetRef: {apiVersion, kind, name},
    minReplicas: 1,
    maxReplicas: 2,
    metrics: [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 50}}}],
  },
});

let metrics: MetricsApi | undefined;
let web = '';
beforeAll(async () => {
  await kubectl('delete', 'namespace', namespace, '--ignore-not-found');
  await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
  // Without its account no pod is let in.
  await tokenOf(namespace, 'default');
  await apply(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'web', namespace},
      spec: {selector: {matchLabels: {app: 'web'}}, template: template('web')},
    },
    // As old as it is, it is still scaled; and its name is one that YAML takes for a truth.
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: {name: 'on', namespace},
      spec: {selector: {app: 'on'}, template: template('on')},
    },
    scaler('apps/v1', 'Deployment', 'web'),
    scaler('v1', 'ReplicationController', 'on'),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'alone', namespace},
      spec: template('alone').spec,
    },
  );
  await kubectl('-n', namespace, 'wait', '--for=condition=Ready', 'pods', '--all', '--timeout=120s');
  web = await kubectl('-n', namespace, 'get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}');
});
afterAll(async () => {
  await metrics?.stop();
  await kubectl('delete', 'namespace', namespace, '--wait=false');
  ktop('access', '--remove');
  rmSync(folder, {recursive: true});
});

const none = /this cluster has no metrics\.k8s\.io: .* — try: kubectl get apiservice v1beta1\.metrics\.k8s\.io$/;
/** What this controller says, whatever the reason. */
const unread = /ScalingActive is False: FailedGetResourceMetric, .*unable to get metrics for resource cpu/;

test('without a metrics-server it says so, and what the controller itself says of that', async () => {
  const told = await until('the controller has tried', async () => {
    const one = await pipeline('web');
    return stage(one, 'HPA web').includes('ScalingActive') ? one : null;
  });
  expect(stage(told, 'cAdvisor sample')).toMatch(/ \d+ s +\d+m +the newest/);
  expect(stage(told, 'metrics.k8s.io')).toMatch(none);
  // Nothing was read, nothing decided: the 0 in its status is no wish for no replicas.
  expect(stage(told, 'HPA web')).toMatch(/–\s+Deployment web · cpu not read \(wanted 50 %\) · 1 replica · /);
  expect(stage(told, 'HPA web')).toMatch(unread);
  expect(stage(told, 'last scaling')).toMatch(/ never$/);
  expect(told).toMatchObject({
    code: 1,
    said: expect.stringMatching(/\n\nno number reaches an autoscaler\n$/) as string,
  });

  expect(stage(await pipeline('on'), 'HPA on')).toContain('ReplicationController on · cpu not read');
  expect(stage(await pipeline('alone'), 'autoscaler')).toContain('nothing owns the pod alone: no HPA can scale it');
});

test('with one, each stage has its age, the controller’s figures, and the sum', async () => {
  const api = (metrics = await serveMetrics(namespace));
  await until('its API is there', async () => !none.test(stage(await pipeline(web), 'metrics.k8s.io')));
  expect(stage(await pipeline(web), 'metrics.k8s.io')).toContain('metrics-server has no number of this pod yet');
  api.usage = '80m';
  const told = await until('the controller has scaled', async () => {
    const one = await pipeline(web);
    return stage(one, 'last scaling').includes(' with a number ') ? one : null;
  });
  process.stderr.write(told.said);
  expect(told.code).toBe(0);
  expect(stage(told, 'metrics.k8s.io')).toMatch(/ 1[2-4] s +80m +mean of the 10 s before, /);
  expect(stage(told, 'HPA web')).toMatch(
    / 1[2-4] s +– +Deployment web · cpu 80 % \(wanted 50 %\) · [12] → 2 replicas$/,
  );
  expect(told.said).toMatch(
    /the number to be read now is 1[2-4] s old, and stands for the 10 s before that; it is acted on/,
  );
  // Two pods of it run now, and one is meant.
  await until('the second is there', async () => (await pipeline('web')).said.includes('several are meant'));
});

test('who may not look is told the right at each stage; whom it is granted to sees all', async () => {
  const refused = await pipeline(web, ...(await as(namespace, 'default')));
  process.stderr.write(refused.said);
  expect(refused.code).toBe(1);
  const lacks = (right: string) =>
    `403: system:serviceaccount:${namespace}:default lacks the right "${right}" — try: ktop access`;
  expect(stage(refused, 'cAdvisor sample')).toContain(lacks('get nodes/proxy'));
  expect(stage(refused, 'metrics.k8s.io')).toContain(lacks('get pods.metrics.k8s.io'));
  expect(stage(refused, 'autoscaler')).toContain(lacks('get pods'));

  ktop('access', '--apply');
  const partly = await pipeline(web, ...(await as('kube-system', 'ktop')));
  const ofKtop = '403: system:serviceaccount:kube-system:ktop lacks the right';
  expect(stage(partly, 'cAdvisor sample')).toMatch(/ \d+ s +\d+m +the newest/);
  expect(stage(partly, 'metrics.k8s.io')).toContain(
    `${ofKtop} "get pods.metrics.k8s.io" — try: ktop access --apply --pipeline`,
  );
  expect(stage(partly, 'autoscaler')).toContain(
    `${ofKtop} "get replicasets.apps" — try: ktop access --apply --pipeline`,
  );

  ktop('access', '--apply', '--pipeline');
  expect((await pipeline(web, ...(await as('kube-system', 'ktop')))).code).toBe(0);
});

test('one that went down, or away, is told; figures that are left of it are told as old', async () => {
  metrics?.fall();
  const down = await until('the API server has missed it', async () => {
    const one = await pipeline(web);
    return stage(one, 'metrics.k8s.io').includes('metrics-server does not answer (') ? one : null;
  });
  process.stderr.write(down.said);
  await metrics?.stop();
  const told = await until('the controller has missed it', async () => {
    const one = await pipeline(web);
    return unread.test(stage(one, 'HPA web')) ? one : null;
  });
  process.stderr.write(told.said);
  expect(stage(told, 'HPA web')).toMatch(
    / – +– +Deployment web · cpu 80 % when it was last read \(wanted 50 %\) · 2 replicas · /,
  );
  expect(told.said).toContain('no number reaches an autoscaler');
});

/** The options that make ktop a service account's, and nobody else. */
async function as(home: string, account: string): Promise<readonly string[]> {
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '-o', 'json')) as {
    readonly contexts: readonly {readonly context: {readonly cluster: string}}[];
  };
  const file = join(folder, account);
  const user = {name: 'account', user: {token: await tokenOf(home, account)}};
  const contexts = [{name: 'own', context: {cluster: config.contexts[0]?.context.cluster, user: user.name}}];
  writeFileSync(file, JSON.stringify({...config, users: [user], contexts, 'current-context': 'own'}));
  return ['--kubeconfig', file];
}
