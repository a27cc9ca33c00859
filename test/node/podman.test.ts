import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {findNode} from '../../src/nodes/find-node.ts';
import type {NodeOptions} from '../../src/nodes/options.ts';
import {ClusterStandIn, pki} from '../nodes/cluster-stand-in.ts';
import {engine, whyNoPodman} from './engine.ts';
import {hostileWords} from './hostile-words.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';
import {followThroughCuts, killClients} from './through-cuts.ts';

const noPodman = whyNoPodman();
if (noPodman !== null) process.stderr.write(`\n*** SKIPPED: the tests on podman did not run: ${noPodman} ***\n\n`);

// The same machine as in Docker: what is podman's own is its client, its `inspect` and its network.
describe.skipIf(noPodman !== null)('podman', () => {
  let node: TestNode | undefined;
  let why = '';
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktop-podman-'));
    // Some sandboxes have a podman that cannot run anything.
    node = await startNode({engine: 'podman'}).catch((error: unknown) => {
      why = `podman runs no node here: ${String(error)}`;
      process.stderr.write(`\n*** SKIPPED: ${why} ***\n\n`);
      return undefined;
    });
  });
  afterAll(async () => {
    await stopNode(node);
    rmSync(folder, {recursive: true, force: true});
  });

  const open = (there: TestNode, options: Partial<NodeOptions> = {}, env: NodeOptions['env'] = {}) => {
    const {PATH, HOME} = process.env;
    return findNode({node: there.name, env: {PATH, HOME, KTOP_TOKEN: there.token, ...env}, ...options});
  };

  test('passes on hostile arguments and leaves nothing behind', async (context) => {
    if (node === undefined) return context.skip(why);
    const there = node;
    const found = await open(there);
    expect([found.provider, found.transport]).toEqual(['kind', 'podman exec']);
    const shell = found.shell.kind === 'shell' ? found.shell.shell : expect.unreachable();
    const {stdout} = await shell.run(['printf', '%s\\0', ...hostileWords]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(hostileWords);
    const follow = shell.follow(['sh', '-c', 'echo on; sleep 31415']);
    await follow.stdout[Symbol.asyncIterator]().next();
    await follow.stop();
    await until('it is gone', async () => (await there.countProcesses('31415')) === 0, 10_000);
    await found.close();
  });

  test('each connection is cut in the middle: no line is lost, none is read twice', async (context) => {
    if (node === undefined) return context.skip(why);
    const there = node;
    const api = await ClusterStandIn.inFrontOf(there.name, {host: there.address, port: 10250, token: there.token});
    api.rights = {jane: ['nodes', 'nodes/proxy']};
    const KUBECONFIG = join(folder, 'config');
    const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};
    writeFileSync(KUBECONFIG, api.kubeconfig(jane));
    const over = (route: NodeOptions['route']) => open(there, {route}, {KUBECONFIG});
    await followThroughCuts({
      there,
      nodes: [await over('direct'), await over('apiserver'), await over('exec')],
      cuts: [
        {title: 'the clients are killed', make: () => killClients(`--interactive ${there.name}`)},
        {title: 'the node cuts it', make: () => there.exec('pkill', '-9', '-f', 'journalctl --[f]ollow|/dev/[t]cp')},
        {title: 'the kubelet restarts', make: () => there.exec('systemctl', 'restart', 'kubelet')},
        {title: 'the API server cuts its connections', make: () => api.cutApi()},
      ],
    });
    await api.stop();
  });

  test('a stopped node says so, with the engine it belongs to', async (context) => {
    if (node === undefined) return context.skip(why);
    const found = await open(node);
    const shell = found.shell.kind === 'shell' ? found.shell.shell : expect.unreachable();
    await engine('podman', 'stop', '--time', '1', node.name);
    await expect(shell.run(['true'])).rejects.toThrow(`podman start ${node.name}`);
    await found.close();
  });
});
