import {describe, expect, it, test} from 'vitest';
import {parseArguments} from '../../../src/cli/arguments.ts';
import {CpuPaneModel} from '../../../src/model/cpu/cpu-pane-model.ts';
import {SeriesStore} from '../../../src/model/cpu/series-store.ts';
import type {Step} from '../../../src/model/cpu/history.ts';
import {HousekeepingPaneModel} from '../../../src/model/housekeeping/housekeeping-pane-model.ts';
import {parsePodQuery} from '../../../src/model/selection/pod-query.ts';
import {targetKey} from '../../../src/model/target.ts';
import {localMs} from '../../../src/model/time.ts';
import {PollJoin} from '../../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../../src/sources/stats/summary.ts';
import {createPaneModels} from '../../../src/session/pane-models.ts';
import {Store} from '../../../src/session/store.ts';

const t0 = 1_795_464_000_000;
const container = {namespace: 'n', pod: 'p', container: 'c'};
const pod = {...container, container: null};

/** What one answer has of a cgroup: when it was sampled (s), its counter (CPU seconds), the rate beside it. */
interface Told {
  readonly atS: number;
  readonly usageS: number;
  readonly nanoCores: number;
}

/** A kubelet's two answers, as it writes them, through the parsers and the join that read a real one's. */
class Node {
  readonly housekeeping = new HousekeepingPaneModel(() => [pod, container]);
  readonly store = new SeriesStore((target) => this.housekeeping.figuresOf(target));
  readonly pane: CpuPaneModel;
  readonly #join = new PollJoin();

  constructor(baseS: number) {
    const selection = parsePodQuery({pods: ['p'], labels: null, containers: [], top: null});
    if ('problem' in selection) throw new Error(selection.problem);
    this.pane = new CpuPaneModel(selection, undefined, {
      figuresOf: (target) => this.housekeeping.figuresOf(target),
    });
    const facts = {kubeletVersion: 'v1.36.2', kubeletPid: 1, kubeletStartedAt: null, verbosity: null};
    const event = {type: 'facts', at: localMs(t0), facts: {...facts, housekeepingIntervalMs: baseS * 1000}} as const;
    this.housekeeping.apply(event);
    this.pane.apply(event);
  }

  answer(sentS: number, receivedS: number, ofContainer: Told, ofPod: Told): void {
    const time = ({atS}: Told) => new Date(t0 + Math.floor(atS) * 1000).toISOString();
    const figures = (told: Told) => ({
      startTime: new Date(t0 - 3_600_000).toISOString(),
      cpu: {time: time(told), usageNanoCores: told.nanoCores, usageCoreNanoSeconds: Math.round(told.usageS * 1e9)},
      memory: {time: time(told), workingSetBytes: 1 << 20},
    });
    const podRef = {name: 'p', namespace: 'n', uid: 'u'};
    const summary = {pods: [{podRef, ...figures(ofPod), containers: [{name: 'c', ...figures(ofContainer)}]}]};
    const line = (kind: string, labels: string, told: Told) =>
      `${kind}_cpu_usage_seconds_total{${labels}namespace="n",pod="p"} ${told.usageS} ${Math.round(t0 + told.atS * 1000)}\n`;
    const poll = this.#join.join({
      sentAt: localMs(t0 + sentS * 1000),
      receivedAt: localMs(t0 + receivedS * 1000),
      summary: parseSummary(JSON.stringify(summary)),
      resource: parseResourceMetrics(line('container', 'container="c",', ofContainer) + line('pod', '', ofPod)),
    });
    this.housekeeping.apply({type: 'poll', poll});
    this.store.observe(poll);
    this.pane.apply({type: 'poll', poll});
  }

  steps(target: typeof pod | typeof container): Step[] {
    return this.store.get(targetKey(target))?.steps(0, Number.MAX_SAFE_INTEGER) ?? [];
  }

  legend(nowS: number): string {
    const around = {now: localMs(t0 + nowS * 1000), unicode: true, utcOffsetMs: 0};
    const {rows} = this.pane.view({width: 90, height: 12}, around);
    return rows.map((row) => row.map(({text}) => text).join('')).join('\n');
  }
}

/** A tenth of a core, all the time. */
const told = (atS: number, nanoCores = 1e8): Told => ({atS, usageS: 100 + atS / 10, nanoCores});
const tickBy = (ticksS: readonly number[], atS: number) => ticksS.findLast((tick) => tick <= atS) ?? 0;

describe('figures of the runtime’s, as the forecast tells them from ticks', () => {
  it('are those of a container that has just started, up to its second tick', () => {
    const node = new Node(10);
    for (let s = 1; s < 40; s++) {
      const at = s < 15 ? s + 0.01 : tickBy([14.3, 27.1], s);
      node.answer(s, s + 0.02, told(at), told(tickBy([0.4, 14.4, 28.2], s)));
    }
    const steps = node.steps(container);
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.filter(({tick}) => tick).map(({toMs}) => (toMs - t0) / 1000)).toEqual([14.3, 27.1]);
  });

  it.each([
    ['at once', () => 0.02],
    ['after seconds, now sooner, now later', (i: number) => 0.3 + ((i * 37) % 41) / 10],
  ])('never become ticks with a base of 5 minutes where the kubelet answers %s', (_, tookS) => {
    const node = new Node(300);
    const podTicksS = [-200, 330, 860];
    for (let s = 0, i = 0; s < 1000; i++) {
      const took = tookS(i);
      node.answer(s, s + took, told(s + took / 2, [0, 3e8, 1e8][i % 3]), told(tickBy(podTicksS, s) || -200, 0));
      s += took + 2;
      const legend = node.legend(s);
      if (s > 70) expect(legend).toMatch(/p .*stands still/);
      expect(node.steps(container).filter(({tick}) => tick)).toEqual([]);
    }
    expect(node.steps(container).length).toBeGreaterThan(100);
    for (const {maxNanoCores} of node.steps(container)) expect(maxNanoCores).toBeCloseTo(1e8, -2);
  });

  it('give way to an older tick of cAdvisor’s without a break: no clock was set', () => {
    const node = new Node(90);
    // Two ticks in the cache at last: the newest was ten seconds before the runtime was asked for the last time.
    for (let s = 1; s < 700; s++) {
      const at = s < 200 ? s + 0.01 : tickBy([190, 320, 450, 580], s);
      node.answer(s, s + 0.02, told(at), told(tickBy([60, 190, 320, 450, 580], s)));
    }
    const series = node.store.get(targetKey(container));
    expect(series?.breaks.map(({reason}) => reason)).toEqual(['first']);
    const ends = node.steps(container).filter(({toMs}) => toMs > t0 + 199_500);
    expect(ends.map(({toMs, tick}) => [(toMs - t0) / 1000, tick])).toEqual([
      [320, true],
      [450, true],
      [580, true],
    ]);
  });

  it('are not those of a tick that fell into a slow answer by chance', () => {
    const node = new Node(10);
    const ticksS = [0.5, 12.1, 25.4, 36.2, 50.1];
    for (let s = 1; s < 60; s += 3) {
      // It is taken while the answer is under way.
      const at = tickBy(ticksS, s + 1.4);
      node.answer(s, s + 1.5, told(at), told(tickBy([0.6, 13, 26.5, 37.8], s)));
    }
    expect(node.steps(container).map(({tick}) => tick)).toEqual([true, true, true, true]);
  });
});

test('the forecast has folded a poll before the CPU pane counts with it', () => {
  const request = parseArguments(['--demo', '--pod', 'p', '--container', '*'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const models = createPaneModels(request.options);
  const store = new Store(Object.values(models), () => undefined);
  const at = localMs(t0 + 20);
  const resource = parseResourceMetrics(
    `container_cpu_usage_seconds_total{container="c",namespace="default",pod="p"} 1 ${t0 + 10}\n`,
  );
  const poll = new PollJoin().join({sentAt: localMs(t0), receivedAt: at, summary: null, resource});
  store.dispatch({type: 'poll', poll});
  const {rows} = models.cpu.view({width: 90, height: 12}, {now: at, unicode: true, utcOffsetMs: 0});
  expect(
    rows
      .flat()
      .map(({text}) => text)
      .join(''),
  ).toContain('by the runtime');
});
