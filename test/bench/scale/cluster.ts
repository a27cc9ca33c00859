// A cluster of simulated kubelets behind one API server over TLS, in a process of its own: NODES nodes of PODS pods of
// one container. Each cgroup has its own timer; the answers are as long as a kubelet's.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {pki} from '../../nodes/cluster-stand-in.ts';
import {resourceMetrics} from '../peers/simulated-kubelet.ts';

const [nodes = 1, pods = 1] = process.argv.slice(2).map(Number);
const names = Array.from({length: nodes}, (_, i) => `node-${String(i).padStart(4, '0')}`);
const list = JSON.stringify({items: names.map((name) => ({metadata: {name}}))});

let requests = 0;
let bytes = 0;
const server = createServer(
  {key: readFileSync(pki('server.key')), cert: readFileSync(pki('server.pem')), keepAliveTimeout: 120_000},
  (request, response) => {
    const path = request.url ?? '';
    const node = /^\/api\/v1\/nodes\/node-(\d+)\/proxy\/metrics\/resource$/.exec(path)?.[1];
    const body =
      node !== undefined ? resourceMetrics(Number(node), pods) : path.startsWith('/api/v1/nodes?') ? list : '{}';
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
