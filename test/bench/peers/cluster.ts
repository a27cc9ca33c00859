import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {pki} from '../../nodes/cluster-stand-in.ts';

/**
 * Starts a program that simulates a cluster and sends the port of its API server, in a process of its own; writes the
 * kubeconfig that leads there to that path.
 */
export async function startCluster(
  program: string,
  args: readonly string[],
  kubeconfig: string,
): Promise<ChildProcess> {
  const cluster = fork(program, args);
  process.on('exit', () => cluster.kill('SIGKILL'));
  const [{port}] = (await once(cluster, 'message')) as [{port: number}];
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'bench',
      clusters: [{name: 'c', cluster: {server: `https://127.0.0.1:${port}`, 'certificate-authority': pki('ca.pem')}}],
      users: [{name: 'u', user: {token: 'bench'}}],
      contexts: [{name: 'bench', context: {cluster: 'c', user: 'u'}}],
    }),
  );
  return cluster;
}
