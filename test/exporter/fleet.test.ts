import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {followFleet} from '../../src/exporter/fleet.ts';
import {NodeMetrics} from '../../src/exporter/node-metrics.ts';
import {Registry} from '../../src/exporter/registry.ts';
import {RequestBudget} from '../../src/exporter/request-budget.ts';
import {Rota} from '../../src/exporter/rota.ts';
import {SeriesBudget} from '../../src/exporter/series-budget.ts';
import {TextWriter} from '../../src/exporter/text-writer.ts';
import {localMs} from '../../src/model/time.ts';
import {pki} from '../nodes/cluster-stand-in.ts';

const now = () => localMs(Date.now());

test('follows the nodes of a cluster through its API server, one that is down too, until one leaves it', async () => {
  let names = ['up', 'down'];
  const paths = new Set<string>();
  const api = createServer(
    {key: readFileSync(pki('server.key')), cert: readFileSync(pki('server.pem'))},
    (asked, reply) => {
      const path = asked.url ?? '';
      paths.add(path);
      const list = JSON.stringify({items: names.map((name) => ({metadata: {name}}))});
      const figures = `pod_cpu_usage_seconds_total{namespace="a",pod="web"} 1 ${Date.now() - 3000}\n`;
      if (path.startsWith('/api/v1/nodes?')) reply.end(list);
      else if (path.startsWith('/api/v1/nodes/up/proxy/')) reply.end(figures);
      else reply.writeHead(502).end('no route to host');
    },
  );
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const address = api.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const folder = mkdtempSync(join(tmpdir(), 'ktop-fleet-'));
  const kubeconfig = join(folder, 'config');
  const cluster = {server: `https://127.0.0.1:${port}`, 'certificate-authority': pki('ca.pem')};
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'c',
      clusters: [{name: 'c', cluster}],
      users: [{name: 'c', user: {token: 't'}}],
      contexts: [{name: 'c', context: {cluster: 'c', user: 'c'}}],
    }),
  );
  const registry = new Registry(new SeriesBudget(1000));
  const rota = new Rota(50, 1000);
  const ended = new AbortController();
  const running = followFleet(
    {
      connection: {kubeconfig},
      shared: {budget: new RequestBudget(1000, 4), rota},
      add: (node) => {
        const {budget} = registry;
        const metrics = new NodeMetrics({node, budget, level: 'pod', patterns: [], ticks: null, now});
        registry.add(metrics);
        return metrics;
      },
      remove: (metrics) => registry.remove(metrics),
      counted: (nodes) => (rota.nodes = nodes),
      complain: (why) => expect.fail(why),
      listEveryMs: 50,
    },
    ended.signal,
  );
  const scrape = () => registry.write(new TextWriter('text'), now()).toString();
  try {
    await expect.poll(scrape, {timeout: 10_000}).toContain('ktop_kubelet_up{node="up"} 1');
    await expect.poll(scrape, {timeout: 10_000}).toContain('ktop_scrape_errors_total{node="down",reason="other"}');
    expect(scrape()).toContain('ktop_kubelet_up{node="down"} 0');
    expect(scrape()).toContain('ktop_sample_age_seconds{node="up",namespace="a",pod="web",container=""}');
    // One request a poll: the summary only where the other endpoint fails.
    expect([...paths].some((path) => path.startsWith('/api/v1/nodes/up/proxy/stats'))).toBe(false);
    names = ['down'];
    await expect.poll(scrape, {timeout: 10_000}).not.toContain('node="up"');
  } finally {
    ended.abort();
    await running;
    api.close();
    api.closeAllConnections();
    rmSync(folder, {recursive: true, force: true});
  }
}, 40_000);
