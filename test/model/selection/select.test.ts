import {describe, expect, it} from 'vitest';
import {labelsOf, select, type Candidate, type Selected} from '../../../src/model/selection/select.ts';
import {parsePodQuery, type Selection, type PodQuery} from '../../../src/model/selection/pod-query.ts';
import {targetName} from '../../../src/model/target.ts';

const pod = (name: string, more: Partial<Candidate> = {}): Candidate => {
  const [namespace = '', own = ''] = name.includes('/') ? name.split('/') : ['default', name];
  return {namespace, pod: own, containers: ['app'], labels: null, nanoCores: 0, present: true, isPast: false, ...more};
};

function queryOf(asked: Partial<PodQuery>): Selection {
  const selection = parsePodQuery({pods: [], namespaces: [], labels: null, containers: [], top: null, ...asked});
  if ('problem' in selection) throw new Error(selection.problem);
  return selection;
}

const pick = (asked: Partial<PodQuery>, pods: readonly Candidate[], before: Selected | null = null) =>
  select(queryOf(asked), pods, ['kubelet', 'pods', 'runtime'], before);
const names = (selected: Selected) => selected.targets.map(targetName);

describe('the selection', () => {
  const node = [
    pod('default/cpuload'),
    pod('other/cpuload'),
    pod('default/web-7d9f8c6b5-x7k2p', {labels: {app: 'web', tier: 'front'}}),
    pod('default/web-7d9f8c6b5-bbbbb', {labels: {app: 'web', tier: 'back'}}),
    pod('kube-system/kube-proxy-zx5vt', {labels: {}}),
  ];

  it('takes a name in every namespace, and namespace/name in its own', () => {
    expect(names(pick({pods: ['cpuload']}, node))).toEqual(['default/cpuload', 'other/cpuload']);
    expect(names(pick({pods: ['other/cpuload']}, node))).toEqual(['other/cpuload']);
  });

  it('keeps to the namespaces that are watched, but for a pod that is named with its own', () => {
    expect(names(pick({namespaces: ['other']}, node))).toEqual(['other/cpuload']);
    const asked = {pods: ['cpuload', 'kube-system/kube-proxy'], namespaces: ['oth*']};
    expect(names(pick(asked, node))).toEqual(['other/cpuload', 'kube-system/kube-proxy-zx5vt']);
    expect(pick({pods: ['cpuload'], namespaces: ['none']}, node).missing).toEqual(['cpuload']);
  });

  it('takes globs of names and namespaces', () => {
    expect(names(pick({pods: ['kube-*/*']}, node))).toEqual(['kube-system/kube-proxy-zx5vt']);
    expect(names(pick({pods: ['web-*-b?bbb']}, node))).toEqual(['default/web-7d9f8c6b5-bbbbb']);
  });

  it('takes the name of the Deployment or DaemonSet that made the pods', () => {
    expect(names(pick({pods: ['web']}, node))).toHaveLength(2);
    expect(names(pick({pods: ['kube-proxy']}, node))).toEqual(['kube-system/kube-proxy-zx5vt']);
  });

  it('follows a pod of a Deployment to the one that replaced it, but not to any other', () => {
    const replaced = [
      pod('web-7d9f8c6b5-x7k2p', {present: false}),
      pod('web-5b6c7d8f9-zzzzz'),
      pod('api-5b6c7d8f9-zzzzz'),
    ];
    const selected = pick({pods: ['web-7d9f8c6b5-x7k2p']}, replaced);
    expect(names(selected)).toEqual(['default/web-7d9f8c6b5-x7k2p', 'default/web-5b6c7d8f9-zzzzz']);
    expect(selected.missing).toEqual([]);
    expect(names(pick({pods: ['web-7d9f8c6b5-never']}, replaced))).toEqual([]);
  });

  it('follows a pod for days, through one replacement after the other', () => {
    const queried = ['default/web-7d9f8c6b5-x7k2p'];
    const first = pick({pods: queried}, [pod('web-7d9f8c6b5-x7k2p')]);
    const second = pick({pods: queried}, [pod('web-5b6c7d8f9-zzzzz')], first);
    const third = pick({pods: queried}, [pod('web-6f7g8h9j4-bbbbb'), pod('other/web-6f7g8h9j4-bbbbb')], second);
    expect(names(second)).toEqual(['default/web-5b6c7d8f9-zzzzz']);
    expect(names(third)).toEqual(['default/web-6f7g8h9j4-bbbbb']);
  });

  it('leaves out what ended long ago, and still knows what replaced it', () => {
    const past = [pod('web-7d9f8c6b5-x7k2p', {present: false, isPast: true}), pod('web-5b6c7d8f9-zzzzz')];
    expect(names(pick({pods: ['web-7d9f8c6b5-x7k2p']}, past))).toEqual(['default/web-5b6c7d8f9-zzzzz']);
    expect(names(pick({pods: ['web-*']}, past))).toEqual(['default/web-5b6c7d8f9-zzzzz']);
  });

  it('names what is missing and goes on with the rest', () => {
    const selected = pick({pods: ['nope', 'cpuload', '@misc'], containers: []}, node);
    expect(selected.missing).toEqual(['nope', '@misc']);
    expect(names(selected)).toHaveLength(2);
    expect(pick({pods: ['cpuload'], containers: ['sidecar']}, node).missing).toEqual(['container sidecar']);
  });

  it.each([
    ['app=web', 2],
    ['app==web,tier!=back', 1],
    ['tier in (front, back)', 4],
    ['tier notin (front)', 2],
    ['!app', 1],
    ['app,tier', 4],
  ])('takes the label selector %s', (labels, count) => {
    const known = node.map((each) => ({...each, labels: each.labels ?? {app: 'other', tier: 'front'}}));
    expect(pick({labels}, known).targets).toHaveLength(count);
  });

  it('says that labels are unknown instead of that nothing matches', () => {
    expect(pick({labels: 'app=web'}, node).labelsUnknown).toBe(true);
  });

  it('shows a pod alone with its containers, and many as a line each', () => {
    const two = [pod('a', {containers: ['app', 'side']}), pod('b', {containers: ['app', 'side']})];
    expect(names(pick({pods: ['a']}, two))).toEqual(['default/a', 'default/a app', 'default/a side']);
    expect(names(pick({pods: ['?']}, two))).toEqual(['default/a', 'default/b']);
    expect(names(pick({pods: ['?'], containers: ['s*']}, two))).toEqual(['default/a side', 'default/b side']);
  });

  it('watches the busiest and does not swap them for a hair', () => {
    const rates = (...values: number[]) => values.map((nanoCores, i) => pod(`p${i}`, {nanoCores}));
    const first = pick({top: 2}, rates(5, 100, 50));
    expect(names(first)).toEqual(['default/p1', 'default/p2']);
    expect(names(pick({top: 2}, rates(55, 100, 50), first))).toEqual(names(first));
    expect(names(pick({top: 2}, rates(70, 100, 50), first))).toEqual(['default/p0', 'default/p1']);
  });

  it('watches the busiest when nothing was asked for, and the node where that was', () => {
    const many = Array.from({length: 500}, (_, i) => pod(`p${i}`, {nanoCores: i}));
    expect(pick({}, many).targets).toHaveLength(5);
    expect(pick({pods: ['*']}, many).targets).toHaveLength(500);
    expect(names(pick({pods: ['@node', '@kubelet']}, many))).toEqual(['node', 'system kubelet']);
  });

  it('keeps the namespace only in names that need it', () => {
    expect(labelsOf(pick({pods: ['cpuload', 'kube-proxy']}, node).targets)).toEqual([
      'default/cpuload',
      'other/cpuload',
      'kube-proxy-zx5vt',
    ]);
    expect(labelsOf(pick({pods: ['a']}, [pod('a', {containers: ['x', 'y']})]).targets)).toEqual(['a', '· x', '· y']);
  });

  it('is not slowed by a hostile glob', () => {
    const selection = queryOf({pods: [`${'*a'.repeat(60)}b`]});
    const long = Array.from({length: 500}, () => pod('a'.repeat(253)));
    expect(select(selection, long, [], null).targets).toEqual([]);
  });
});

describe('what was asked for', () => {
  it.each([
    [{pods: ['a/b/c']}, '--pod "a/b/c"'],
    [{pods: ['x; touch /tmp/pwned']}, '--pod "x; touch'],
    [{pods: ['']}, '--pod ""'],
    [{containers: ['A B']}, '--container "A B"'],
    [{top: 0}, '--top 0'],
    [{top: Number.NaN}, '--top NaN'],
    [{labels: 'app=='}, null],
    [{labels: 'a=b,,'}, 'label selector'],
    [{labels: 'in (a'}, 'label selector'],
  ])('%j is answered with what is wrong and an example', (asked, tried) => {
    const answer = parsePodQuery({pods: [], namespaces: [], labels: null, containers: [], top: null, ...asked});
    if (tried === null) expect(answer).not.toHaveProperty('problem');
    else expect(answer).toMatchObject({tried: expect.stringContaining(tried) as string});
  });
});
