import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, onTestFinished, test} from 'vitest';
import {docker} from '../node/engine.ts';
import {KtopEvents} from '../node/ktop-events.ts';
import {until} from '../node/start-node.ts';
import {env, kubectl, ktop, startPods, tokenOf, worker} from './cluster.ts';

let events: KtopEvents | undefined;
function watch(...args: readonly string[]): KtopEvents {
  events = new KtopEvents(['--node', worker, ...args], env);
  return events;
}
/** What the stats stream said last. */
const stats = (of: KtopEvents) => of.of('stream').findLast(({stream}) => stream === 'stats');
const follows = (of: KtopEvents) => until('the stats follow', () => Promise.resolve(stats(of)?.state === 'following'));

beforeAll(async () => {
  ktop('access', '--remove');
  await startPods();
});
afterEach(() => events?.kill());
afterAll(() => ktop('access', '--remove'));

test('lists both nodes with their roles and versions', () => {
  expect(ktop('nodes').replaceAll(/ +/g, ' ')).toContain('ktreal-control-plane kind control-plane v1.20.2 running');
  expect(ktop('nodes').replaceAll(/ +/g, ' ')).toContain('ktreal-worker kind worker v1.20.2 running');
});

test.each(['direct', 'apiserver', 'exec'])('reads the real kubelet by the route %s', async (route) => {
  const watched = watch('--route', route, '--pod', 'idle');
  await follows(watched);
  expect(watched.of('route').map(({kind}) => kind)).toEqual([route]);
  await until('the pod’s sample comes', () => Promise.resolve(watched.of('sample').some(({pod}) => pod === 'idle')));
});

test('names the right that a caller lacks, and reads with that of its own account', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-cluster-'));
  onTestFinished(() => rmSync(folder, {recursive: true}));
  const file = join(folder, 'token');
  writeFileSync(file, await tokenOf('default', 'default'));
  const refused = watch('--route', 'direct', '--token-file', file);
  await until('it is refused', () => Promise.resolve(stats(refused)?.state === 'reconnecting'));
  const problem = '403: system:serviceaccount:default:default lacks the right "get nodes/metrics"';
  expect(stats(refused)).toMatchObject({problem, next: expect.stringMatching(/^ktop access --apply/) as string});
  refused.kill();
  ktop('access', '--apply');
  writeFileSync(file, await tokenOf('kube-system', 'ktop'));
  await follows(watch('--route', 'direct', '--token-file', file));
});

test('goes on as the user of the kubeconfig when its own account is taken away', async () => {
  ktop('access', '--apply');
  const watched = watch('--pod', 'idle');
  await follows(watched);
  ktop('access', '--remove');
  // The kubelet remembers the token for five seconds.
  const forgottenAt = Date.now() / 1000 + 10;
  const later = () => watched.of('sample').some(({at}) => Number(at) > forgottenAt);
  await until('samples go on', () => Promise.resolve(later()));
});

test('tells of a restart with the start of the real process, and reads again', async () => {
  const watched = watch('--pod', 'idle');
  await follows(watched);
  await docker('exec', worker, 'systemctl', 'restart', 'kubelet');
  const pid = Number(await docker('exec', worker, 'systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value'));
  await until('it is told', () => Promise.resolve(watched.of('kubelet-started').length > 0));
  expect(watched.of('kubelet-started')).toMatchObject([{pid}]);
  await until('the stats were lost', () => Promise.resolve(stats(watched)?.state !== 'following'));
  await follows(watched);
});

test('follows what replaces a pod of a Deployment that was chosen by its label', async () => {
  const watched = watch('-l', 'app=cpuload');
  const names = () => new Set(watched.of('sample').map(({pod}) => String(pod)));
  await until('the first is there', () => Promise.resolve([...names()].some((name) => name.startsWith('cpuload-'))));
  const before = [...names()];
  await kubectl('delete', 'pod', '-l', 'app=cpuload', '--wait=false');
  const successors = () => [...names()].filter((name) => name.startsWith('cpuload-') && !before.includes(name));
  await until('its heir is there', () => Promise.resolve(successors().length === 1));
});

test('forecasts what cAdvisor itself then does', async () => {
  const targets = await cgroups();
  const watched = watch('--pod', '*');
  const truths = () =>
    watched.of('journal').flatMap(({at, message}) => {
      const [, cgroup = ''] = /housekeeping container="([^"]*)" interval=/.exec(String(message)) ?? [];
      const target = targets.get(cgroup.split('/').at(-1)?.replace(/^pod/, '') ?? '');
      return target === undefined ? [] : [{target, at: Number(at)}];
    });
  const outcomes = () => {
    const forecasts = new Map<string, {last: number; low: number; high: number}[]>();
    for (const {pod, container, lastTick, quantiles} of watched.of('forecast')) {
      const {'0.05': low, '0.95': high} = quantiles as Record<string, number>;
      const key = `${String(pod)}/${typeof container === 'string' ? container : ''}`;
      forecasts.set(key, [...(forecasts.get(key) ?? []), {last: Number(lastTick), low: low ?? NaN, high: high ?? NaN}]);
    }
    const ticks = truths();
    return ticks.flatMap(({target, at}, index) => {
      const previous = ticks.slice(0, index).findLast((one) => one.target === target);
      // The first one that knew of the tick before.
      const told = forecasts.get(target)?.find(({last}) => Math.abs(last - (previous?.at ?? NaN)) < 0.2);
      return told === undefined ? [] : [{hit: told.low <= at && at <= told.high, width: told.high - told.low}];
    });
  };
  await until('80 ticks were forecast', () => Promise.resolve(outcomes().length >= 80), 280_000);
  const all = outcomes();
  const hits = all.filter(({hit}) => hit).length / all.length;
  const widths = all.map(({width}) => width).sort((a, b) => a - b);
  process.stderr.write(`${all.length} ticks, ${(hits * 100).toFixed(0)} % between the 5 and the 95 % quantile\n`);
  // 90 % are meant to be; and no wider than a known interval of 15 s makes it.
  expect(hits).toBeGreaterThan(0.75);
  expect(widths[Math.floor(widths.length / 2)]).toBeLessThan(15);
});

/** Which target the last part of a cgroup's name stands for. */
async function cgroups(): Promise<ReadonlyMap<string, string>> {
  const lines =
    '{range .items[*]}{.metadata.uid} {.metadata.name} {range .status.containerStatuses[*]}{.containerID},{.name};{end}{"\\n"}{end}';
  const listed = await kubectl('get', 'pods', '-o', `jsonpath=${lines}`);
  const rows = listed
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return new Map(
    rows.flatMap(([uid = '', pod = '', containers = '']) => [
      [uid, `${pod}/`] as const,
      ...containers
        .split(';')
        .filter(Boolean)
        .map((one) => {
          const [id = '', name = ''] = one.split(',');
          return [id.replace('containerd://', ''), `${pod}/${name}`] as const;
        }),
    ]),
  );
}
