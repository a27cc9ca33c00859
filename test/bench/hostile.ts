// What the forecast is worth where something goes wrong: recordings of synthetic kubelets that restart, change their
// base, lose polls or set their clocks. Loss over that of one who knows each interval state: all, and the two minutes
// (or six waits) after each event.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Scenario, type Span, recordScenario} from '../sources/recording/hostile-recording.ts';
import {scoreRecording} from '../sources/recording/score-forecast.ts';
import type {Activity} from '../model/housekeeping/synthetic-cgroup.ts';

const activities: readonly Activity[] = ['busy', 'busy', 'idle', 'idle', 'bursty'];
const minute = 60_000;

/** Pods of two containers: as many targets as there are on the recorded kubelets, or more. */
function pods(count: number, lives?: readonly (readonly Span[])[], namespaces = 1): Scenario['targets'] {
  return Array.from({length: count}, (_, i) =>
    [null, 'a', 'b'].map((container, c) => ({
      target: {namespace: `n${i % namespaces}`, pod: `p${Math.floor(i / namespaces)}`, container},
      activity: activities[(i * 2 + c) % 5] ?? 'busy',
      lives: container === null ? lives?.[0] : (lives?.[1] ?? lives?.[0]),
    })),
  ).flat();
}

interface Row {
  readonly name: string;
  readonly scenario: Omit<Scenario, 'seed'>;
  readonly events?: readonly number[];
  readonly fromMs?: number;
}

const plain = {durationMs: 30 * minute, targets: pods(2), kubelets: [{fromMs: 0, baseMs: 10_000}]};
const told = (seconds: number) => ({housekeepingInterval: seconds, kubeletVersion: 'v1.32.13'});
const restarts = (...bases: number[]) =>
  bases.map((base, i) => ({fromMs: i * 10 * minute + (i > 0 ? 317 : 0), baseMs: base * 1000}));
const after = [10 * minute + 317, 20 * minute + 317];

const rows: Row[] = [];
for (const base of [1, 2, 5, 10, 30]) {
  const kubelets = [{fromMs: 0, baseMs: base * 1000}];
  rows.push({name: `base ${base} told`, scenario: {...plain, kubelets, meta: told(base)}});
  rows.push({name: `base ${base} untold`, scenario: {...plain, kubelets}});
}
for (const base of [1, 2, 5, 10, 30]) {
  const kubelets = restarts(base, base, base);
  for (const journal of ['started', 'none'] as const)
    rows.push({
      name: `a restart ${base}, journal ${journal}`,
      scenario: {...plain, kubelets, journal, meta: told(base)},
      events: after,
    });
  rows.push({
    name: `a restart ${base} v1.21, none`,
    scenario: {...plain, kubelets, old: true, meta: told(base)},
    events: after,
  });
}
for (const [a, b] of [
  [1, 10],
  [10, 1],
  [5, 30],
  [30, 5],
  [10, 5],
  [10, 300],
] as const) {
  const kubelets = restarts(a, b, a);
  rows.push({
    name: `b base ${a}-${b}-${a} flags`,
    scenario: {...plain, kubelets, journal: 'flags', meta: told(a)},
    events: after,
  });
  for (const journal of ['started', 'none'] as const)
    for (const meta of [told(a), undefined])
      rows.push({
        name: `b base ${a}-${b}-${a} ${journal} ${meta === undefined ? 'untold' : 'told first'}`,
        scenario: {...plain, kubelets, journal, meta},
        events: after,
      });
  rows.push({
    name: `b base ${a}-${b}-${a} none, untold, v1.21`,
    scenario: {...plain, kubelets, old: true},
    events: after,
  });
}
const container = [
  {fromMs: -minute, untilMs: 8 * minute},
  {fromMs: 8 * minute + 1500, untilMs: 16 * minute},
  {fromMs: 16 * minute + 10_000, untilMs: 99 * minute},
];
for (const old of [false, true]) {
  const always = [{fromMs: -minute, untilMs: 99 * minute}];
  const v = old ? 'v1.21' : 'v1.32';
  rows.push({
    name: `d containers restart ${v}`,
    scenario: {...plain, old, targets: pods(2, [always, container]), meta: told(10)},
    events: [8 * minute, 16 * minute],
  });
  rows.push({
    name: `d pods end and come ${v}`,
    scenario: {...plain, old, targets: [...pods(2, [container]), ...pods(4).slice(6)], meta: told(10)},
    events: [8 * minute, 16 * minute],
  });
}
for (const gap of [10, 30, 60, 120])
  rows.push({
    name: `e polls missed ${gap} s each 3 min`,
    scenario: {
      ...plain,
      meta: told(10),
      missed: [3, 6, 9, 12, 15, 18, 21, 24].map((m) => ({fromMs: m * minute, untilMs: m * minute + gap * 1000})),
    },
    events: [3, 6, 9, 12, 15, 18, 21, 24].map((m) => m * minute + gap * 1000),
  });
rows.push({
  name: 'e slow polls 50-800 ms',
  scenario: {...plain, meta: told(10), latencyMs: (random) => 25 + 375 * random()},
});
rows.push({
  name: 'e slow polls, base 1',
  scenario: {...plain, kubelets: restarts(1).slice(0, 1), meta: told(1), latencyMs: (random) => 25 + 375 * random()},
});
for (const every of [0.25, 5, 15, 30]) {
  rows.push({
    name: `e poll each ${every} s`,
    scenario: {...plain, durationMs: (every < 1 ? 12 : 40) * minute, meta: told(10), pollMs: every * 1000},
  });
  rows.push({
    name: `e poll each ${every} s untold`,
    scenario: {...plain, durationMs: (every < 1 ? 12 : 40) * minute, pollMs: every * 1000},
  });
  rows.push({
    name: `e poll each ${every} s, base 5`,
    scenario: {
      ...plain,
      kubelets: restarts(5),
      durationMs: (every < 1 ? 12 : 40) * minute,
      meta: told(5),
      pollMs: every * 1000,
    },
  });
}
for (const [name, by] of [
  ['+5 s', 5000],
  ['-5 s', -5000],
  ['+1 h', 3_600_000],
  ['-1 h', -3_600_000],
] as const) {
  const jump = (t: number): number => (t >= 10 * minute ? by : 0);
  rows.push({
    name: `f node clock ${name}`,
    scenario: {...plain, meta: told(10), nodeAheadMs: jump},
    events: [10 * minute],
  });
  rows.push({
    name: `f local clock ${name}`,
    scenario: {...plain, meta: told(10), localAheadMs: jump},
    events: [10 * minute],
  });
  rows.push({name: `f node off by ${name}`, scenario: {...plain, meta: told(10), nodeAheadMs: () => by}});
}
for (const [base, max] of [
  [10, 60],
  [5, 30],
  [10, 10],
  [1, 60],
] as const) {
  const kubelets = restarts(base);
  rows.push({name: `g base ${base} max ${max} untold`, scenario: {...plain, kubelets, maxMs: max * 1000}});
  rows.push({
    name: `g base ${base} max ${max} in meta`,
    scenario: {...plain, kubelets, maxMs: max * 1000, meta: {...told(base), maxHousekeepingInterval: max}},
  });
}
for (const base of [2, 5, 10]) {
  const kubelets = restarts(base);
  rows.push({
    name: `h summary only, base ${base}`,
    scenario: {...plain, kubelets, endpoints: 'summary', meta: told(base)},
    fromMs: 2 * minute,
  });
  rows.push({
    name: `h summary only, base ${base} untold`,
    scenario: {...plain, kubelets, endpoints: 'summary'},
    fromMs: 5 * minute,
  });
  rows.push({
    name: `i resource only, base ${base}`,
    scenario: {...plain, kubelets, endpoints: 'resource', meta: told(base)},
  });
  rows.push({
    name: `i resource only, restart ${base}`,
    scenario: {...plain, kubelets: restarts(base, base, base), endpoints: 'resource', meta: told(base)},
    events: after,
  });
}
rows.push({name: 'j 110 pods', scenario: {...plain, durationMs: 5 * minute, targets: pods(110), meta: told(10)}});
rows.push({
  name: 'j 110 pods, restart',
  scenario: {
    ...plain,
    durationMs: 6 * minute,
    targets: pods(110),
    kubelets: [
      {fromMs: 0, baseMs: 10_000},
      {fromMs: 3 * minute, baseMs: 10_000},
    ],
    meta: told(10),
  },
  events: [3 * minute],
});
rows.push({name: 'j names in two namespaces', scenario: {...plain, targets: pods(6, undefined, 2), meta: told(10)}});
rows.push({name: 'hidden changes 10 %', scenario: {...plain, meta: told(10), hidden: 0.1}});
rows.push({name: 'late ticks 100 ms', scenario: {...plain, meta: told(10), lateMs: 100}});

const wanted = process.argv.slice(2);
const seeds = Number(process.env.SEEDS ?? 3);
process.stdout.write(`${'scenario'.padEnd(46)}     n  miss   ratio  off80 | close n miss   ratio  off80\n`);
for (const {name, scenario, events = [], fromMs = 60_000} of rows) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const span = Math.max(120_000, 8 * Math.max(...scenario.kubelets.map(({baseMs}) => Math.min(baseMs, 60_000))));
  const closely = events.map((at) => ({fromMs: at, untilMs: at + span}));
  const scores: Awaited<ReturnType<typeof scoreRecording>>[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const dir = mkdtempSync(join(tmpdir(), 'ktop-hostile-'));
    const truth = recordScenario(dir, {seed, ...scenario});
    scores.push(await scoreRecording(dir, truth, closely, fromMs));
    rmSync(dir, {recursive: true});
  }
  const mean = (of: (score: (typeof scores)[number]) => number): number =>
    scores.reduce((sum, one) => sum + of(one), 0) / seeds;
  const figures = (part: 'all' | 'close'): string =>
    `${mean((s) => s[part].n)
      .toFixed(0)
      .padStart(6)} ${mean((s) => s[part].missing)
      .toFixed(0)
      .padStart(4)} ${mean((s) => s[part].ratio)
      .toFixed(4)
      .padStart(8)} ${mean((s) => s[part].cover80 - s[part].oracle80)
      .toFixed(3)
      .padStart(6)}`;
  process.stdout.write(`${name.padEnd(45)} ${figures('all')} ${events.length > 0 ? `|${figures('close')}` : ''}\n`);
}
