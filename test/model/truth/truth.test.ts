import {expect, test} from 'vitest';
import {cgroupFolders} from '../../../src/model/truth/cgroup-paths.ts';
import {TruthModel} from '../../../src/model/truth/truth-model.ts';
import {nodeMs} from '../../../src/model/time.ts';

const uid = '5f15305d-fad9-459e-9754-837cd3e9e246';
const id = 'd1542895807281ab58a68631584e4cdb38b8b0c2fc20f82c11b287d08d639a9e';
const pod = {target: {namespace: 'n', pod: 'p', container: null}, podUid: uid, containerId: null};
const container = {target: {namespace: 'n', pod: 'p', container: 'c'}, podUid: uid, containerId: id};

test.each([
  ['cgroupfs', `/sys/fs/cgroup/cpuacct/kubepods/burstable/pod${uid}`, id],
  [
    'systemd',
    `/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`,
    `cri-containerd-${id}.scope`,
  ],
  [
    'nested',
    `/sys/fs/cgroup/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${uid.replaceAll('-', '_')}.slice`,
    `crio-${id}.scope`,
  ],
])('the cgroups of a pod and its container are found with the driver %s', (_, folder, name) => {
  const folders = [
    `${folder}/${name}/kubepods/pod${uid}`,
    `${folder}/${name}`,
    `${folder}/crio-conmon-x.scope`,
    folder,
    '/x/pod1',
  ];
  const found = cgroupFolders(folders, [pod, container, {...pod, podUid: ''}, {...container, containerId: '9e'}]);
  expect(found.map((one) => one.folder)).toEqual([folder, `${folder}/${name}`]);
});

test('the error is told by the age of what the kubelet said, and no rate goes over a gap or a new counter', () => {
  const model = new TruthModel();
  const read = (s: number, usageMs: number) =>
    model.take({type: 'truth', at: nodeMs(s * 1000), readings: [{target: pod.target, usageNs: usageMs * 1e6}]}, () => ({
      nanoCores: 0.1e9,
      atMs: 0,
    }));
  for (const [s, usageMs] of [
    [1, 0],
    [2, 100],
    [3, 600],
    [30, 700],
    [31, 10],
    [32, 110],
    [33, 1110],
  ] as const)
    read(s, usageMs);
  const [all, young, ...older] = model.errors();
  expect(all).toMatchObject({count: 4});
  // 100 m and 500 m were used where 100 m were told.
  expect(young).toMatchObject({untilS: 5, count: 2, mean: 0.2e9, worst: 0.4e9});
  expect(older.map(({count, worst}) => [count, Math.round(worst / 1e6)])).toEqual([
    [0, 0],
    [0, 0],
    [2, 900],
  ]);
  expect(model.used('n/p/', 0)?.steps.map(({fromMs, toMs}) => [fromMs, toMs])).toEqual([
    [1000, 2000],
    [2000, 3000],
    [31_000, 32_000],
    [32_000, 33_000],
  ]);
});
