import {spawn, type ChildProcessByStdio} from 'node:child_process';
import {dirname} from 'node:path';
import type {Readable} from 'node:stream';
import {expect} from 'vitest';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {ktopOn, type Way} from './deploying.ts';
import {until, type TestNode} from './start-node.ts';

const dropIn = '/etc/systemd/system/kubelet.service.d/99-broken.conf';

/** Runs `ktop COMMAND` and resolves with its exit code and all that it printed. */
export function ktop(
  node: TestNode,
  command: string,
  options: readonly string[] = ['--yes'],
): Promise<{readonly code: number | null; readonly said: string}> {
  const child = startKtop(node, command, options);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({code, said})));
}

/** Starts `ktop COMMAND` in a process group of its own. */
export function startKtop(
  node: TestNode,
  command: string,
  options: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  const args = [...command.split(' '), '--node', node.name, '--token-file', node.tokenFile, ...options];
  const state = dirname(node.tokenFile);
  const env = {...process.env, KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: state};
  return spawn(nodeBinary, [ktopBinary, ...args], {env, stdio: ['ignore', 'pipe', 'pipe'], detached: true});
}

/** Makes the kubelet end with these words, and lets systemd start it again in 10 s. */
export async function breakKubelet(node: TestNode, words: string): Promise<void> {
  const start = `ExecStart=\nExecStart=/bin/sh -c "echo '${words}' >&2; exit 1"\n`;
  await node.writeFile(dropIn, `[Service]\nRestart=always\nRestartSec=10\n${start}`);
  await node.exec('systemctl', 'daemon-reload');
}

/** As the node had it from the beginning. */
export async function healKubelet(node: TestNode): Promise<void> {
  await node.exec('sh', '-c', `rm -f ${dropIn}; systemctl daemon-reload; systemctl start kubelet`);
}

/** Waits until the broken kubelet has ended and systemd waits to start it again. */
export async function untilItWaits(node: TestNode): Promise<void> {
  const state = () => node.exec('systemctl', 'show', 'kubelet', '-p', 'SubState', '--value');
  await until('it waits for the next time', async () => (await state()).trim() === 'auto-restart');
}

/** A kubelet that was flapping and is mended: `ktop restart` calls it restarted. */
export async function restartMended(node: TestNode): Promise<void> {
  await breakKubelet(node, 'panic: the old error');
  await node.exec('systemctl', 'restart', 'kubelet');
  const counted = async () => Number(await node.exec('systemctl', 'show', 'kubelet', '-p', 'NRestarts', '--value'));
  await until('systemd has started it again', async () => (await counted()) > 0);
  await untilItWaits(node);
  await node.writeFile(dropIn, '[Service]\nRestart=always\nRestartSec=10\n');
  await node.exec('systemctl', 'daemon-reload');
  const {code, said} = await ktop(node, 'restart');
  expect(said).toMatch(/answers again after/);
  expect(said).not.toContain('the old error');
  expect(code).toBe(0);
}

const ofBefore = (node: TestNode) => node.exec('sh', '-c', 'journalctl | grep -c of-before || true');

/** `ktop clear` leaves nothing of before, and says so. */
export async function clearAll(node: TestNode): Promise<void> {
  await node.exec('sh', '-c', 'echo of-before | systemd-cat; journalctl --sync');
  await until('it is in the journal', async () => (await ofBefore(node)) !== '0\n');
  expect(await ktop(node, 'clear')).toMatchObject({
    code: 0,
    said: expect.stringContaining('journal cleared') as string,
  });
  expect(await ofBefore(node)).toBe('0\n');
}

/** A journal that may not be written: `ktop clear` clears nothing, and says so. */
export async function clearReadOnly(node: TestNode): Promise<void> {
  const persistent = 'mkdir -p /var/log/journal && systemctl restart systemd-journald && journalctl --flush';
  await node.exec('sh', '-c', persistent);
  await node.exec('sh', '-c', 'echo of-before | systemd-cat; journalctl --sync; journalctl --rotate');
  const readOnly = 'mount --bind /var/log/journal /var/log/journal && mount -o remount,ro,bind /var/log/journal';
  await node.exec('sh', '-c', readOnly);
  try {
    const {code, said} = await ktop(node, 'clear');
    expect(said).toMatch(/Read-only file system|still there/);
    expect(said).not.toContain('journal cleared');
    expect(code).toBe(1);
    expect(await ofBefore(node)).not.toBe('0\n');
  } finally {
    await node.exec('umount', '/var/log/journal');
  }
}

/** A flag is set, seen on the command line, and taken away without a trace. */
export async function flagThereAndBack(node: TestNode, way: Way): Promise<void> {
  const cat = () => node.exec('systemctl', 'cat', 'kubelet');
  const atFirst = await cat();
  const set = await ktopOn(node, ['flags', '--set', 'v=6'], way);
  expect(set).toMatchObject({code: 0, said: expect.stringContaining('healthy and answering') as string});
  const pid = (await node.exec('systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value')).trim();
  expect((await node.exec('cat', `/proc/${pid}/cmdline`)).split('\0')).toContain('--v=6');
  expect(await ktopOn(node, ['flags', '--reset'], way)).toMatchObject({code: 0});
  expect(await cat()).toBe(atFirst);
  expect(await node.exec('sh', '-c', 'ls -d /run/systemd/system.control/* 2>/dev/null || true')).toBe('');
}
