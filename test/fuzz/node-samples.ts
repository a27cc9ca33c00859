import {nonce} from './parser.ts';

type Samples = readonly [string, ...string[]];

const unit = `[Unit]
Description=kubelet: The Kubernetes Node Agent

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
RestartSec=10
`;
const kubeadm = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--kubeconfig=/etc/kubernetes/kubelet.conf" A=\\x41
EnvironmentFile=-/etc/default/kubelet0
EnvironmentFile=-/etc/default/kubelet*
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS \${KUBELET_EXTRA_ARGS} \\
# a comment between
  --v=4 --node-labels='a=b,c=d' "--x=%%n $$"
`;
const ours = `# Made by ktop
# ktop-flags: {"flags":{"v":"6","housekeeping-interval":"5s"}}
[Service]
ExecStart=
ExecStart=/usr/bin/kubelet --v=6
`;
const environment = `# comment \\
goes on
KUBELET_EXTRA_ARGS="--v=4 --fail-swap-on=false"  'and more' \\
  --x
export Y=1
Z='a
b' # no comment
`;
const config = {
  ...{kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', clusterDNS: ['10.0.0.10']},
  ...{logging: {verbosity: 4, options: {json: {infoBufferSize: '0'}}}, authentication: {webhook: {enabled: true}}},
};
const part = (name: string, text: string) => `\n${nonce} ${name}\n${text}`;
const shown = [
  ...['LoadState=loaded', 'FragmentPath=/lib/systemd/system/kubelet.service', 'DropInPaths=/etc/a.conf /etc/b.conf'],
  ...['NeedDaemonReload=no', 'MainPID=12', 'ExecStart={ path=/usr/bin/kubelet ; argv[]=/usr/bin/kubelet }', ''],
].join('\n');
const report = [
  ...['now=1795464470', `sha=${'ab'.repeat(32)}`, 'bytes=82837504', 'placed=1795464000'],
  ...['version=Kubernetes v1.32.13', 'machine=62', 'running=1', 'df=/dev/sda1 1000000 400000 600000 40% /usr'],
  ...['mount=rw,relatime', 'writable=1', 'health=http://127.0.0.1:10248/healthz', 'healthz=ok', 'busy=1', 'new=1'],
  ...[
    'state.id=1-ab',
    'state.kind=deploy',
    'state.step=back',
    `state.sha_new=${'cd'.repeat(32)}`,
    'state.at=1795464400',
  ],
  ...[
    'state.why=it ended: "exit 1"',
    `kept=kept-1795464000-0123456789ab 82837504 ${'ef'.repeat(32)} Kubernetes v1.31.0`,
    '',
  ],
].join('\n');
const place = [
  ...['LoadState=loaded', 'ActiveState=active', 'MainPID=12', 'arch=x86_64', 'exe=/usr/bin/kubelet (deleted)'],
  ...['start=/usr/bin/kubelet', 'kind=elf', ''],
].join('\n');
const json = (fields: object) => JSON.stringify({__CURSOR: 's=a;i=1', _SYSTEMD_INVOCATION_ID: 'ab', ...fields});
const header = Buffer.alloc(128);
header.write('\x7fELF\x02\x01\x01', 'latin1');
for (const [at, value] of [
  [16, 2],
  [18, 62],
  [54, 56],
  [56, 1],
  [58, 64],
  [60, 1],
] as const)
  header.writeUInt16LE(value, at);
for (const [at, value] of [
  [24, 0x1000n],
  [32, 64n],
  [40, 0n],
  [72, 0n],
  [96, 4096n],
] as const)
  header.writeBigUInt64LE(value, at);
header.writeUInt32LE(1, 64);

/** Valid inputs of the parsers of a node's own words; `\f` parts files, `\v` the unit's from environment files. */
export const nodeSamples = {
  unitFiles: [`${unit}\f${kubeadm}\v${environment}\v`, `${unit}\f${ours}`],
  unitLines: ['/usr/bin/kubelet "--a b" \'c\' \\x41\\n$A ${B}', 'A=1 "B=2 3" \'C=4\'', '--v=6', 'v=6'],
  environment: [environment],
  commandLines: [
    [
      '/usr/bin/kubelet',
      '--v=4',
      '--config',
      '/var/lib/kubelet/config.yaml',
      '--node-ip=',
      '--a_b=c',
      '-v=2',
      'x',
    ].join('\0'),
  ],
  kubeletConfigs: [
    `${JSON.stringify(config)}\f${JSON.stringify({logging: null, clusterDNS: ['1'], a: {b: {}}})}`,
    '/etc/k/10-a.conf\f/etc/k/2.conf\f/etc/k/sub/x.conf',
  ],
  flagsOutput: [
    [
      part('show', shown),
      part('file /lib/systemd/system/kubelet.service', unit),
      part('file /etc/a.conf', kubeadm),
      part('file /etc/default/kubelet0', environment),
      part('file /var/lib/kubelet/config.yaml', 'kind: K\nlogging: {verbosity: 4}\na: [1, &x 2, *x]\n'),
      part('cmdline 12', '/usr/bin/kubelet\n--config=/var/lib/kubelet/config.yaml\n--v=4\n'),
    ].join(''),
  ],
  unitState: [
    'ActiveState=active\nSubState=running\nNRestarts=3\nMainPID=12\nInvocationID=ab\n',
    'ActiveState=activating\nSubState=auto-restart\nNRestarts=2\nMainPID=0\nInvocationID=\n',
  ],
  startJournal: [
    [
      json({MESSAGE: 'Stopping kubelet'}),
      json({MESSAGE: 'F1123 20:07:44.858588 1 server.go:1] boom', __CURSOR: 's=a;i=2'}),
      json({MESSAGE: [112, 97, 255], _SYSTEMD_INVOCATION_ID: null}),
      'no json',
    ].join('\n'),
    '__CURSOR=s=a;i=1\nMESSAGE=x\n\n',
  ],
  locks: ['held\n', 'busy ktop of me on host since 12:00\n', 'none'],
  verbosity: ['failed to set klog.logging.verbosity: strconv.ParseInt: parsing "x"', '{"message":"no"}'],
  vacuumed: [
    '__CURSOR=s=a;i=1\nVacuuming done, freed 8.0M of archived journals from /var/log/journal/x.\n',
    'Failed to delete archived journal /var/log/journal/x: Read-only file system\nfreed 0B of archived journals\n',
  ],
  boots: [
    `__CURSOR=s=a;i=1;b=${'0b'.repeat(16)}\n__REALTIME_TIMESTAMP=1795470381332331\nMESSAGE=x\n\n`,
    `-1 ${'0a'.repeat(16)} Mon\n 0 ${'0b'.repeat(16)} Tue\n`,
  ],
  place: [place],
  report: [report],
  looks: [`${place}${report}`],
  guardLog: ['12.31 swapped /usr/bin/kubelet\n13.00 restart\n15.20 down unit is failed\n16 end back it ended\nover\n'],
  elf: [header.toString('latin1'), '#!/bin/sh\n', 'x86_64', 'aarch64'],
  truth: ['C 100.12 1795464470.123456789\nT 101.12 28808758318 - 101.13\nT 102.12 1 2 102.13\n'],
  cgroups: [
    '/sys/fs/cgroup/kubepods/podu-1\n/sys/fs/cgroup/kubepods/podu-1/abc\n/sys/fs/cgroup/k-podu_1.slice/cri-containerd-abc.scope',
  ],
  entryFields: [json({MESSAGE: 'x', _EXE: '/usr/bin/kubelet', A: [1, 2], B: null})],
  minikubeMachine: [
    JSON.stringify({Driver: {IPAddress: '127.0.0.1', SSHUser: 'docker', SSHPort: 41_221, SSHKeyPath: '/k'}}),
  ],
} satisfies Record<string, Samples>;
