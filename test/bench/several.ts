// What twenty nodes on one screen cost, beside one: `npm run bench several`. The simulated kubelets run in a process of
// their own and are reached through one API server.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pki} from '../nodes/cluster-stand-in.ts';
import {ktop, measure, printCosts, printRatio} from './peers/watched.ts';

const pods = Number(process.env.KTOP_BENCH_PODS ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'ktop-bench-several-'));
const cluster = fork(join(import.meta.dirname, 'several', 'cluster.ts'), ['20', String(pods)]);
process.on('exit', () => {
  cluster.kill('SIGKILL');
  rmSync(folder, {recursive: true, force: true});
});
const [{port}] = (await once(cluster, 'message')) as [{port: number}];
const kubeconfig = join(folder, 'config');
writeFileSync(
  kubeconfig,
  JSON.stringify({
    'current-context': 'several',
    clusters: [{name: 'c', cluster: {server: `https://127.0.0.1:${port}`, 'certificate-authority': pki('ca.pem')}}],
    users: [{name: 'u', user: {token: 'bench'}}],
    contexts: [{name: 'several', context: {cluster: 'c', user: 'u'}}],
  }),
);
const on = (...patterns: readonly string[]) => ['--via', 'api', ...patterns.flatMap((one) => ['--node', one])];
const options = {env: {KUBECONFIG: kubeconfig}};
const settings = {
  rounds: Number(process.env.KTOP_BENCH_ROUNDS ?? 3),
  settleS: Number(process.env.KTOP_BENCH_SETTLE ?? 90),
};
const costs = await measure(
  [ktop('one node', on('node-01'), options), ktop('twenty nodes', on('node-*'), options)],
  settings,
);
printCosts(costs);
printRatio(costs, ['twenty nodes', 'one node'], 'percent', 3);
printRatio(costs, ['twenty nodes', 'one node'], 'residentMb', 3);
cluster.kill();
