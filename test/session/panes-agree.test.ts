import {expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import type {Event, Sample} from '../../src/model/event.ts';
import {headline} from '../../src/model/journal/headline.ts';
import {rowText} from '../../src/model/draw/canvas.ts';
import {localMs} from '../../src/model/time.ts';
import {emptyStatus, foldStatus} from '../../src/model/screen/status.ts';
import {statusParts} from '../../src/model/screen/status-text.ts';
import {createPaneModels, type PaneModels} from '../../src/session/pane-models.ts';
import {poll, sample, seen} from '../model/cpu/sample.ts';

function panesOf(...args: readonly string[]): PaneModels {
  const request = parseArguments(['--demo', ...args], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  return createPaneModels(request.options);
}

function tell(models: PaneModels, event: Event): void {
  for (const model of Object.values(models)) model.apply(event);
}

const tellPoll = (models: PaneModels, atS: number, ...samples: readonly Sample[]) =>
  tell(models, {type: 'poll', poll: poll(atS, samples)});

function cpuOf({cpu}: PaneModels, atS: number): string {
  const view = cpu.view({width: 70, height: 16}, {now: seen(atS), unicode: true, utcOffsetMs: 0});
  return [`${view.title} ${view.left} | ${view.right}`, ...view.rows.map(rowText)].join('\n');
}

function housekeepingOf({housekeeping}: PaneModels, atS: number): string {
  const view = housekeeping.view({width: 60, height: 16}, seen(atS), true);
  return [`${view.left} | ${view.right}`, ...view.rows.map(rowText)].join('\n');
}

const system = (container: string | null, atS: number) =>
  sample({namespace: '', pod: '', container, atS, usageMs: atS});

test('where only system targets are watched, no pane speaks of the age of another', () => {
  const models = panesOf('--pod', '@node', '--pod', '@kubelet', '--pod', '@pods');
  for (const s of [0, 12]) {
    const others = sample({pod: 'other', container: null, atS: s, usageMs: s});
    tellPoll(models, s + 1, system(null, s), system('kubelet', s - 5), system('pods', s - 7), others);
  }
  const cpu = cpuOf(models, 14);
  expect(cpu).toContain('cpu 3 targets · last 2 min | samples 2s–9s old');
  expect(cpu).toMatch(/ SAMPLE\s*\nA @node .* 2s *\nB @kubelet .* 7s *\nC @pods .* 9s */);
  const [header, first, ...table] = housekeepingOf(models, 14).split('\n');
  expect(header).not.toContain('age');
  expect(first).toContain('no countdown for @node, @kubelet, @pods');
  expect(table.join('\n')).toMatch(/other +2s/);
});

test('header, legend and countdown tell one age of one sample, also with clocks apart and while stats are down', () => {
  const models = panesOf('--pod', 'web');
  tell(models, {type: 'clock', offset: {aheadMs: 300_000, uncertaintyMs: 5}});
  for (const s of [0, 12.7, 25.4]) {
    tellPoll(models, s + 1, sample({pod: 'web', container: null, atS: s + 300, usageMs: s * 10, reported: 1e7}));
  }
  for (const [now, age] of [
    [26, '0'],
    [35.3, '9'],
    [41.2, '15'],
    [85.2, '59'],
  ] as const) {
    expect(cpuOf(models, now)).toContain(`| sample ${age}s old`);
    expect(cpuOf(models, now)).toMatch(new RegExp(`A web .* ${age}s( |$)`, 'm'));
    expect(housekeepingOf(models, now)).toMatch(new RegExp(`^age ${age} s +[·░▒▓█┃]`, 'm'));
    expect(housekeepingOf(models, now)).toMatch(new RegExp(`web +${age}s`));
  }
});

test('the journal tells the age of its newest line by the same clock, also where only ticks tell of it', () => {
  const models = panesOf('--pod', 'web');
  for (const s of [0, 12.7, 25.4, 38.1]) {
    tellPoll(models, s + 1, sample({pod: 'web', container: null, atS: s + 300, usageMs: s * 10, reported: 1e7}));
  }
  const {at} = sample({pod: 'web', container: null, atS: 338.1, usageMs: 0});
  const entry = {cursor: 'c', at, unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6, message: 'm'};
  tell(models, {type: 'journal', entries: [entry]});
  tell(models, {type: 'journal-stream', state: {kind: 'following', since: seen(39)}});
  const now = seen(47.8);
  const age = /^age (\d+) s /m.exec(housekeepingOf(models, 47.8))?.[1] ?? 'none';
  expect(headline(models.journal.summary, models.housekeeping.nodeTime(now)).right).toContain(`last line ${age} s ago`);
});

test('what happens between the lines stands at the same clock as they do, and so does the time that one goes to', () => {
  // Nobody compares the clocks, the node's is 300 s ahead, and ours is one that a user goes by.
  const models = panesOf('--pod', 'web');
  for (const s of [0, 12.7, 25.4, 38.1]) {
    tellPoll(models, s + 1, sample({pod: 'web', container: null, atS: s + 300, usageMs: s * 10, reported: 1e7}));
  }
  const entry = (atS: number) => {
    const {at} = sample({pod: 'web', container: null, atS, usageMs: 0});
    const text = {unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6, message: `line ${atS}`};
    return {cursor: `s=a;i=${atS}`, at, ...text};
  };
  const rules = () =>
    [...models.journal.matchingLines()].flatMap((line) =>
      'rule' in line && line.rule !== 'tick' ? [[line.rule, Math.round((line.at - seen(0)) / 1000)]] : [],
    );
  tell(models, {type: 'journal', entries: [entry(320), entry(330), entry(338)]});
  tell(models, {type: 'journal-gap', at: seen(45), after: null, reason: 'r', atMost: null});
  tell(models, {type: 'command', at: seen(50), command: 'verbosity', step: {kind: 'done', line: '6'}});
  const apart = Math.round((models.housekeeping.nodeTime(seen(0)) - seen(0)) / 1000);
  expect(apart).toBeGreaterThan(290);
  expect(rules()).toEqual([
    ['gap', 45 + apart],
    ['action', 50 + apart],
  ]);
  expect(models.journal.jump(`-${apart + 55 - 329}s`, seen(55))).toBeNull();
  expect(models.journal.currentEntry?.message).toBe('line 330');
  const shown = new Date(seen(337)).toTimeString().slice(0, 8);
  expect(models.journal.jump(shown, seen(55))).toBeNull();
  expect(models.journal.currentEntry?.message).toBe('line 338');
  const start = {type: 'kubelet-started', at: entry(310).at, pid: 7} as const;
  const status = foldStatus(emptyStatus, start);
  const uptime = statusParts(status, seen(55), models.housekeeping.offset).map(({text}) => text);
  expect(uptime).toContain(`up ${apart + 55 - 310} s`);
  // Lines that came while it was cleared stay, and none of them stands above the rule that is later.
  const step = {kind: 'done', line: 'journal cleared', keptSince: entry(338).at} as const;
  tell(models, {type: 'command', at: seen(60), command: 'clear', step});
  const left = [...models.journal.matchingLines()].map(({at}) => Math.round((at - seen(0)) / 1000));
  expect(left).toEqual([...left].sort((a, b) => a - b));
});

test('a container that is chosen is what is counted down, not its neighbour', () => {
  const models = panesOf('--pod', 'web', '--container', 'app');
  for (const s of [0, 12, 24]) {
    const of = (container: string | null, atS: number) => sample({pod: 'web', container, atS, usageMs: atS});
    tellPoll(models, s + 1, of(null, s - 3), of('side', s - 4), of('app', s));
  }
  expect(cpuOf(models, 26)).toContain('| sample 2s old');
  expect(housekeepingOf(models, 26)).toMatch(/\nweb\/app .*\nage 2 s /);
  const names = [null, 'side', 'app'].filter((container) =>
    models.cpu.watches({namespace: 'default', pod: 'web', container}),
  );
  expect(names).toEqual(['app']);
});

test('a pod that was replaced stays in the chart until it is out of the window, also among the busiest', () => {
  for (const args of [['--top', '1'], ['--pod', 'web'], ['--pod', 'web', '--container', 'app'], []]) {
    const models = panesOf(...args);
    const tick = (pod: string, s: number) =>
      tellPoll(
        models,
        s + 1,
        sample({pod, container: null, atS: s, usageMs: s * 10}),
        sample({pod, container: 'app', atS: s, usageMs: s * 10}),
      );
    for (const s of [0, 12, 24]) tick('web-7d4b9c6f5-x2kqp', s);
    for (const s of [36, 48]) tick('web-7d4b9c6f5-zzzzz', s);
    expect(cpuOf(models, 50), args.join(' ')).toMatch(/───+ {2,}──+.*\n[^]*╳[^]*zzzzz.* 2s/);
    for (let s = 60; s < 900; s += 12) tick('web-7d4b9c6f5-zzzzz', s);
    expect(cpuOf(models, 900), args.join(' ')).not.toContain('x2kqp');
  }
});

test('requests and limits of several pods are drawn with whose they are', () => {
  const models = panesOf('--pod', 'web', '--pod', 'db');
  const resources = (limit: number) => ({
    requestNanoCores: null,
    limitNanoCores: limit,
    requestBytes: null,
    limitBytes: null,
  });
  const facts = (name: string, limit: number) => ({
    ...{namespace: 'default', name, uid: name, labels: {}},
    containers: [{name: 'app', resources: resources(limit)}],
  });
  const pods = [facts('web', 400e6), facts('db', 100e6)];
  tell(models, {type: 'pods', at: seen(0), answer: {kind: 'pods', pods}});
  for (const s of [0, 12, 24]) {
    const of = (pod: string, milli: number) => sample({pod, container: null, atS: s, usageMs: s * milli});
    tellPoll(models, s + 1, of('web', 450), of('db', 20));
  }
  const cpu = cpuOf(models, 26);
  const letter = (pod: string) => new RegExp(`^([AB]) ${pod} `, 'm').exec(cpu)?.[1] ?? '?';
  expect(cpu).toContain(`limit ${letter('web')} 400m`);
  expect(cpu).toContain(`limit ${letter('db')} 100m`);
});

test('a pod whose own figures stand still has no curve, and the pane says why', () => {
  const models = panesOf('--pod', 'web');
  const facts = {kubeletVersion: null, kubeletPid: null, kubeletStartedAt: null, verbosity: null};
  tell(models, {type: 'facts', at: seen(0), facts: {...facts, housekeepingIntervalMs: 300_000}});
  const ticks = [0, 400];
  for (let s = 1; s < 600; s += 5) {
    const tick = ticks.findLast((each) => each <= s) ?? 0;
    tellPoll(
      models,
      s,
      sample({pod: 'web', container: null, atS: tick, usageMs: tick * 10, reported: 0}),
      sample({pod: 'web', container: 'app', atS: s - 0.01, usageMs: s * 10, reported: 1e9}),
    );
    if (s > 100) {
      const cpu = cpuOf(models, s).replaceAll(/\s+/g, ' ');
      expect(cpu).toContain("the kubelet's own pod figure stands still: housekeeping interval 5 min");
      expect(cpu).toMatch(/A web – – – .* stands still/);
    }
  }
  expect([...models.journal.matchingLines()].map((line) => ('text' in line ? line.text : ''))).toEqual([
    'housekeeping web, 400.0 s after the last',
  ]);
});

test('memory is called memory', () => {
  const models = panesOf('--pod', 'web');
  models.cpu.toggleMemory();
  expect(cpuOf(models, 1)).toMatch(/^memory /);
  expect(
    models.cpu.view({width: 70, height: 16}, {now: localMs(0), unicode: true, utcOffsetMs: 0}).title,
  ).not.toContain('cpu');
});
