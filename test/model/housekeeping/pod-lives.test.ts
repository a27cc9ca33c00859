import {describe, expect, it} from 'vitest';
import {Housekeeping} from '../../../src/model/housekeeping/housekeeping.ts';
import {targetKey} from '../../../src/model/target.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {PollJoin} from '../../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../../src/sources/stats/summary.ts';
import {seeded} from './synthetic-cgroup.ts';

const t0 = Date.UTC(2026, 10, 23, 12);
const baseMs = 10_000;
const untilS = 420;

/** One cgroup, from its start to its end: a container, or (`name` null) a pod. Seconds. */
interface Life {
  readonly pod: string;
  readonly name: string | null;
  readonly uid: string;
  readonly fromS: number;
  readonly toS: number;
}

interface Scenario {
  readonly lives: readonly Life[];
  /** When all samples are the container runtime's, read for the request (`PodAndContainerStatsFromCRI`). */
  readonly criS?: readonly [from: number, to: number];
  /** Kubelets up to v1.31 answer with a container's first tick; later ones with the runtime's values until the second. */
  readonly isOld?: boolean;
  /** Entries stand in another order in each answer. */
  readonly shuffles?: boolean;
}

const life = (pod: string, name: string | null, fromS: number, toS = untilS, uid = `uid-${pod}`): Life => ({
  pod,
  name,
  uid,
  fromS,
  toS,
});

/** A pod that was there before, with containers that teach the base. */
const bystanders = ['a', 'b', 'c', 'd'].map((name) => life('other', name, -300));

const crashes = (everyS: number, restS: number): Life[] =>
  Array.from({length: Math.floor(300 / everyS)}, (_, i) =>
    life('crash', 'app', 60 + i * everyS, 60 + (i + 1) * everyS - restS),
  );

const scenarios: readonly (readonly [string, Scenario])[] = [
  [
    'init containers that end and native sidecars that stay',
    {
      lives: [
        life('web', null, 40),
        life('web', 'init-quick', 41, 44),
        life('web', 'sidecar', 45),
        life('web', 'init-long', 46, 95),
        life('web', 'app', 96),
        // The sidecar's own restart, under the same pod.
        life('web', 'helper', 97, 200),
        life('web', 'helper', 204),
      ],
    },
  ],
  ['a crash loop shorter than a period', {lives: [life('crash', null, 55), ...crashes(7, 2)]}],
  ['a crash loop without a pause', {lives: [life('crash', null, 55), ...crashes(4, 0)]}],
  ['a crash loop on an old kubelet', {lives: [life('crash', null, 55), ...crashes(7, 2)], isOld: true}],
  ['a crash loop of about a period', {lives: [life('crash', null, 55), ...crashes(13, 1)], isOld: true}],
  [
    'a pod made anew under its name while its old cgroups are there',
    {
      lives: [
        life('db-0', null, -200, 190, 'old'),
        life('db-0', 'app', -200, 170, 'old'),
        life('db-0', null, 130, untilS, 'young'),
        life('db-0', 'app', 132, untilS, 'young'),
      ],
      shuffles: true,
    },
  ],
  [
    'a pod made anew at once',
    {
      lives: [
        life('db-0', null, -200, 150, 'old'),
        life('db-0', 'app', -200, 150, 'old'),
        life('db-0', null, 151, untilS, 'young'),
        life('db-0', 'app', 152, untilS, 'young'),
      ],
    },
  ],
  ['answers in another order each time', {lives: [life('web', null, -100), life('web', 'x', -100)], shuffles: true}],
  ['stats from the CRI, on in the middle and off again', {lives: [life('web', 'x', -100)], criS: [120, 240]}],
  ['stats from the CRI from the start, then off', {lives: [life('web', 'x', -100)], criS: [-1, 200]}],
  [
    'a crash loop with the stats from the CRI on and off',
    {lives: [life('crash', null, 55), ...crashes(7, 2)], criS: [120, 240]},
  ],
];

/** One cgroup's ticks by cAdvisor's rule: the first soon after the start, then waits of one to two bases. */
function ticksOf({fromS, toS}: Life, random: () => number): number[] {
  const ticks = [];
  const startMs = t0 + fromS * 1000;
  for (let at = startMs + 200 + random() * 600; at < t0 + toS * 1000; at += baseMs * (1 + random()))
    ticks.push(Math.floor(at));
  return ticks;
}

/** The kubelet of a scenario: what both endpoints answer at a moment, as text. */
function kubeletOf({lives, criS = [0, 0], isOld = false, shuffles = false}: Scenario, random: () => number) {
  const cgroups = [...bystanders, ...lives].map((one) => ({...one, ticks: ticksOf(one, random)}));
  return (nowMs: number) => {
    const second = (nowMs - t0) / 1000;
    const isCri = second >= criS[0] && second < criS[1];
    const shown = cgroups.flatMap((one) => {
      if (second < one.fromS || second >= one.toS) return [];
      const seen = one.ticks.filter((tick) => tick <= nowMs);
      const isRuntimes = isCri || (!isOld && one.name !== null && seen.length < 2);
      const at = isRuntimes ? nowMs : seen.at(-1);
      if (at === undefined) return [];
      return [
        {...one, at, isRuntimes, cpuNs: Math.round((at - (t0 + one.fromS * 1000)) * 3e5), isFirst: seen.length < 2},
      ];
    });
    if (shuffles) shown.sort(() => random() - 0.5);
    const resource = shown.map(({pod, name, cpuNs, at}) => {
      const labels = `${name === null ? '' : `container="${name}",`}namespace="default",pod="${pod}"`;
      return `${name === null ? 'pod' : 'container'}_cpu_usage_seconds_total{${labels}} ${cpuNs / 1e9} ${at}\n`;
    });
    const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
    const entry = ({at, cpuNs, fromS, isFirst, isRuntimes}: (typeof shown)[number]) => ({
      startTime: iso(t0 + fromS * 1000),
      cpu: {time: iso(at), usageCoreNanoSeconds: cpuNs, usageNanoCores: isFirst && !isRuntimes ? 0 : 3e8},
      memory: {time: iso(at), workingSetBytes: cpuNs / 1e3, rssBytes: cpuNs / 1e4, pageFaults: Math.round(cpuNs / 1e6)},
    });
    const uids = [...new Set(shown.map(({uid}) => uid))];
    const pods = uids.map((uid) => {
      const own = shown.filter((one) => one.uid === uid);
      const whole = own.find(({name}) => name === null);
      const containers = own.filter(({name}) => name !== null).map((one) => ({name: one.name, ...entry(one)}));
      return {podRef: {name: own[0]?.pod, namespace: 'default', uid}, ...(whole && entry(whole)), containers};
    });
    return {resource: resource.join(''), summary: JSON.stringify({pods}), shown};
  };
}

describe.each(scenarios)('the forecast through %s', (_, scenario) => {
  it.each([1, 2])('has all that is there, none that is gone, and no tick of the runtime (%i)', (seed) => {
    const random = seeded(seed);
    const ask = kubeletOf(scenario, random);
    const join = new PollJoin();
    const model = new Housekeeping();
    const wrong: unknown[] = [];
    for (let i = 0; i * 1.1 < untilS - 1; i++) {
      const receivedAt = localMs(Math.floor(t0 + i * 1100 + random() * 200));
      const {resource, summary, shown} = ask(receivedAt - 6);
      const hasSummary = i % 5 === 0;
      const poll = join.join({
        sentAt: localMs(receivedAt - 12),
        receivedAt,
        summary: hasSummary ? parseSummary(summary) : null,
        resource: parseResourceMetrics(resource),
      });
      model.observe(poll);
      const now = nodeMs(receivedAt + 1);
      const forecasts = new Map(model.forecasts(now).map((one) => [targetKey(one.target), one]));
      const present = new Set(shown.map(({pod, name}) => `default/${pod}/${name ?? ''}`));
      if (poll.samples.length !== present.size) wrong.push([i, 'samples', poll.samples.length, present.size]);
      for (const [key, {phase, next, waits}] of forecasts) {
        if ((phase !== 'gone') !== present.has(key)) wrong.push([i, key, phase]);
        if (!(next.meanMs >= now)) wrong.push([i, key, next.meanMs - now]);
        // The runtime's values are a second apart, and two lives of a container some more. A start is in the summary.
        const odd = waits.filter(({waitMs}) => waitMs < 0.9 * baseMs || waitMs > 2.1 * baseMs);
        if (hasSummary) wrong.push(...odd.map(({waitMs}) => [i, key, waitMs]));
      }
      for (const key of present) if (!forecasts.has(key)) wrong.push([i, key, 'missing']);
      for (const {pod, name, isRuntimes, fromS} of shown) {
        // The first looks may be at the moment of a tick by chance: the next answer shows whose it was.
        const isEarly = receivedAt < t0 + fromS * 1000 + 4000 || i < 3;
        const isTurning = scenario.criS?.some((second) => Math.abs(receivedAt - t0 - second * 1000) < 3000) ?? false;
        const isTwice = shown.filter((one) => one.pod === pod && one.name === name).length > 1;
        if (!isRuntimes || isEarly || isTurning || isTwice) continue;
        const key = `default/${pod}/${name ?? ''}`;
        const {figures} = forecasts.get(key) ?? {};
        if (figures !== 'runtime') wrong.push([i, key, figures]);
      }
    }
    expect(wrong).toEqual([]);
    expect(model.base.intervalMs).toBe(baseMs);
    // Nobody is left without a countdown for ever.
    const last = model.forecasts(nodeMs(t0 + untilS * 1000 - 500));
    const steady = last.filter(({target, phase}) => target.pod !== 'crash' && phase !== 'gone');
    expect(steady.map(({phase}) => phase).filter((phase) => phase !== 'ticking')).toEqual([]);
    expect(steady.every(({waits}) => waits.length > 3)).toBe(true);
  });
});
