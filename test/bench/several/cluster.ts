// NODES simulated kubelets of PODS pods behind one API server over TLS, in a process of its own: stats whose cgroups have
// timers of their own, and a journal of a line a second that the kubelet's log query tells.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {pki} from '../../nodes/cluster-stand-in.ts';
import {resourceMetrics} from '../peers/simulated-kubelet.ts';

const [nodes = 1, pods = 1] = process.argv.slice(2).map(Number);
const names = Array.from({length: nodes}, (_, i) => `node-${String(i + 1).padStart(2, '0')}`);
const items = names.map((name) => ({metadata: {name}}));

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
    if (path === '/metrics/resource') answer(200, resourceMetrics(names.indexOf(name ?? ''), pods));
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
