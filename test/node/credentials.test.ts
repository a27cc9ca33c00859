import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {makeServingCertificate} from '../../src/demo/certificate.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import type {NodeOptions} from '../../src/nodes/options.ts';
import {ClusterStandIn, pki} from '../nodes/cluster-stand-in.ts';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {imageName} from './image.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const stats = '/stats/summary?only_cpu_and_memory=true';
const {signal} = new AbortController();
const base64 = (name: string) => readFileSync(pki(name)).toString('base64');

// Containers of somebody's own making: nothing says that they are nodes of a kind cluster.
describeOnNode('a node that nobody labelled', () => {
  let node: TestNode;
  let api: ClusterStandIn;
  let folder = '';
  let plane = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktop-plane-'));
    node = await startNode({kindLabels: false});
    plane = `${node.cluster}-plane`;
    api = await ClusterStandIn.inFrontOf(node.name, {host: node.address, port: 10250, token: node.token});
    api.rights = {jane: ['*']};
  });
  afterAll(async () => {
    await docker('rm', '--force', plane).catch(() => undefined);
    await api.stop();
    await stopNode(node);
    rmSync(folder, {recursive: true, force: true});
  });

  /** The user has nothing: no kubeconfig, no token. */
  const open = async (env: NodeOptions['env'] = {}) => {
    const {PATH} = process.env;
    const found = await findNode({node: node.name, env: {PATH, HOME: folder, ...env}});
    const route = await found.openRoute(signal).finally(() => found.close());
    return route;
  };

  test('without any credential it says so, with a command that helps', async () => {
    await expect(open()).rejects.toThrow(/neither a token nor a kubeconfig of its cluster — try: ktop --token-file/);
  });

  test('the control plane in another container, in the network of the host, lends its administrator', async () => {
    const admin = {'client-certificate-data': base64('jane.pem'), 'client-key-data': base64('jane.key')};
    const cluster = {'certificate-authority-data': base64('ca.pem'), server: `https://localhost:${api.apiPort}`};
    writeFileSync(join(folder, 'admin.conf'), api.kubeconfig(admin, {...cluster, 'certificate-authority': undefined}));
    writeFileSync(join(folder, 'init'), '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(join(folder, 'init'), 0o755);
    await docker(
      ...['run', '--detach', '--network', 'host', '--name', plane, '--label', `ktop-test=${process.pid}`],
      // It says what it is; a container that does not is asked for nothing.
      ...['--label', 'io.x-k8s.kind.cluster=made-by-hand', '--label', 'io.x-k8s.kind.role=control-plane'],
      ...['--volume', `${folder}:/etc/kubernetes:ro`, '--entrypoint', '/etc/kubernetes/init', imageName()],
    );
    const found = await findNode({node: node.name, env: {PATH: process.env.PATH, HOME: folder}, route: 'apiserver'});
    const route = await found.openRoute(signal);
    expect(route.label).toBe(`API server, context docker exec ${plane}: /etc/kubernetes/admin.conf`);
    expect((await route.get(stats)).status).toBe(200);
    await route.close();
    await found.close();
  });

  test('a certificate that the cluster signed and rotates is pinned, and believed anew after each rotation', async () => {
    const rotate = async (name: string) => {
      const {chain, key} = makeServingCertificate(node.name, Date.now());
      await node.writeFile(`/var/lib/kubelet/pki/${name}`, `${chain}\n${key}`);
      await node.exec('ln', '-sfn', name, '/var/lib/kubelet/pki/kubelet-server-current.pem');
      await node.exec('systemctl', 'restart', 'kubelet');
      await node.ready();
    };
    await rotate('kubelet-server-1.pem');
    const env = {PATH: process.env.PATH, HOME: folder, KTOP_TOKEN: node.token};
    const found = await findNode({node: node.name, env, route: 'direct'});
    const route = await found.openRoute(signal);
    expect([route.label, (await route.get(stats)).status]).toEqual(['direct, certificate pinned', 200]);
    await rotate('kubelet-server-2.pem');
    await until('it is believed', async () => (await route.get(stats)).status === 200, 20_000);
    await route.close();
    await found.close();
  });
});
