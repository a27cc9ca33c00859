import {describe, expect, it} from 'vitest';
import {SeriesStore} from '../../../src/model/cpu/series-store.ts';
import {localMs} from '../../../src/model/time.ts';
import {PollJoin} from '../../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../../src/sources/stats/resource-metrics.ts';
import {readSummary} from '../../../src/sources/stats/summary.ts';

const t0 = Date.UTC(2026, 10, 23, 12);
const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');

interface Cgroup {
  readonly uid: string;
  readonly at: number;
  readonly cpuMs: number;
  readonly started: number;
}

const line = ({at, cpuMs}: Cgroup) =>
  `container_cpu_usage_seconds_total{container="app",namespace="default",pod="web-0"} ${cpuMs / 1000} ${at}\n`;

const metrics = (...cgroups: readonly Cgroup[]) => parseResourceMetrics(cgroups.map(line).join(''));

const summary = (...cgroups: readonly Cgroup[]) =>
  readSummary({
    pods: cgroups.map(({uid, at, cpuMs, started}) => ({
      podRef: {name: 'web-0', namespace: 'default', uid},
      startTime: iso(started),
      containers: [{name: 'app', startTime: iso(started), cpu: {time: iso(at), usageCoreNanoSeconds: cpuMs * 1e6}}],
    })),
  });

const polled = (atMs: number) => ({sentAt: localMs(atMs - 10), receivedAt: localMs(atMs)});

describe('the join of the two endpoints', () => {
  it('calls a tick new once, refined when more is known of it, and repeated from then on', () => {
    const join = new PollJoin();
    const tick = {uid: 'u', at: t0 + 400, cpuMs: 1000, started: t0 - 60_000};
    const novelties = [
      join.join({...polled(t0 + 1000), summary: summary(tick), resource: null}),
      join.join({...polled(t0 + 2000), summary: null, resource: metrics(tick)}),
      join.join({...polled(t0 + 3000), summary: null, resource: metrics(tick)}),
      // The endpoint with the millisecond is gone: the whole second is no other tick.
      join.join({...polled(t0 + 4000), summary: summary(tick), resource: null}),
      join.join({...polled(t0 + 9000), summary: null, resource: metrics({...tick, at: t0 + 8000, cpuMs: 1100})}),
    ].map(({samples}) => samples.map(({novelty}) => novelty));
    expect(novelties).toEqual([['new'], ['refined'], ['repeated'], ['repeated'], ['new']]);
  });

  it('follows the pod that started last where a cgroup of its forerunner stands under the same name', () => {
    const join = new PollJoin();
    const store = new SeriesStore();
    let problems: readonly string[] = [];
    for (let s = 0; s <= 60; s += 5) {
      const old = {uid: 'old', at: t0 + s * 1000 - ((s + 5) % 10) * 1000, cpuMs: 300_000 + s, started: t0 - 9e6};
      const at = t0 + s * 1000 - (s % 10) * 1000;
      const young = {uid: 'young', at, cpuMs: 100_000 + (at - t0) * 0.4, started: t0 - 6e5};
      const both = s % 10 === 0 ? [old, young] : [young, old];
      // Most polls have no summary, and Prometheus' text has no word on which line is whose.
      const poll = join.join({
        ...polled(t0 + s * 1000 + 100),
        summary: s % 20 === 0 ? summary(...both) : null,
        resource: metrics(...both),
      });
      store.observe(poll);
      problems = poll.problems;
    }
    const series = store.get('default/web-0/app');
    expect(series?.breaks.map(({reason}) => reason)).toEqual(['first']);
    expect(series?.latest).toMatchObject({uid: 'young', nanoCores: 4e8});
    expect(problems).toEqual(['the kubelet tells twice of default/web-0: shown is what started last']);
  });

  it('forgets pods that are long gone', () => {
    const join = new PollJoin();
    const churned = (i: number) =>
      parseResourceMetrics(`pod_cpu_usage_seconds_total{namespace="n",pod="job-${i}"} 1 ${t0}\n`);
    const answer = (i: number) =>
      join.join({...polled(t0 + i), summary: null, resource: churned(i)}).samples[0]?.novelty;
    for (let i = 0; i < 5000; i++) answer(i);
    expect([answer(0), answer(4999)]).toEqual(['new', 'repeated']);
  });
});
