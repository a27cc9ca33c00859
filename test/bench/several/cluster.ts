// NODES simulated kubelets of PODS pods behind one API server over TLS, in a process of its own: stats whose cgroups have
// timers of their own, and a journal of a line a second that the kubelet's log query tells.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {pki} from '../../nodes/cluster-stand-in.ts';

const [nodes = 1, pods = 1] = process.argv.slice(2).map(Number);
const names = Array.from({length: nodes}, (_, i) => `node-${String(i + 1).padStart(2, '0')}`);
const items = names.map((name) => ({metadata: {name}}));

/** A wait of 10 to 20 s that differs from cgroup to cgroup; the counter moves with each tick. */
function lineOf(name: string, labels: string, seed: number, now: number): string {
  const wait = 10_000 + (seed % 10_000);
  const at = Math.floor((now - seed) / wait) * wait + seed;
  return `${name}_cpu_usage_seconds_total{${labels}} ${(at / 1e6).toFixed(3)} ${at}\n${name}_memory_working_set_bytes{${labels}} ${1_000_000 + (at % 7919)} ${at}\n`;
}

function resourceOf(node: number): string {
  const now = Date.now();
  let body = '# TYPE container_cpu_usage_seconds_total counter\n';
  for (let pod = 0; pod < pods; pod++) {
    const where = `namespace="namespace-${pod % 7}",pod="workload-n${node}p${pod}"`;
    const seed = (node * 7919 + pod * 104_729) % 1_000_003;
    body += lineOf('container', `container="app",${where}`, seed, now);
    body += `container_start_time_seconds{container="app",${where}} 1795460000.5\n`;
    body += lineOf('pod', where, seed + 4321, now);
  }
  return `${body}resource_scrape_error 0\n`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The newest lines, as `journalctl --utc --output=short-precise` writes them. */
function journalOf(lines: number): string {
  const second = Math.floor(Date.now() / 1000);
  return Array.from({length: Math.min(lines, 500)}, (_, i) => {
    const at = new Date((second - Math.min(lines, 500) + 1 + i) * 1000);
    const time = at.toISOString().slice(11, 19);
    const day = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2, '0')}`;
    return `${day} ${time}.000000 node kubelet[137]: I0101 ${time}.000000     137 kubelet.go:2430] "SyncLoop RECONCILE" source="api" pods=["a/b-${at.getTime()}"]\n`;
  }).join('');
}

const server = createServer(
  {key: readFileSync(pki('server.key')), cert: readFileSync(pki('server.pem')), keepAliveTimeout: 120_000},
  (request, response) => {
    const url = new URL(request.url ?? '/', 'https://api');
    const [, name, path] = /^\/api\/v1\/nodes\/([^/]+)(?:\/proxy(\/.*))?$/.exec(url.pathname) ?? [];
    const answer = (status: number, body: string): void => {
      response.writeHead(status, {
        'content-type': 'text/plain',
        'content-length': Buffer.byteLength(body),
        'process-start-time-unix': '1795460000',
      });
      response.end(body);
    };
    if (path === '/metrics/resource') answer(200, resourceOf(names.indexOf(name ?? '')));
    else if (path === '/logs/') answer(200, journalOf(Number(url.searchParams.get('tailLines') ?? 100)));
    else if (path !== undefined) answer(404, 'not found');
    else if (name !== undefined) answer(200, JSON.stringify(items.find((item) => item.metadata.name === name) ?? {}));
    else answer(200, JSON.stringify({items: url.pathname === '/api/v1/nodes' ? items : []}));
  },
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({port: typeof address === 'object' ? address?.port : 0});
});
