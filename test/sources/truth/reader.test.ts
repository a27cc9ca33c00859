import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {cgroupFolders, type TruthTarget} from '../../../src/model/truth/cgroup-paths.ts';
import {foldersScript, readerCommand, ReaderLines} from '../../../src/sources/truth/reader-script.ts';

// The scripts as they run on a node, over a folder laid out as its cgroups are.
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ktop-cgroup-'));
});
afterEach(() => rmSync(root, {recursive: true}));

const uid = '5f15305d-fad9-459e-9754-837cd3e9e246';
/** A static pod has the hash of its manifest. */
const hash = '36fb9f9ea1b2c3d4e5f60718293a4b5c';
const [ended, running, ofStatic] = ['d', 'e', 'f'].map((digit) => digit.repeat(64));

function write(folder: string, file: string, text: string): void {
  mkdirSync(join(root, folder), {recursive: true});
  writeFileSync(join(root, folder, file), text);
}

/** `cpu.stat` of cgroup v2. */
const stat = (usageUs: number) => `usage_usec ${usageUs}\nuser_usec 1\nsystem_usec 2\nnr_periods 3\n`;

/** What the node's two scripts say of the counters of targets. */
function counters(targets: readonly TruthTarget[], file: string): Record<string, number | null> {
  const script = foldersScript.replaceAll('/sys/fs/cgroup', root);
  const [, ...folders] = execFileSync('sh', ['-c', script], {encoding: 'utf8'}).trim().split('\n');
  const found = cgroupFolders(folders, targets);
  const [command = '', ...args] = readerCommand(found.map(({folder}) => `${folder}/${file}`));
  const {stdout} = spawnSync(command, args, {input: '\n', encoding: 'utf8'});
  const values = new ReaderLines().take(stdout)[0]?.values ?? [];
  return Object.fromEntries(found.map(({target}, i) => [`${target.pod}/${target.container ?? ''}`, values[i] ?? null]));
}

const targetOf = (pod: string, podUid: string, container: string | null, containerId: string | null): TruthTarget => ({
  target: {namespace: 'n', pod, container},
  podUid,
  containerId,
});
const targets = [
  targetOf('web', uid, null, null),
  // The id that the pod had before it was started again is not the one that counts.
  targetOf('web', uid, 'app', running ?? ''),
  targetOf('etcd', hash, 'etcd', ofStatic ?? ''),
];

test('on cgroup v2 with the systemd driver, in a node that is a container, the counters are those of what is watched', () => {
  const slice = 'kubelet.slice/kubelet-kubepods.slice';
  const pod = `${slice}/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
  write('.', 'cgroup.controllers', 'cpu memory\n');
  write(slice, 'cpu.stat', stat(9_000_000));
  write(pod, 'cpu.stat', stat(500));
  write(`${pod}/cri-containerd-${running}.scope`, 'cpu.stat', stat(300));
  write(`${pod}/cri-containerd-${ended}.scope`, 'cpu.stat', stat(7));
  // What runs in a container may be a node of its own, with the same slices.
  write(`${pod}/cri-containerd-${running}.scope/${pod}`, 'cpu.stat', stat(1));
  const ofHash = `${slice}/kubelet-kubepods-pod${hash}.slice`;
  write(`${ofHash}/crio-conmon-${ofStatic}.scope`, 'cpu.stat', stat(2));
  write(`${ofHash}/crio-${ofStatic}.scope`, 'cpu.stat', stat(80));
  expect(counters(targets, 'cpu.stat')).toEqual({'web/': 500, 'web/app': 300, 'etcd/etcd': 80});
});

test('on cgroup v1 with the cgroupfs driver below the folder of a node container as well', () => {
  const pods = 'cpuacct/docker/0123456789ab/kubelet/kubepods';
  write(`${pods}/burstable/pod${uid}`, 'cpuacct.usage', '500000\n');
  write(`${pods}/burstable/pod${uid}/${running}`, 'cpuacct.usage', '300000\n');
  write(`${pods}/pod${hash}/${ofStatic}`, 'cpuacct.usage', '80000\n');
  expect(counters(targets, 'cpuacct.usage')).toEqual({'web/': 500_000, 'web/app': 300_000, 'etcd/etcd': 80_000});
});
