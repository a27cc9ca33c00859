import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Launcher} from '../../../src/nodes/exec/launcher.ts';
import {adminContext} from '../../../src/nodes/kube/admin-conf.ts';
import {ApiServer} from '../../../src/nodes/kube/api-server.ts';
import {ClusterStandIn, pki} from '../cluster-stand-in.ts';

let folder = '';
let launcher: Launcher;
const inline = async (name: string) => (await readFile(pki(name))).toString('base64');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-admin-'));
  const env = {PATH: `${folder}:${process.env.PATH ?? ''}`};
  launcher = {
    title: 'docker exec n',
    env,
    command: (argv) => Promise.resolve(['env', ...argv]),
    explain: (tried) => ({tried, problem: 'lost', next: null}),
  };
});
afterEach(() => rm(folder, {recursive: true}));

/** What the node keeps as its administrator's kubeconfig. */
async function adminConf(cluster: object, user: object, more: object = {}): Promise<void> {
  const config = {
    'current-context': 'a',
    clusters: [{name: 'c', cluster}],
    users: [{name: 'u', user}],
    contexts: [{name: 'a', context: {cluster: 'c', user: 'u'}}],
    ...more,
  };
  await writeFile(join(folder, 'conf'), JSON.stringify(config));
  await writeFile(
    join(folder, 'cat'),
    `#!/bin/sh\n[ "$1" = /etc/kubernetes/admin.conf ] && exec /bin/cat ${folder}/conf\nexec /bin/cat "$@"\n`,
  );
  await chmod(join(folder, 'cat'), 0o755);
}
const context = (host = '127.0.0.1') => adminContext(launcher, (port) => ({host, port}));

test("the node's administrator is asked at the node's own address, for the name that its CA vouches for", async () => {
  const cluster = await ClusterStandIn.start('n');
  cluster.rights = {jane: ['nodes']};
  const user = {'client-certificate-data': await inline('jane.pem'), 'client-key-data': await inline('jane.key')};
  const server = `https://localhost:${cluster.apiPort}`;
  await adminConf({server, 'certificate-authority-data': await inline('ca.pem')}, user);
  const found = await context();
  expect(found).toMatchObject({server: `https://127.0.0.1:${cluster.apiPort}`, serverName: 'localhost'});
  if (found === null) return;
  const api = await ApiServer.open(found, {});
  expect(await api.nodes()).toMatchObject([{name: 'n'}]);
  await api.close();
  await cluster.stop();
});

test.each([
  ['a program to run', {exec: {apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: ['ran']}}],
  ['an old provider', {'auth-provider': {name: 'gcp', config: {'cmd-path': 'touch'}}}],
  ['a token file', {tokenFile: pki('jane.key')}],
  ['files of a certificate', {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')}],
  ['a password', {username: 'admin', password: 'x'}],
])('a node that gives %s for its administrator has none', async (_what, user) => {
  await adminConf({server: 'https://api:6443', 'certificate-authority-data': await inline('ca.pem')}, user);
  expect(await context()).toBeNull();
});

test.each([
  ['a file', {'certificate-authority': pki('ca.pem')}],
  ['nothing', {'insecure-skip-tls-verify': true}],
])('a node whose server is believed because of %s has no administrator for us', async (_what, cluster) => {
  await adminConf({server: 'https://api:6443', ...cluster}, {token: 'x'});
  expect(await context()).toBeNull();
});

test('beside inline data nothing of the file is taken, nor a server in clear text or a file without end', async () => {
  const cluster = {
    server: 'https://elsewhere.test:6443/prefix',
    'certificate-authority-data': await inline('ca.pem'),
    'proxy-url': 'http://elsewhere.test:1',
    'insecure-skip-tls-verify': true,
  };
  const user = {token: 'inline', tokenFile: pki('jane.key'), as: 'other', exec: {command: 'touch'}};
  await adminConf(cluster, user);
  expect(await context('10.0.0.2')).toMatchObject({
    ...{server: 'https://10.0.0.2:6443', serverName: 'elsewhere.test', token: 'inline', listed: false},
    ...{insecure: false, proxy: null, tokenFile: null, exec: null, impersonation: null, legacyProvider: null},
  });
  await adminConf({...cluster, server: 'http://elsewhere.test'}, user);
  expect(await context()).toBeNull();
  await adminConf(cluster, user, {padding: 'x'.repeat(100_000)});
  expect(await context()).toBeNull();
  await writeFile(join(folder, 'conf'), 'a: *nothing');
  expect(await context()).toBeNull();
});
