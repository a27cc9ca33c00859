import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {ktop, startKtop} from './kubelet-commands.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

// The flags of a real unit, by a real systemd: set, seen, undone; and whatever goes wrong, a running kubelet at the end.
describeOnNode('the flags of a kubelet on a node', () => {
  let node: TestNode;
  let catAtFirst = '';
  beforeAll(async () => {
    const mayGet = ['stats', 'metrics', 'log', 'configz', 'healthz', 'pods', 'proxy'];
    node = await startNode({pods: [], callers: {'reader-token': {user: 'reader', mayGet}}});
    // What systemd must not take for its own, and what a shell must not either.
    await node.writeFile('/etc/default/kubelet', `KUBELET_EXTRA_ARGS="--node-labels=a=1,b=2" '--max-pods=42'\n`);
    await node.exec('systemctl', 'restart', 'kubelet');
    catAtFirst = await cat();
  });
  afterAll(() => stopNode(node));

  const cat = () => node.exec('systemctl', 'cat', 'kubelet');
  const cmdline = async () => {
    const pid = (await node.exec('systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value')).trim();
    return (await node.exec('cat', `/proc/${pid}/cmdline`)).split('\0').slice(0, -1);
  };
  const isUp = () => node.exec('sh', '-c', 'systemctl is-active kubelet && curl -ks https://127.0.0.1:10250/healthz');
  const noTrace = async () => {
    expect(await cat()).toBe(catAtFirst);
    expect(await node.exec('sh', '-c', 'ls -d /run/systemd/system.control/* 2>/dev/null || true')).toBe('');
    expect(await isUp()).toContain('active');
  };

  /** Waits until the node has begun. */
  const untilItWaits = (child: ReturnType<typeof startKtop>) =>
    new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('waiting until')) resolve();
      });
      child.once('close', () => reject(new Error(said)));
    });

  test('each is shown with where it comes from', async () => {
    const {code, said} = await ktop(node, 'flags', ['--output', 'json']);
    expect(code).toBe(0);
    const {flags} = JSON.parse(said) as {flags: Record<string, unknown>[]};
    const of = (name: string) => flags.find((flag) => flag.name === name);
    expect(of('v')).toMatchObject({
      value: '2',
      from: '/var/lib/kubelet/kubeadm-flags.env',
      variable: 'KUBELET_KUBEADM_ARGS',
      state: 'holds',
    });
    // systemd joins quoted parts, whatever blanks are between them; so must we.
    expect(of('node-labels')).toMatchObject({
      value: 'a=1,b=2--max-pods=42',
      from: '/etc/default/kubelet',
      variable: 'KUBELET_EXTRA_ARGS',
      state: 'holds',
    });
    expect(of('kubeconfig')).toMatchObject({from: expect.stringContaining('10-kubeadm.conf') as string});
  });

  test('they are set, seen on the command line, and taken away without a trace', async () => {
    const args = ['--set', 'v=6', '--set', 'housekeeping-interval=5s', '--set', 'node-labels=c=$x%y "z"', '--yes'];
    const set = await ktop(node, 'flags', args);
    expect(set).toMatchObject({code: 0, said: expect.stringContaining('healthy and answering') as string});
    expect((await cmdline()).slice(-3)).toEqual(['--v=6', '--housekeeping-interval=5s', '--node-labels=c=$x%y "z"']);
    expect(await node.exec('sh', '-c', 'ls /run/systemd/system.control 2>/dev/null || true')).toBe('');
    const again = await ktop(node, 'flags', ['--set', 'v=4', '--unset', 'node-labels', '--yes']);
    expect(again.code).toBe(0);
    expect((await cmdline()).slice(-2)).toEqual(['--v=4', '--housekeeping-interval=5s']);
    expect(await ktop(node, 'flags', ['--reset', '--yes'])).toMatchObject({code: 0});
    await noTrace();
    const log = readFileSync(join(dirname(node.tokenFile), 'ktop', 'actions.log'), 'utf8');
    expect(log).toMatch(/"action":"flags".*"outcome":"done"/);
  });

  test('one that the kubelet does not know is refused before anything is changed', async () => {
    const before = await cmdline();
    const {code, said} = await ktop(node, 'flags', ['--set', 'no-such-flag=1', '--yes']);
    expect(said).toContain('unknown flag: --no-such-flag');
    expect(said).toContain('nothing was changed');
    expect([code, await cmdline()]).toEqual([1, before]);
    await noTrace();
  });

  test('where the kubelet is not healthy with one, it goes back by itself and quotes why', async () => {
    const {code, said} = await ktop(node, 'flags', ['--set', 'container-runtime-endpoint=unix:///nowhere', '--yes']);
    expect(said).toContain('failed to run Kubelet: validate service connection: nowhere');
    expect(said).toContain('the flags are as before again, and it is healthy');
    expect(code).toBe(1);
    await noTrace();
  });

  test.each([
    ['v=7', true],
    ['container-runtime-endpoint=unix:///nowhere', false],
  ])('with ktop killed in the middle of %s, the node finishes or undoes it alone', async (setting, isKept) => {
    const child = startKtop(node, 'flags', ['--set', setting, '--yes']);
    await untilItWaits(child);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    // Whoever comes meanwhile is told.
    const busy = await ktop(node, 'restart');
    expect(busy).toMatchObject({code: 1, said: expect.stringContaining('a job of ktop that changes flags') as string});
    await until('the job has ended', async () =>
      (await node.exec('tail', '-n', '1', '/run/ktop/job/log')).includes(' end '),
    );
    expect((await cmdline()).includes(`--${setting}`)).toBe(isKept);
    expect(await isUp()).toContain('active');
    if (isKept) expect((await ktop(node, 'flags', ['--reset', '--yes'])).code).toBe(0);
    await noTrace();
  });

  test('a reboot in the middle leaves what was there before', async () => {
    const child = startKtop(node, 'flags', ['--set', 'v=8', '--yes']);
    await untilItWaits(child);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    // A container's reboot: /run is new.
    await docker('restart', '--time', '0', node.name);
    await node.ready();
    await noTrace();
  });

  test('read-only, nothing is changed, and it is said who said so; a dry run changes nothing either', async () => {
    const refused = await ktop(node, 'flags', ['--set', 'v=9', '--yes', '--read-only']);
    expect(refused).toMatchObject({code: 2, said: expect.stringContaining('--read-only says so') as string});
    const dry = await ktop(node, 'flags', ['--set', 'v=9', '--dry-run']);
    expect(dry).toMatchObject({code: 0, said: expect.stringContaining('--v=9') as string});
    await noTrace();
  });

  test('the verbosity of the running process is set, and the missing right is named', async () => {
    expect(await ktop(node, 'verbosity 6')).toMatchObject({code: 0});
    const reader = join(dirname(node.tokenFile), 'reader');
    writeFileSync(reader, 'reader-token');
    const refused = await ktop(node, 'verbosity 6', ['--yes', '--token-file', reader]);
    expect(refused.said).toMatch(/lacks the right "update nodes\/proxy".*ktop access --apply --verbosity/);
    expect(refused.code).toBe(1);
  });
});
