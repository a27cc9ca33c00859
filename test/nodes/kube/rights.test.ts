import {expect, test} from 'vitest';
import {deniedFailure} from '../../../src/nodes/kube/rights.ts';

const request = 'GET https://10.0.0.2:10250/stats/summary';
const denied = (status: number, body: string) => deniedFailure({status, body}, request, 'token of KTOP_TOKEN');

test("the kubelet's refusal names who lacks which right", () => {
  const body = 'Forbidden (user=system:serviceaccount:a:b, verb=get, resource=nodes, subresource(s)=[stats])';
  expect(denied(403, body)).toMatchObject({
    problem: '403: system:serviceaccount:a:b lacks the right "get nodes/stats"',
    next: 'ktop access --apply',
  });
  expect(denied(403, 'Forbidden (user=u, verb=get, resource=nodes, subresource=metrics)')?.problem).toContain(
    'nodes/metrics',
  );
});

test("the API server's refusal names the proxy right, which is granted only when asked for", () => {
  const message =
    'nodes "n" is forbidden: User "jane" cannot get resource "nodes/proxy" in API group "" at the cluster scope';
  const body = JSON.stringify({kind: 'Status', message});
  expect(denied(403, body)).toMatchObject({
    problem: '403: jane lacks the right "get nodes/proxy"',
    next: 'ktop access --apply --proxy',
  });
});

test('the command names the context of the cluster, which need not be the current one', () => {
  const body = 'Forbidden (user=u, verb=get, resource=nodes, subresource(s)=[configz proxy])';
  expect(deniedFailure({status: 403, body}, request, 'token', 'kind-kind')).toMatchObject({
    problem: '403: u lacks the right "get nodes/configz"',
    next: 'ktop access --apply --context kind-kind',
  });
});

test('what only an administrator can give is not sent back to who was refused', () => {
  const message =
    'serviceaccounts "ktop" is forbidden: User "jane" cannot patch resource "serviceaccounts" in API group "" in the namespace "kube-system"';
  expect(denied(403, JSON.stringify({kind: 'Status', message}))).toMatchObject({
    problem: '403: jane lacks the right "patch serviceaccounts"',
    next: 'ktop access --apply --context ADMINISTRATOR',
  });
});

test.each([
  ['https://10.0.0.2:10250/pods', 'get nodes/pods'],
  ['https://10.0.0.2:10250/stats/summary?only_cpu_and_memory=true', 'get nodes/stats'],
  ['https://k.example/api/v1/nodes/stats', 'get nodes'],
  ['https://k.example/api/v1/nodes?resourceVersion=0', 'list nodes'],
  ['https://k.example/api/v1/nodes/metrics/proxy/stats/summary', 'get nodes/proxy'],
  ['https://rancher.example/k8s/clusters/c-1/api/v1/pods?fieldSelector=spec.nodeName%3Dlogs', 'list pods'],
  ['https://k.example/api/v1/namespaces/kube-system/secrets/healthz', 'get secrets'],
])('a refusal that names no right is told by the place that was asked: %s', (url, right) => {
  const failure = deniedFailure({status: 403, body: 'no'}, `GET ${url}`, 'token');
  expect(failure?.problem).toBe(`403: this user lacks the right "${right}"`);
});

test('a 401 says that nobody was recognised, other answers say nothing', () => {
  expect(denied(401, 'Unauthorized')?.problem).toMatch(/^401: .*not accepted/);
  expect(denied(200, '')).toBeNull();
});
