import {execFileSync, spawnSync} from 'node:child_process';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {docker} from '../node/engine.ts';
import {until} from '../node/start-node.ts';
import {pods} from './pods.ts';

/** Where `cluster.sh` keeps what it compiled. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ktop-cluster');
export const worker = 'ktreal-worker';
export const env = {KUBECONFIG: join(cache, 'kubeconfig')};

export const kubectl = (...args: readonly string[]) =>
  docker('exec', 'ktreal-control-plane', 'kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...args);

/** Makes the objects in the cluster, or brings them to what is wanted. */
export async function apply(...items: readonly object[]): Promise<void> {
  const list = JSON.stringify({apiVersion: 'v1', kind: 'List', items});
  await docker('exec', 'ktreal-control-plane', 'sh', '-c', `echo '${list}' >/objects.json`);
  await kubectl('apply', '-f', '/objects.json');
}

/** Runs ktop to its end and returns what it printed; throws where it fails. */
export const ktop = (...args: readonly string[]) =>
  execFileSync(nodeBinary, [ktopBinary, ...args], {env: {...process.env, ...env}, encoding: 'utf8'});

/** Runs `ktop …` on the worker, whatever comes of it. */
export function ktopOnWorker(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): {readonly code: number | null; readonly said: string} {
  const all = [ktopBinary, ...args, '--node', worker];
  const {status, stdout, stderr} = spawnSync(nodeBinary, all, {
    env: {...process.env, ...env, ...more},
    encoding: 'utf8',
  });
  return {code: status, said: stdout + stderr};
}

/** The long-lived token that this version makes for each service account. */
export async function tokenOf(namespace: string, account: string): Promise<string> {
  const secret = await until('the account has a secret', async () => {
    const name = await kubectl('-n', namespace, 'get', 'serviceaccount', account, '-o', 'jsonpath={.secrets[0].name}');
    return name.trim() === '' ? null : name.trim();
  });
  const data = await kubectl('-n', namespace, 'get', 'secret', secret, '-o', 'jsonpath={.data.token}');
  return Buffer.from(data, 'base64').toString();
}

/** Puts the pods of the tests on the worker, and waits until they run. */
export async function startPods(): Promise<void> {
  await apply(...pods);
  await until('the pods run', async () => {
    const phases = await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].status.phase}');
    return /^Running( Running)+$/.test(phases);
  });
}
