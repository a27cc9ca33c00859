import {spawn} from 'node:child_process';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {describeOnNode} from './describe-on-node.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const dropIn = '/etc/systemd/system/kubelet.service.d/99-broken.conf';

// What ktop says of a restart and of a clearing, beside what systemd and journald of a real machine did.
describeOnNode('the commands on a node', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({pods: []});
  });
  afterAll(() => stopNode(node));
  afterEach(() => node.exec('sh', '-c', `rm -f ${dropIn}; systemctl daemon-reload; systemctl start kubelet`));

  /** Runs `ktop COMMAND --yes` and resolves with its exit code and all that it printed. */
  function ktop(command: string): Promise<{readonly code: number | null; readonly said: string}> {
    const args = [command, '--node', node.name, '--token-file', node.tokenFile, '--yes'];
    const env = {...process.env, KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent'};
    const child = spawn(nodeBinary, [ktopBinary, ...args], {env, stdio: ['ignore', 'pipe', 'pipe']});
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({code, said})));
  }

  /** Makes the kubelet end with these words, and lets systemd start it again in 10 s. */
  async function breakKubelet(words: string): Promise<void> {
    const start = `ExecStart=\nExecStart=/bin/sh -c "echo '${words}' >&2; exit 1"\n`;
    await node.writeFile(dropIn, `[Service]\nRestart=always\nRestartSec=10\n${start}`);
    await node.exec('systemctl', 'daemon-reload');
  }
  const counted = async () => Number(await node.exec('systemctl', 'show', 'kubelet', '-p', 'NRestarts', '--value'));
  const state = () => node.exec('systemctl', 'show', 'kubelet', '-p', 'SubState', '--value');

  test('a kubelet that was flapping and is mended has been restarted', async () => {
    await breakKubelet('panic: the old error');
    await node.exec('systemctl', 'restart', 'kubelet');
    await until('systemd has started it again', async () => (await counted()) > 0);
    await until('it waits for the next time', async () => (await state()).trim() === 'auto-restart');
    await node.writeFile(dropIn, '[Service]\nRestart=always\nRestartSec=10\n');
    await node.exec('systemctl', 'daemon-reload');
    const {code, said} = await ktop('restart');
    expect(said).toMatch(/answers again after/);
    expect(said).not.toContain('the old error');
    expect(code).toBe(0);
  });

  test('one that still fails is quoted with what it says now', async () => {
    await breakKubelet('panic: the old error');
    await node.exec('systemctl', 'restart', 'kubelet');
    await until('it waits for the next time', async () => (await state()).trim() === 'auto-restart');
    await breakKubelet('panic: the new error');
    const {code, said} = await ktop('restart');
    expect(said).toMatch(/panic: the new error \(the unit is activating \(auto-restart\)/);
    expect(code).toBe(1);
  });

  test('clearing leaves nothing of before, and says so', async () => {
    await node.exec('sh', '-c', 'echo of-before | systemd-cat; journalctl --sync');
    expect(await ktop('clear')).toMatchObject({code: 0, said: expect.stringContaining('journal cleared') as string});
    expect(await node.exec('sh', '-c', 'journalctl | grep -c of-before || true')).toBe('0\n');
  });

  test('a journal that may not be written is not cleared, and that is said', async () => {
    await node.exec(
      'sh',
      '-c',
      'mkdir -p /var/log/journal && systemctl restart systemd-journald && journalctl --flush',
    );
    await node.exec('sh', '-c', 'echo of-before | systemd-cat; journalctl --sync; journalctl --rotate');
    await node.exec(
      'sh',
      '-c',
      'mount --bind /var/log/journal /var/log/journal && mount -o remount,ro,bind /var/log/journal',
    );
    try {
      const {code, said} = await ktop('clear');
      expect(said).toMatch(/Read-only file system|still there/);
      expect(said).not.toContain('journal cleared');
      expect(code).toBe(1);
      expect(await node.exec('sh', '-c', 'journalctl | grep -c of-before || true')).not.toBe('0\n');
    } finally {
      await node.exec('umount', '/var/log/journal');
    }
  });
});
