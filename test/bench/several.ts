// What twenty nodes on one screen cost, beside one, with a pod on each and with as many as a kubelet takes: `npm run bench
// several`. The simulated kubelets run in processes of their own and are reached through one API server each.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pki} from '../nodes/cluster-stand-in.ts';
import {counted} from '../../src/util/counted.ts';
import {ktop, measure, printCosts, printRatio, type Peer} from './peers/watched.ts';

const folder = mkdtempSync(join(tmpdir(), 'ktop-bench-several-'));
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));

/** One node and twenty of a cluster whose nodes have so many pods. */
async function peersOf(pods: number): Promise<readonly [one: Peer, twenty: Peer]> {
  const cluster = fork(join(import.meta.dirname, 'several', 'cluster.ts'), ['20', String(pods)]);
  process.on('exit', () => cluster.kill('SIGKILL'));
  const [{port}] = (await once(cluster, 'message')) as [{port: number}];
  cluster.unref();
  cluster.channel?.unref();
  const kubeconfig = join(folder, String(pods));
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'several',
      clusters: [{name: 'c', cluster: {server: `https://127.0.0.1:${port}`, 'certificate-authority': pki('ca.pem')}}],
      users: [{name: 'u', user: {token: 'bench'}}],
      contexts: [{name: 'several', context: {cluster: 'c', user: 'u'}}],
    }),
  );
  const on = (name: string, pattern: string) =>
    ktop(`${name} of ${counted(pods, 'pod')}`, ['--via', 'api', '--node', pattern], {env: {KUBECONFIG: kubeconfig}});
  return [on('one node', 'node-01'), on('twenty nodes', 'node-*')];
}

const settings = {
  rounds: Number(process.env.KTOP_BENCH_ROUNDS ?? 3),
  // A node whose route lacks a right looks for a better one 30, 90 and 210 s after the start, then ever more seldom; these
  // kubelets have no summary. What lies open for days is not measured in the midst of that.
  settleS: Number(process.env.KTOP_BENCH_SETTLE ?? 125),
};
const sizes = (process.env.KTOP_BENCH_PODS ?? '1,110').split(',').map(Number);
const pairs = await Promise.all(sizes.map(peersOf));
const costs = await measure(pairs.flat(), settings);
printCosts(costs);
for (const [one, twenty] of pairs) {
  printRatio(costs, [twenty.name, one.name], 'percent', 3);
  printRatio(costs, [twenty.name, one.name], 'residentMb', 3);
}
