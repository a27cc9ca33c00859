import {spawn, execFile} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync, chmodSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {findNode} from '../../src/nodes/find-node.ts';
import {listNodes} from '../../src/nodes/list-nodes.ts';
import type {Node, NodeShell} from '../../src/nodes/node.ts';
import type {NodeOptions} from '../../src/nodes/options.ts';
import {describeOnNode} from './describe-on-node.ts';
import {ClusterStandIn, pki} from '../nodes/cluster-stand-in.ts';
import {docker} from './engine.ts';
import {hostileWords} from './hostile-words.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';
import {followThroughCuts, killClients} from './through-cuts.ts';

const run = promisify(execFile);
const stats = '/stats/summary?only_cpu_and_memory=true';
const {signal} = new AbortController();

describeOnNode('reaching a node', () => {
  let node: TestNode;
  let folder = '';
  const open: Node[] = [];
  const env = () => ({
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    KTOP_TOKEN: node.token,
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktop-reach-'));
    await run('mkdir', ['-p', join(folder, 'bin'), join(folder, '.ssh')]);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
    const authorizedKey = readFileSync(join(folder, 'id.pub'), 'utf8').trim();
    node = await startNode({authorizedKey, callers: {weak: {user: 'weak', mayGet: ['stats']}}});
    await until('sshd is up', async () => (await node.exec('systemctl', 'is-active', 'ssh')) === 'active\n');
    // What bash reads for every command that comes by ssh, too; and a server that gives nobody a terminal.
    await node.exec(
      'sh',
      '-c',
      'for h in /root /home/docker; do printf "%s\\n" "$1" >$h/.bashrc; done',
      'sh',
      greeting,
    );
    await node.exec('sh', '-c', 'echo PermitTTY no >>/etc/ssh/sshd_config; systemctl reload ssh');
    // ssh looks the user's home up by itself: its configuration comes with a wrapper.
    writeFileSync(join(folder, 'ssh_config'), sshConfig(node.address));
    writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${join(folder, 'ssh_config')} "$@"\n`);
    chmodSync(join(folder, 'bin', 'ssh'), 0o755);
  });
  afterAll(async () => {
    for (const one of open) await one.close();
    await stopNode(node);
    rmSync(folder, {recursive: true, force: true});
  });

  const greeting = 'echo "Welcome to the machine"; printf "no end of line"; echo "You are watched" >&2';

  const sshConfig = (address: string) => `
Host known ${address}
  HostName ${address}
  IdentityFile ${join(folder, 'id')}
  UserKnownHostsFile ${join(folder, 'known_hosts')}
  StrictHostKeyChecking accept-new
Host strange
  HostName ${address}
  HostKeyAlias strange
  IdentityFile ${join(folder, 'id')}
  UserKnownHostsFile ${join(folder, 'known_hosts')}
  StrictHostKeyChecking yes
`;

  async function find(options: Partial<NodeOptions>): Promise<Node> {
    const via = options.ssh === undefined ? ('kind' as const) : null;
    const found = await findNode({node: node.name, env: env(), via, ...options});
    open.push(found);
    return found;
  }
  async function shellOf(options: Partial<NodeOptions>): Promise<NodeShell> {
    const found = await find(options);
    if (found.shell.kind === 'none') throw new Error('no shell');
    return found.shell.shell;
  }

  /** Every provider that runs commands, each reaching the same real machine, and how its connections are cut there. */
  const ways: readonly (readonly [string, () => Partial<NodeOptions>, cutThere: string])[] = [
    ['docker exec', () => ({via: 'kind'}), 'pkill -9 -f "journalctl --[f]ollow|/dev/[t]cp"'],
    ['ssh as root', () => ({ssh: 'root@known'}), 'pkill -9 -f "[s]shd: root"'],
    ['ssh and sudo', () => ({ssh: 'docker@known'}), 'pkill -9 -f "[s]shd: docker"'],
    ['minikube', () => ({via: 'minikube'}), 'pkill -9 -f "[s]shd: docker"'],
  ];
  beforeAll(() => {
    // Answers as minikube does for two profiles, one of two machines.
    const profile = (name: string, nodes: object[]) => ({
      Name: name,
      Status: 'OK',
      Config: {Driver: 'kvm2', Nodes: nodes},
    });
    const [first, second] = [
      {Name: '', ControlPlane: true},
      {Name: 'worker', ControlPlane: false, KubernetesVersion: 'v1.32.0'},
    ];
    const list = {invalid: [], valid: [profile('minikube', [first]), profile(node.cluster, [first, second])]};
    writeFileSync(join(folder, 'profiles.json'), JSON.stringify(list));
    writeFileSync(
      join(folder, 'bin', 'minikube'),
      `#!/bin/sh
case "$*" in
"profile list -o json") cat ${join(folder, 'profiles.json')} ;;
"ssh-key --profile ${node.cluster} --node worker") echo ${join(folder, 'id')} ;;
"ip --profile ${node.cluster} --node worker") echo ${node.address} ;;
*) echo "X Exiting due to MK_USAGE: $*" >&2; exit 64 ;;
esac
`,
    );
    chmodSync(join(folder, 'bin', 'minikube'), 0o755);
  });

  for (const [name, options, cutThere] of ways) {
    test(`${name}: runs as root, copies in and reads the kubelet both ways`, async () => {
      const shell = await shellOf(options());
      expect((await shell.run(['id', '-un'])).stdout).toBe('root\n');
      expect(await shell.run(['sh', '-c', 'echo no >&2; exit 7'])).toMatchObject({exitCode: 7, stderr: 'no\n'});
      const file = join(folder, 'id.pub');
      await shell.copyIn(file, '/root/copied in', {mode: 0o600});
      expect(await node.exec('cat', '/root/copied in')).toBe(readFileSync(file, 'utf8'));
      for (const kind of ['direct', 'exec'] as const) {
        const route = await (await find({...options(), route: kind})).openRoute(signal);
        expect([route.kind, route.label]).toEqual([kind, expect.stringContaining('certificate pinned')]);
        expect((await route.get(stats)).status).toBe(200);
        await route.close();
      }
    });

    test(`${name}: no argument ever meets a shell`, async () => {
      const shell = await shellOf(options());
      const hostile = hostileWords;
      const {stdout} = await shell.run(['printf', '%s\\0', ...hostile]);
      expect(stdout.split('\0').slice(0, -1)).toEqual(hostile);
      expect(await node.exec('sh', '-c', 'ls /tmp/pwned* 2>/dev/null || true')).toBe('');
      expect(existsSync('/tmp/pwned')).toBe(false);
    });

    test(`${name}: kill -9 of the client leaves nothing on the node`, async () => {
      const mark = `31415.${Math.floor(Math.random() * 1e6)}`;
      const {PATH, HOME, XDG_RUNTIME_DIR} = env();
      const script = `
        import {findNode} from '${join(import.meta.dirname, '../../src/nodes/find-node.ts')}';
        const node = await findNode(${JSON.stringify({node: node.name, ...options()})});
        const {stdout} = node.shell.shell.follow(['sh', '-c', 'sleep ${mark} & echo on; sleep ${mark}']);
        for await (const chunk of stdout) process.stdout.write(chunk);`;
      const client = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
        env: {...process.env, PATH, HOME, XDG_RUNTIME_DIR, NODE_NO_WARNINGS: '1'},
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await until('it runs there', async () => (await node.countProcesses(`sleep ${mark}`)) > 0);
      client.kill('SIGKILL');
      await until('all of it is gone', async () => (await node.countProcesses(mark)) === 0, 15_000);
      await until(
        'the client here, too',
        async () => !(await run('ps', ['-eo', 'args'])).stdout.includes(mark),
        15_000,
      );
    });

    test(`${name}: each connection is cut in the middle: no line is lost, none is read twice`, async () => {
      const api = await ClusterStandIn.inFrontOf(node.name, {host: node.address, port: 10250, token: node.token});
      api.rights = {jane: ['nodes', 'nodes/proxy']};
      const config = join(folder, 'config');
      const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};
      writeFileSync(config, api.kubeconfig(jane));
      const over = (route: NodeOptions['route']) => find({...options(), route, env: {...env(), KUBECONFIG: config}});
      const ssh = name !== 'docker exec';
      await followThroughCuts({
        there: node,
        nodes: [await over('direct'), await over('apiserver'), await over('exec')],
        cuts: [
          {
            title: 'the clients are killed',
            make: () => killClients(ssh ? 'ControlPath' : `--interactive ${node.name}`),
          },
          ...(ssh
            ? [{title: 'the shared connection is killed', make: () => run('pkill', ['-9', '-f', `${folder}.*mux`])}]
            : []),
          {title: 'the node cuts it', make: () => node.exec('sh', '-c', cutThere)},
          {title: 'the kubelet restarts', make: () => node.exec('systemctl', 'restart', 'kubelet')},
          {title: 'the API server cuts its connections', make: () => api.cutApi()},
        ],
      });
      await api.stop();
    });
  }

  test('a host is called by its own name, whatever its login shell says first', async () => {
    for (const ssh of ['root@known', 'docker@known']) expect((await find({ssh, node: ''})).name).toBe(node.name);
  });

  test('the token is in no process list, neither here nor there', async () => {
    const route = await (await find({route: 'exec'})).openRoute(signal);
    await route.get(stats);
    const there = await node.exec('sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr "\\0" "\\n"');
    const {stdout: here} = await run('ps', ['-eo', 'args']);
    await route.close();
    expect(there.includes(node.token) || here.includes(node.token)).toBe(false);
  });

  test('a token with too few rights is told which one is missing', async () => {
    const found = await find({env: {...env(), KTOP_TOKEN: 'weak'}});
    const route = await found.openRoute(signal);
    expect((await route.get(stats)).status).toBe(200);
    expect((await route.get('/metrics/resource')).denied).toMatchObject({
      problem: '403: weak lacks the right "get nodes/metrics"',
      next: 'ktop access --apply',
    });
  });

  test('a kubelet that made itself a new certificate is believed anew, once the node shows it', async () => {
    const route = await (await find({})).openRoute(signal);
    await node.exec('sh', '-c', 'rm /var/lib/kubelet/pki/kubelet.*; systemctl restart kubelet');
    await node.ready();
    await until('it answers again', async () => (await route.get(stats)).status === 200);
    await route.close();
  });

  test('each failure of ssh has its own sentence', async () => {
    const says = async (ssh: string) => {
      const shell = await shellOf({ssh});
      return shell.run(['true']).then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
    };
    expect(await says('root@strange')).toContain('the host key of strange is not known yet');
    expect(await says('admin@known')).toContain('sudo wants a password there');
    expect(await says('nobody@known')).toContain('accepts none of your keys');
    expect(await says('root@known:2222')).toContain('nothing listens for ssh');
    expect(await says('root@no-such-host.invalid')).toContain('is not known');
    await expect(find({ssh: '-oProxyCommand=touch /tmp/pwned'})).rejects.toMatchObject({kind: 'bad-option'});
  });

  test('hostile names are refused, by every provider, and run nothing', async () => {
    for (const name of hostileWords.filter((word) => word !== 'plain')) {
      for (const via of ['kind', 'minikube', 'ssh', 'local', 'api', null] as const) {
        if (name === '' && via === 'local') continue;
        await expect(find({node: name, via}), `${JSON.stringify(name)} via ${via}`).rejects.toMatchObject({
          kind: 'bad-option',
        });
      }
    }
    expect(existsSync('/tmp/pwned')).toBe(false);
  });

  test('an unknown name lists the nodes there are; a name of two providers must be chosen', async () => {
    const nodes: unknown = expect.arrayContaining([node.name]);
    const failure = {next: `ktop --node ${node.name} …`};
    const wrong = find({node: `${node.cluster}-wroker`, via: null});
    await expect(wrong).rejects.toMatchObject({kind: 'unknown', nodes, failure});
    // A VM of minikube and a container of docker, both of that name.
    await expect(find({via: null})).rejects.toMatchObject({
      kind: 'ambiguous',
      nodes: ['a container of docker', `a machine of the minikube profile ${node.cluster}`],
    });
  });

  test('lists what there is', async () => {
    const {nodes} = await listNodes({env: env()});
    expect(nodes).toContainEqual(
      expect.objectContaining({name: node.name, provider: 'kind', role: 'worker', state: 'running'}),
    );
    expect(nodes).toContainEqual(
      expect.objectContaining({name: 'minikube', provider: 'minikube', role: 'control-plane'}),
    );
  });

  test('nothing of ssh stays behind on this machine', async () => {
    for (const one of open) await one.close();
    await until('the shared connections are gone', async () => {
      const {stdout} = await run('ps', ['-eo', 'args']);
      return (
        !stdout.includes(`ssh: ${folder}`) && readdirSync(join(folder, `ktop-ssh-${process.getuid?.()}`)).length === 0
      );
    });
  });

  test('a stopped node is found, says so, and is reached again when it runs', async () => {
    const found = await find({});
    const route = await found.openRoute(signal);
    const shell = found.shell.kind === 'shell' ? found.shell.shell : expect.unreachable();
    await docker('stop', '--time', '1', node.name);
    await expect(shell.run(['true'])).rejects.toThrow(`docker start ${node.name}`);
    await expect(route.get(stats)).rejects.toThrow();
    expect((await find({})).name).toBe(node.name);
    await docker('start', node.name);
    await node.ready();
    await until('it answers again', async () => (await route.get(stats)).status === 200);
    await route.close();
  });
});
