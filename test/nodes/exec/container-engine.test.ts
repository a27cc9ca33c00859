import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {containers, findContainer, findHost} from '../../../src/nodes/exec/container-engine.ts';

/** As docker writes it of a control plane of kind, in a cluster of IPv6 addresses. */
const inspected = {
  Id: '3f2a9c1b7d11aa',
  Name: '/kind-control-plane',
  Path: '/usr/local/bin/entrypoint',
  Args: ['/sbin/init'],
  State: {Running: true, Status: 'running'},
  Config: {
    Hostname: 'Plane',
    Labels: {'io.x-k8s.kind.cluster': 'kind', 'io.x-k8s.kind.role': 'control-plane'},
  },
  NetworkSettings: {
    IPAddress: '',
    Ports: {'6443/tcp': [{HostIp: '0.0.0.0', HostPort: '41231'}], '10250/tcp': null},
    Networks: {kind: {IPAddress: '', GlobalIPv6Address: 'fc00:f853::2'}},
  },
};

test('reads addresses, published ports and the name of the host', () => {
  expect(containers('docker', JSON.stringify([inspected]))).toMatchObject([
    {
      name: 'kind-control-plane',
      hostname: 'plane',
      cluster: 'kind',
      role: 'control-plane',
      runsInit: true,
      addresses: ['fc00:f853::2'],
      published: new Map([[6443, {host: '127.0.0.1', port: 41231}]]),
    },
  ]);
});

test('finds a container by its own name or its host’s, and not by the beginning of its id', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ktop-engine-'));
  const docker = `#!/bin/sh
case "$*" in
*ps*) echo ${inspected.Id} ;;
*${inspected.Id}|*kind-control-plane|*3f2a) echo '${JSON.stringify([inspected])}' ;;
*) echo "Error: No such container: $4" >&2; exit 1 ;;
esac
`;
  await writeFile(join(folder, 'docker'), docker);
  await chmod(join(folder, 'docker'), 0o755);
  const env = {PATH: folder};
  const find = async (name: string) =>
    ((await findContainer('docker', name, env)) ?? (await findHost('docker', name, env)))?.engine ?? null;
  const found = await Promise.all(['kind-control-plane', 'plane', '3f2a', 'other'].map(find));
  await rm(folder, {recursive: true});
  expect(found).toEqual(['docker', 'docker', null, null]);
});
