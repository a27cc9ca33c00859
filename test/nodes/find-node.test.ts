import {access, chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {nodesText} from '../../src/cli/run-nodes.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import {listNodes} from '../../src/nodes/list-nodes.ts';
import {ClusterStandIn, pki} from './cluster-stand-in.ts';

// The engines are stand-ins: what counts is which of them answer.
let folder: string;
const find = (node: string) => findNode({node, env: {PATH: `${folder}:/usr/bin:/bin`, HOME: folder}});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}
const container = {Id: 'c', Name: '/kind-worker', Config: {Labels: {'io.x-k8s.kind.cluster': 'kind'}}};
const answering = `case "$*" in
  ps*) echo c ;;
  *' c') echo '${JSON.stringify([container])}' ;;
  *) echo 'Error: No such container' >&2; exit 1 ;;
esac`;
const broken = "echo 'cannot reach the engine' >&2; exit 125";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-find-'));
  await program('nerdctl', broken);
  await program('minikube', `echo '{"valid":[]}'`);
});
afterEach(() => rm(folder, {recursive: true}));

test('a name that the running engine does not know is wrong, though another engine is broken', async () => {
  await program('docker', answering);
  await program('podman', broken);
  await expect(find('kind-wroker')).rejects.toMatchObject({
    kind: 'unknown',
    nodes: ['kind-worker'],
    failure: {problem: expect.stringContaining('podman did not answer: cannot reach the engine') as unknown},
  });
});

test('where no engine answers the node may come yet', async () => {
  await program('docker', broken);
  await program('podman', broken);
  await expect(find('kind-worker')).rejects.toMatchObject({kind: 'not-now', failure: {next: 'docker info'}});
});

test('a container that looks like no node is listed as one where the cluster has a node of its name', async () => {
  const cluster = await ClusterStandIn.start('made-by-hand');
  cluster.rights = {jane: ['nodes']};
  const KUBECONFIG = join(folder, 'config');
  const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};
  await writeFile(KUBECONFIG, cluster.kubeconfig(jane));
  const made = ['made-by-hand', 'web'].map((name) => ({
    Id: 'c',
    Name: `/${name}`,
    Path: '/entry',
    State: {Status: 'running'},
  }));
  await program('docker', `case "$*" in ps*) echo c ;; *) echo '${JSON.stringify(made)}' ;; esac`);
  await program('podman', broken);
  const {nodes} = await listNodes({env: {PATH: `${folder}:/usr/bin:/bin`, HOME: folder, KUBECONFIG}});
  await cluster.stop();
  expect(nodes).toMatchObject([{name: 'made-by-hand', provider: 'kind', state: 'running', reach: 'docker exec'}]);
});

test('a kubeconfig that cannot be used is a mistake of the options, whatever its sentence; a cluster that is down is none', async () => {
  const found = (config: string) => {
    const env = {PATH: `${folder}:/usr/bin:/bin`, HOME: folder, KUBECONFIG: join(folder, 'config')};
    return writeFile(env.KUBECONFIG, config).then(() => findNode({node: 'far', env}));
  };
  for (const engine of ['docker', 'podman']) await program(engine, 'exit 0');
  await expect(found('a: [')).rejects.toMatchObject({kind: 'bad-option', failure: {code: 'bad-config'}});
  const cluster = {name: 'c', cluster: {server: 'https://127.0.0.1:9'}};
  // The context's name is the user's to choose, and part of the sentence.
  const name = 'read the kubeconfig';
  const user = {name: 'u', user: {token: 'secret'}};
  const down = {clusters: [cluster], users: [user], contexts: [{name, context: {cluster: 'c', user: 'u'}}]};
  await expect(found(JSON.stringify(down))).rejects.toMatchObject({kind: 'not-now'});
});

test('only a container that says it is a control plane is asked for the cluster’s administrator', async () => {
  const init = {Path: '/sbin/init', State: {Running: true, Status: 'running'}};
  const plane = {'io.x-k8s.kind.cluster': 'kind', 'io.x-k8s.kind.role': 'control-plane'};
  const all = [
    {Id: '1', Name: '/made-by-hand', Config: {}, ...init},
    {Id: '2', Name: '/some-app', Config: {}, ...init},
    {Id: '3', Name: '/kind-control-plane', Config: {Labels: plane}, ...init},
    {Id: '4', Name: '/kind-worker', Config: {Labels: {...plane, 'io.x-k8s.kind.role': 'worker'}}, ...init},
  ];
  const asked = join(folder, 'asked');
  await program(
    'docker',
    `case "$*" in
  ps*) echo 1 2 3 4 ;;
  exec*admin.conf*) echo "$3" >>${asked}; exit 1 ;;
  exec*) exit 1 ;;
  *' made-by-hand') echo '${JSON.stringify(all.slice(0, 1))}' ;;
  *) echo '${JSON.stringify(all)}' ;;
esac`,
  );
  await program('podman', broken);
  const node = await find('made-by-hand');
  await expect(node.openRoute(new AbortController().signal)).rejects.toThrow();
  await node.close();
  expect((await readFile(asked, 'utf8')).trim().split('\n').sort()).toEqual(['kind-control-plane', 'made-by-hand']);
});

test('a search that is called off ends at once, though the engine hangs', async () => {
  await program('docker', `touch ${join(folder, 'hangs')}; exec sleep 31415.7`);
  await program('podman', broken);
  const off = new AbortController();
  const env = {PATH: `${folder}:/usr/bin:/bin`, HOME: folder};
  const found = findNode({node: 'kind-worker', env}, off.signal);
  await vi.waitFor(() => access(join(folder, 'hangs')), {timeout: 5000});
  off.abort(new Error('called off'));
  await expect(found).rejects.toThrow('called off');
});

test('ten thousand containers are asked about in pieces, and those without a usable name are counted', async () => {
  const node = (name: string) => ({Id: name, Name: name, Config: {Labels: {'io.x-k8s.kind.cluster': 'kind'}}});
  const all = JSON.stringify([node('kind-worker'), node('-rf'), node('x\u001b[2Jy')]);
  await program(
    'docker',
    `case "$1" in ps) seq -f '%060.0f' 10000 ;; *) [ $# -lt 1000 ] && echo '${all.replaceAll('\\', '\\\\')}' ;; esac`,
  );
  await program('podman', broken);
  const {nodes, problems} = await listNodes({env: {PATH: `${folder}:/usr/bin:/bin`, HOME: folder}});
  expect(nodes.map(({name}) => name)).toEqual(['kind-worker']);
  expect(problems).toContainEqual({tried: 'list the nodes', problem: '2 without a usable name', next: null});
});

test('the fields that scripts read of a listed node are these', async () => {
  await program('docker', answering);
  await program('podman', broken);
  const {stdout} = await nodesText({env: {PATH: `${folder}:/usr/bin:/bin`, HOME: folder}}, true);
  expect(JSON.parse(stdout)).toEqual([
    {name: 'kind-worker', provider: 'kind', role: null, kubeletVersion: null, state: 'unknown', reach: 'docker exec'},
  ]);
});
