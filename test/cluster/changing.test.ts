import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import {followTruth} from '../../src/sources/truth/follow-truth.ts';
import {docker} from '../node/engine.ts';
import {KtopEvents} from '../node/ktop-events.ts';
import {until} from '../node/start-node.ts';
import {cache, env, kubectl, ktopOnWorker, startPods, tokenOf, worker} from './cluster.ts';

// What ktop does to a real kubelet: it is replaced, goes back, has its flags and its verbosity set, and is profiled.
const folder = mkdtempSync(join(tmpdir(), 'ktop-cluster-'));
const onNode = (...argv: readonly string[]) => docker('exec', worker, ...argv);
const change = (...args: readonly string[]) => ktopOnWorker([...args, '--yes'], {XDG_STATE_HOME: folder});
const versionOfNode = () => kubectl('get', 'node', worker, '-o', 'jsonpath={.status.nodeInfo.kubeletVersion}');
const nodeSays = (version: string) =>
  until(`the node says ${version}`, async () => (await versionOfNode()) === version);
const build = (name: string) => join(cache, 'bin', name);

let events: KtopEvents | undefined;
beforeAll(startPods);
afterEach(() => events?.kill());
afterAll(() => rmSync(folder, {recursive: true}));

test('a second build is deployed and seen, a broken one goes back by itself, and a rollback ends it', async () => {
  const deployed = change('deploy', build('kubelet-next'));
  expect(deployed).toMatchObject({code: 0, said: expect.stringMatching(/v1\.20\.2-next runs, in/) as string});
  process.stderr.write(deployed.said);
  await nodeSays('v1.20.2-next');
  expect(ktopOnWorker(['deploy', '--list']).said).toMatch(/v1\.20\.2-next .*in place, runs\nv1\.20\.2 .*kept/);

  const broken = change('deploy', build('kubelet-broken'));
  expect(broken.said).toContain('failed to run Kubelet: this build is broken on purpose');
  expect(broken.said).toContain('v1.20.2-next is back in place and runs');
  expect(broken.code).toBe(1);
  process.stderr.write(broken.said);

  expect(change('rollback')).toMatchObject({code: 0, said: expect.stringContaining('v1.20.2 runs') as string});
  await nodeSays('v1.20.2');
  await kubectl('wait', '--for=condition=Ready', `node/${worker}`, '--timeout=60s');
});

test('a base of 3 s is set, told and forecast; taken away it leaves no trace', async () => {
  const cat = () => onNode('systemctl', 'cat', 'kubelet');
  const atFirst = await cat();
  const set = change('flags', '--set', 'housekeeping-interval=3s');
  expect(set).toMatchObject({code: 0, said: expect.stringContaining('healthy and answering') as string});
  const watched = (events = new KtopEvents(['--node', worker, '-l', 'app=cpuload'], env));
  await until('the base is told', () => Promise.resolve(watched.of('facts').at(-1)?.housekeepingIntervalMs === 3000));
  // What always works has its base always: each wait is drawn between it and twice as much.
  const ticks = () => [
    ...new Set(
      watched
        .of('sample')
        .filter(({container}) => container === 'load')
        .map(({at}) => Number(at)),
    ),
  ];
  await until('twelve ticks were seen', () => Promise.resolve(ticks().length >= 12));
  const waits = ticks()
    .slice(2)
    .map((at, index) => at - (ticks()[index + 1] ?? NaN));
  process.stderr.write(`waits at a base of 3 s: ${waits.map((wait) => wait.toFixed(1)).join(' ')}\n`);
  for (const wait of waits) expect(wait).toBeGreaterThan(2.9);
  expect(Math.max(...waits)).toBeLessThan(6.5);
  const told = watched.of('forecast').findLast(({container, phase}) => container === 'load' && phase === 'ticking');
  const {'0.95': high} = told?.quantiles as Record<string, number>;
  expect((high ?? NaN) - Number(told?.lastTick)).toBeLessThan(6.5);

  expect(change('flags', '--reset').code).toBe(0);
  expect(await cat()).toBe(atFirst);
});

test('the verbosity of the running process is set, and set back', async () => {
  // Each second, from 4 on.
  const script = "journalctl -u kubelet | grep -c 'GenericPLEG: Relisting' || true";
  const lines = async () => Number(await onNode('sh', '-c', script));
  const before = await lines();
  const set = change('verbosity', '6');
  expect(set).toMatchObject({code: 0, said: expect.stringContaining('verbosity 6, until') as string});
  await until('it says more', async () => (await lines()) > before);
  expect(change('verbosity', '0').code).toBe(0);
  await until('it says no more', async () => {
    const now = await lines();
    await setTimeout(3000);
    return (await lines()) === now;
  });
});

test('a profile of it is one that pprof reads', () => {
  const file = join(folder, 'cpu.pprof');
  const {code, said} = ktopOnWorker(['profile', '--seconds', '2', '--file', file, 'cpu']);
  expect({code, said}).toMatchObject({code: 0});
  const root = join(cache, 'tools', 'usr', 'lib', 'go-1.19');
  const pprof = execFileSync(join(root, 'bin', 'go'), ['tool', 'pprof', '-top', file], {
    env: {...process.env, GOROOT: root, PPROF_TMPDIR: folder},
    encoding: 'utf8',
  });
  expect(pprof).toMatch(/^Type: cpu$/m);
  expect(pprof).toMatch(/flat%\s+sum%/);
});

test('a profile that the caller has no right to is refused by that right, and no file is left', async () => {
  const token = join(folder, 'token');
  writeFileSync(token, await tokenOf('default', 'default'));
  const file = join(folder, 'refused.pprof');
  const args = ['profile', '--file', file, '--route', 'direct', '--token-file', token, 'goroutine'];
  const refused = '403: system:serviceaccount:default:default lacks the right "get nodes/proxy"';
  expect(ktopOnWorker(args)).toMatchObject({code: 1, said: expect.stringContaining(refused) as string});
  expect(existsSync(file)).toBe(false);
});

test('what a container really used is within 1 % of its own accounting', async () => {
  const json = JSON.parse(await kubectl('get', 'pods', '-l', 'app=cpuload', '-o', 'json')) as {
    items: {metadata: {name: string; uid: string}; status: {containerStatuses: {containerID: string}[]}}[];
  };
  const {metadata, status} = json.items[0] ?? expect.unreachable();
  const id = status.containerStatuses[0]?.containerID.replace('containerd://', '') ?? '';
  // By the process itself, not by the names of folders.
  const tasks = await onNode('ctr', '-n', 'k8s.io', 'task', 'ls');
  const pid = new RegExp(`^${id}\\s+(\\d+)`, 'm').exec(tasks)?.[1] ?? expect.unreachable(tasks);
  const accounting = onNode('sh', '-c', accountant, 'accountant', pid);
  const found = await findNode({node: worker, env: {...process.env, ...env}});
  const target = {
    target: {namespace: 'default', pod: metadata.name, container: 'load'},
    podUid: metadata.uid,
    containerId: id,
  };
  const stop = new AbortController();
  const truths: Extract<Event, {type: 'truth'}>[] = [];
  const shell = found.shell.kind === 'shell' ? found.shell.shell : expect.unreachable(found.shell.why.problem);
  for await (const event of followTruth({shell, targets: () => [target]}, stop.signal)) {
    if (event.type === 'truth-state') expect(event.problem).toBeNull();
    if (event.type === 'truth' && truths.push(event) === 30) stop.abort();
  }
  await found.close();
  await onNode('touch', '/run/accounted');
  const readings = (await accounting)
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const usageAt = (ms: number) => {
    const after = readings.findIndex(([ns = 0]) => ns / 1e6 >= ms);
    const [fromNs = NaN, from = NaN] = readings[after - 1] ?? [];
    const [toNs = NaN, to = NaN] = readings[after] ?? [];
    return from + ((to - from) * (ms * 1e6 - fromNs)) / (toNs - fromNs);
  };
  const [first, last] = [truths[1], truths.at(-1)];
  const told = (last?.readings[0]?.usageNs ?? NaN) - (first?.readings[0]?.usageNs ?? NaN);
  const accounted = usageAt(last?.at ?? NaN) - usageAt(first?.at ?? NaN);
  process.stderr.write(`told ${(told / 1e9).toFixed(3)} s, accounted ${(accounted / 1e9).toFixed(3)} s\n`);
  expect(told).toBeGreaterThan(1e9);
  expect(Math.abs(told - accounted) / accounted).toBeLessThan(0.01);
});

/** Prints the time and the counter of a process's cgroup, both in nanoseconds, until it is told to end. */
const accountant = `
rm -f /run/accounted
p=$(sed -n 's/^[0-9]*:[^:]*cpuacct[^:]*://p' /proc/$1/cgroup)
for r in /sys/fs/cgroup/cpuacct /sys/fs/cgroup/cpu,cpuacct; do [ -r "$r$p/cpuacct.usage" ] && f=$r$p/cpuacct.usage; done
while [ ! -e /run/accounted ]; do
  if [ -n "$f" ]; then u=$(cat "$f")
  else u=$(sed -n 's/^usage_usec \\(.*\\)/\\1000/p' "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/$1/cgroup)/cpu.stat"); fi
  echo "$(date +%s%N) $u"
  sleep 0.02
done
`;
