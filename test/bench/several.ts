// What twenty nodes on one screen cost, beside one, with a pod on each and with as many as a kubelet takes: `npm run bench
// several`. The simulated kubelets run in processes of their own and are reached through one API server each.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {counted} from '../../src/util/counted.ts';
import {startCluster} from './peers/cluster.ts';
import {ktop, measure, printCosts, printRatio, type Peer} from './peers/watched.ts';

const folder = mkdtempSync(join(tmpdir(), 'ktop-bench-several-'));
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));

/** One node and twenty of a cluster whose nodes have so many pods. */
async function peersOf(pods: number): Promise<readonly [one: Peer, twenty: Peer]> {
  const kubeconfig = join(folder, String(pods));
  const cluster = await startCluster(
    join(import.meta.dirname, 'several', 'cluster.ts'),
    ['20', String(pods)],
    kubeconfig,
  );
  cluster.unref();
  cluster.channel?.unref();
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
