// A cluster of simulated kubelets behind one API server over TLS, in a process of its own: NODES nodes of PODS pods of
// one container. Each cgroup has its own timer; the answers are as long as a kubelet's.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {pki} from '../../nodes/cluster-stand-in.ts';

const [nodes, pods] = process.argv.slice(2).map(Number);
const names = Array.from({length: nodes ?? 1}, (_, i) => `node-${String(i).padStart(4, '0')}`);
const list = JSON.stringify({items: names.map((name) => ({metadata: {name}}))});

/** A wait of 10 to 20 s that differs from cgroup to cgroup; the counter moves with each tick. */
function lineOf(name: string, labels: string, seed: number, now: number): string {
  const wait = 10_000 + (seed % 10_000);
  const at = Math.floor((now - seed) / wait) * wait + seed;
  return `${name}_cpu_usage_seconds_total{${labels}} ${(at / 1e6).toFixed(3)} ${at}\n${name}_memory_working_set_bytes{${labels}} ${1_000_000 + (at % 7919)} ${at}\n`;
}

function resourceOf(node: number): string {
  const now = Date.now();
  let body = '# TYPE container_cpu_usage_seconds_total counter\n';
  for (let pod = 0; pod < (pods ?? 1); pod++) {
    const where = `namespace="namespace-${pod % 7}",pod="workload-7d4b9c6f5-n${node}p${pod}"`;
    const seed = (node * 7919 + pod * 104_729) % 1_000_003;
    body += lineOf('container', `container="app",${where}`, seed, now);
    body += `container_start_time_seconds{container="app",${where}} 1795460000.5\n`;
    body += lineOf('pod', where, seed + 4321, now);
  }
  return `${body}resource_scrape_error 0\n`;
}

let requests = 0;
let bytes = 0;
const server = createServer(
  {key: readFileSync(pki('server.key')), cert: readFileSync(pki('server.pem')), keepAliveTimeout: 120_000},
  (request, response) => {
    const path = request.url ?? '';
    const node = /^\/api\/v1\/nodes\/node-(\d+)\/proxy\/metrics\/resource$/.exec(path)?.[1];
    const body = node !== undefined ? resourceOf(Number(node)) : path.startsWith('/api/v1/nodes?') ? list : '{}';
    requests += 1;
    bytes += body.length;
    // From the start of each simulated kubelet on.
    response.writeHead(200, {'content-type': 'text/plain', 'process-start-time-unix': '1795460000'});
    response.end(body);
  },
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({port: typeof address === 'object' ? address?.port : 0});
});
process.on('message', () => process.send?.({requests, bytes}));
