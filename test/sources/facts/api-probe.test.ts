import {expect, test} from 'vitest';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import type {KubeletRoute} from '../../../src/nodes/node.ts';
import {flagsOf, probeByApi} from '../../../src/sources/facts/api-probe.ts';

const {signal} = new AbortController();
const metrics = `# TYPE kubernetes_build_info gauge
kubernetes_build_info{build_date="2025",git_version="v1.33.1",major="1"} 1
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1.79547035521e+09
`;

/** A node over HTTPS alone: what these paths answer with, 404 where there is nothing. */
function setting(answers: Record<string, string>) {
  const asked: string[] = [];
  const clock = {ms: 0};
  const get: KubeletRoute['get'] = (path) => {
    asked.push(path);
    const name = path.split('?')[0] ?? '';
    const body = answers[name];
    const reply = {body: body ?? 'not found', sentAt: localMs(0), receivedAt: localMs(10), date: 0};
    return Promise.resolve({...reply, status: body === undefined ? 404 : 200});
  };
  const route: KubeletRoute = {kind: 'apiserver', label: '', warning: null, get, close: () => Promise.resolve()};
  const node = {name: 'n', openRoute: () => Promise.resolve(route)};
  return {asked, clock, probe: probeByApi({node, unit: 'kubelet', now: () => localMs(clock.ms)})};
}

test('process and version come from the metrics, verbosity from the configuration, the rest from the flags', async () => {
  const config = '{"kubeletconfig":{"logging":{"verbosity":3}}}';
  const flags = 'kubelet flagz\n\nhousekeeping-interval: 5s\nv: 4\n';
  const {probe} = setting({'/configz': config, '/metrics': metrics, '/flagz': flags});
  expect(await probe(signal, true)).toMatchObject({
    facts: {
      kubeletVersion: 'v1.33.1',
      kubeletStartedAt: nodeMs(1_795_470_355_210),
      verbosity: 3,
      housekeepingIntervalMs: 5000,
    },
    clock: {nodeFrom: 1000, nodeTo: 0},
  });
});

test('the lines that a kubelet prints of its flags stand in for /flagz, asked for once a process', async () => {
  const answers: Record<string, string> = {
    '/metrics': metrics,
    '/logs/': 'Nov 24 01:00:00.000001 n kubelet[7]: I1124 flags.go:64] FLAG: --housekeeping-interval="1m0s"\n',
  };
  const {probe, asked, clock} = setting(answers);
  expect((await probe(signal, true))?.facts).toMatchObject({verbosity: null, housekeepingIntervalMs: 60_000});
  clock.ms += 100_000;
  expect((await probe(signal, false))?.facts.housekeepingIntervalMs).toBe(60_000);
  const queries = () => asked.filter((path) => path.startsWith('/logs/'));
  expect(queries()).toHaveLength(1);
  expect(decodeURIComponent(queries()[0] ?? '')).toContain('pattern=FLAG: --(v|housekeeping-interval)=');
  answers['/metrics'] = metrics.replace('521e+09', '599e+09');
  await probe(signal, true);
  expect(queries()).toHaveLength(2);
});

test('between the whole looks only the clock is read', async () => {
  const {probe, asked} = setting({'/metrics': metrics});
  await probe(signal, true);
  asked.length = 0;
  expect((await probe(signal, false))?.facts.kubeletVersion).toBe('v1.33.1');
  expect(asked).toEqual(['/healthz']);
});

test('reads /flagz with whatever it puts behind the names', () => {
  for (const delimiter of [':', ': ', '=', ' ']) {
    const text = `vmodule${delimiter}\nhousekeeping-interval${delimiter}10s\nv${delimiter}2\n`;
    expect(flagsOf(text), delimiter).toEqual({verbosity: 2, housekeepingIntervalMs: 10_000});
  }
});
