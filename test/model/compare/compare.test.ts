import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {alpha, compareSides, type Comparison} from '../../../src/model/compare/compare.ts';
import {Gatherer} from '../../../src/model/compare/gather.ts';
import {holm, permutationTest, seededRandom} from '../../../src/model/compare/permute.ts';
import {metrics, type MetricKey, type Readings, type Side} from '../../../src/model/compare/side.ts';
import {comparisonJson, comparisonMarkdown, comparisonTable} from '../../../src/model/compare/text.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';
import type {JournalEntry} from '../../../src/model/event.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {replay} from '../../../src/sources/recording/replay.ts';
import {recordScenario} from '../../sources/recording/hostile-recording.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ktop-compare-'));
afterAll(() => rmSync(scratch, {recursive: true}));

async function sideOf(dir: string): Promise<Side> {
  const gatherer = new Gatherer();
  const heard = replay(
    dir,
    () => undefined,
    ({path, sentAt, receivedAt}) => gatherer.exchanged(path, sentAt, receivedAt),
  );
  for await (const event of heard) gatherer.apply(event);
  return gatherer.side(dir, null);
}

/** The part of a side between two moments. */
function part(side: Side, fromMs: number, untilMs: number): Side {
  const cut = (readings: Readings): Readings =>
    new Map([...readings].map(([key, list]) => [key, list.filter(({atMs}) => atMs >= fromMs && atMs < untilMs)]));
  const entries = metrics.map(({key}) => [key, cut(side.readings[key])] as const);
  const readings = Object.fromEntries(entries) as Record<MetricKey, Readings>;
  return {
    ...side,
    fromMs: localMs(Math.max(fromMs, side.fromMs)),
    untilMs: localMs(Math.min(untilMs, side.untilMs)),
    readings,
  };
}

let scenarios = 0;
/** Ten minutes of a node with busy, idle and bursty pods. */
async function recorded(seed: number, baseMs: number, maxMs?: number): Promise<Side> {
  const dir = join(scratch, String((scenarios += 1)));
  const lives = [{fromMs: -60_000, untilMs: 6_000_000}];
  const targets = (['busy', 'busy', 'idle', 'idle', 'bursty', 'bursty'] as const).map((activity, i) => ({
    target: {namespace: 'n', pod: `p${i >> 1}`, container: i % 2 === 0 ? null : 'c'},
    activity,
    lives,
  }));
  const rule = maxMs === undefined ? {} : {maxMs};
  recordScenario(dir, {seed, durationMs: 600_000, targets, kubelets: [{fromMs: 0, baseMs}], meta: {}, ...rule});
  return sideOf(dir);
}

const changed = ({metrics: all}: Comparison) =>
  all.filter(({pTogether}) => (pTogether ?? 1) < alpha).map(({key}) => key);

describe('two recordings of ten minutes', {timeout: 60_000}, () => {
  it('are told apart where the kubelet was patched to wait otherwise, and not where it was not', async () => {
    const [usual, again, shorter, capped] = await Promise.all([
      recorded(1, 10_000),
      recorded(2, 10_000),
      recorded(3, 5000),
      // Without dynamic intervals: the base is the maximum.
      recorded(4, 15_000, 15_000),
    ]);
    expect(changed(compareSides(usual, again))).toEqual([]);
    expect(changed(compareSides(usual, shorter))).toEqual(expect.arrayContaining(['wait', 'age', 'worst']));
    expect(changed(compareSides(usual, capped))).toContain('wait');
    expect(comparisonTable(compareSides(usual, shorter))).toContain('\ndifferent: wait between ticks');
    expect(comparisonTable(compareSides(usual, again))).toContain('\nno difference that is more than chance');
  });
});

const traces = join(import.meta.dirname, '../../../../../shared/traces');
const names = ['v1.21-default', 'v1.32-default', 'v1.32-interval-5s', 'v1.36-cgroup2-base7', 'v1.36-cgroup2-slow-node'];

describe.skipIf(!existsSync(traces))('recordings of real kubelets', {timeout: 120_000}, () => {
  it('are not called different from themselves, wherever they are split', async () => {
    for (const name of names) {
      const side = await sideOf(join(traces, name));
      for (const share of [0.3, 0.5, 0.6]) {
        const at = side.fromMs + share * (side.untilMs - side.fromMs);
        expect(changed(compareSides(part(side, 0, at), part(side, at, Infinity))), `${name} at ${share}`).toEqual([]);
      }
    }
  });

  it('are told apart by their base within any ten minutes', async () => {
    const [usual, shorter] = await Promise.all(names.slice(1, 3).map((name) => sideOf(join(traces, name))));
    if (usual === undefined || shorter === undefined) throw new Error('no traces');
    for (const minutes of [0, 10, 20, 30]) {
      const cut = (side: Side) => part(side, side.fromMs + minutes * 60_000, side.fromMs + (minutes + 10) * 60_000);
      expect(changed(compareSides(cut(usual), cut(shorter))), `from ${minutes}`).toContain('wait');
    }
  });
});

describe('the permutation test', () => {
  it('calls chance a difference as rarely as it says, of ticks that depend on each other too', () => {
    const random = seededRandom(5);
    let alarms = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial += 1) {
      const side = (offset: number): Readings => {
        // An idle timer goes 10, 15, 10, 15 s; a pod and its container show the same.
        const list = Array.from({length: 40}, (_, i) => ({
          atMs: offset + i * 15_000,
          value: (i % 2 === 0 ? 10 : 15) * (1 + random()),
        }));
        return new Map([
          ['pod', list],
          ['container', list.map(({atMs, value}) => ({atMs: atMs + 1000, value}))],
        ]);
      };
      const test = permutationTest(side(0), side(3_600_000), {permutations: 199, blockMs: 60_000, random});
      if ((test?.p ?? 0) <= 0.05) alarms += 1;
    }
    // 5 % of 300 are 15; three standard deviations are 11.
    expect(alarms).toBeLessThan(27);
  });

  it('says nothing where there is too little, and never that something is impossible', () => {
    const one: Readings = new Map([['t', [{atMs: 0, value: 1}]]]);
    const many = (value: number): Readings =>
      new Map([['t', Array.from({length: 100}, (_, i) => ({atMs: i * 10_000, value: value + (i % 7)}))]]);
    const options = {permutations: 99, blockMs: 60_000, random: seededRandom(1)};
    expect(permutationTest(one, many(1), options)).toBeNull();
    expect(permutationTest(new Map(), many(1), options)).toBeNull();
    expect(permutationTest(many(1), many(100), options)?.p).toBe(0.01);
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });
});

describe('errors and warnings', () => {
  const entry = (atMs: number, message: string): JournalEntry => ({
    ...{cursor: '', unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6},
    at: nodeMs(atMs),
    message,
  });
  const klog = (line: number, message: string) => `E1128 02:54:01.980028    1511 pod_workers.go:${line}] ${message}`;
  const sideWith = (messages: (minute: number) => readonly string[]): Side => {
    const gatherer = new Gatherer();
    for (let minute = 0; minute < 20; minute += 1) {
      const at = minute * 60_000;
      gatherer.exchanged('/metrics/resource', localMs(at), localMs(at + 10));
      for (const message of messages(minute)) gatherer.apply({type: 'journal', entries: [entry(at, message)]});
    }
    return gatherer.side('\u001b[31mevil|`name', null);
  };
  const before = sideWith((minute) => [
    klog(10, `"Error syncing pod" pod="default/web-${minute}" err="code ${minute}"`),
    ...(minute === 3 ? [klog(99, 'this one goes away')] : []),
  ]);
  const after = sideWith((minute) => [
    ...Array.from({length: 6}, (_, i) =>
      klog(17, `"Error syncing pod" pod="kube-system/x${i}" err="code ${minute + i}"`),
    ),
    ...(minute > 5 ? [klog(50, '"Something new"|`<script>` \u001b[2J')] : []),
  ]);
  const comparison = compareSides(before, after);

  it('are new, gone or more by their site, also when the build has moved its line', () => {
    const told = comparison.sites.map(({change, source, a, b}) => [change, source, a, b]);
    expect(told).toEqual([
      ['new', 'pod_workers.go:50', 0, 14],
      ['more', 'pod_workers.go:17', 20, 120],
      ['gone', 'pod_workers.go:99', 1, 0],
    ]);
    expect(compareSides(before, before).sites).toEqual([]);
  });

  it('are shown in 80 columns, in Markdown and in JSON without a control character or an end of a cell', () => {
    const table = comparisonTable(comparison);
    for (const line of table.split('\n')) expect(cellWidth(line)).toBeLessThanOrEqual(80);
    const markdown = comparisonMarkdown(comparison);
    const rows = markdown.split('\n').filter((line) => line.startsWith('| new') || line.startsWith('| more'));
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.match(/\|/g)).toHaveLength(6);
    for (const text of [table, markdown]) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(JSON.parse(comparisonJson(comparison))).toMatchObject({
      different: false,
      sites: [{change: 'new', a: 0, b: 14}, {}, {}],
    });
  });
});
