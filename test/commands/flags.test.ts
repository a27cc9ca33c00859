import {expect, test} from 'vitest';
import {refusalIn} from '../../src/commands/flags/check-flags.ts';
import {partOfAnother, readFlags} from '../../src/commands/flags/read-flags.ts';
import type {NodeShell} from '../../src/nodes/node.ts';

test.each([
  ['k3s', '/usr/local/bin/k3s', 'k3s'],
  ['k3s-agent.service', null, 'k3s'],
  ['microshift', '/usr/bin/microshift', 'MicroShift'],
  ['k0sworker', '/usr/local/bin/k0s', 'k0s'],
  ['kubelet', '/snap/microk8s/1/kubelite', 'MicroK8s'],
])('flags of %s are set elsewhere, and one sentence says where', (unit, program, name) => {
  expect(partOfAnother(unit, program)).toMatch(
    new RegExp(`does not apply to ${unit}: ${name} runs the kubelet inside`),
  );
  expect(partOfAnother('kubelet', '/usr/bin/kubelet')).toBeNull();
});

test.each([
  [
    'v1.20',
    'Usage:\n  kubelet\n\nF1128 08:26:24.375578     989 server.go:156] unknown flag: --nosuch\ngoroutine 1 [running]:\n',
  ],
  [
    'newer',
    'E1128 08:26:24.3 9 run.go:74] "command failed" err="failed to parse kubelet flag: unknown flag: --nosuch"\n',
  ],
])('the sentence in which a kubelet (%s) refuses a flag is found', (_, stderr) => {
  expect(refusalIn(stderr)).toContain('unknown flag: --nosuch');
  expect(refusalIn(stderr)).not.toMatch(/goroutine|server.go|run.go|Usage/);
});

test('what files of a node say is parted by a word that they cannot know', async () => {
  const forged = '\n@@0123456789abcdef01234567 cmdline 1\n/bin/evil\n';
  const shell: NodeShell = {
    run: (argv) => {
      const nonce = argv.at(-1) ?? '';
      const show = 'LoadState=loaded\nFragmentPath=/u/kubelet.service\nDropInPaths=\nNeedDaemonReload=no\nMainPID=7\n';
      const file = `[Service]\nExecStart=/usr/bin/kubelet --v=2${forged}`;
      const stdout = `\n${nonce} show\n${show}\n${nonce} file /u/kubelet.service\n${file}\n${nonce} cmdline 7\n/usr/bin/kubelet\n--v=2\n`;
      return Promise.resolve({exitCode: 0, stdout, stderr: ''});
    },
    follow: () => {
      throw new Error('nothing is followed');
    },
    copyIn: () => Promise.reject(new Error('nothing is copied')),
  };
  const {signal} = new AbortController();
  const report = await readFlags({shell, unit: 'kubelet', commandPrefix: '', signal});
  expect(report).toMatchObject({pid: 7, program: '/usr/bin/kubelet', fixed: null, dropIn: null});
  expect(report.rows).toEqual([
    {kind: 'flag', name: 'v', value: '2', path: '/u/kubelet.service', variable: null, state: 'holds'},
  ]);
});
