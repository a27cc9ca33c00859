import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {expect, test} from 'vitest';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {compilePattern} from '../../src/model/journal/pattern.ts';
import {FailureError} from '../../src/model/failure.ts';
import {following, oneNode, pollAt, sampleOf, t0} from './sample-node.ts';

/** What is in use once nothing is left that could be collected. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

const seriesOf = (lines: readonly string[]) => lines.filter((line) => line !== '' && !line.startsWith('#'));

test('tells the age, the wait and the interval of a container, and that its kubelet is down', () => {
  const {node, scrape} = oneNode(1000);
  node.apply(following);
  const unknown = {kubeletVersion: null, kubeletPid: null, kubeletStartedAt: null, verbosity: null};
  node.apply({type: 'facts', at: localMs(t0), facts: {...unknown, housekeepingIntervalMs: 10_000}});
  for (const at of [0, 12_000, 25_000, 38_000]) node.apply(pollAt(t0 + at + 1000, [sampleOf('web', t0 + at)]));
  const lines = scrape(t0 + 45_000);
  const labels = 'node="n",namespace="default",pod="web",container="app"';
  expect(lines).toContain('ktop_kubelet_up{node="n"} 1');
  expect(lines).toContain(`ktop_sample_age_seconds{${labels}} 7`);
  expect(lines).toContain(`ktop_sample_age_worst_seconds{${labels}} 13`);
  expect(lines).toContain(`ktop_housekeeping_interval_seconds{${labels}} 10`);
  expect(lines).toContain(`ktop_housekeeping_state{${labels},state="changed"} 1`);
  expect(lines).toContain(`ktop_housekeeping_wait_seconds_bucket{${labels},le="15.0"} 3`);
  expect(lines).toContain(`ktop_housekeeping_wait_seconds_sum{${labels}} 38`);
  expect(lines).toContain('ktop_node_sample_age_seconds{node="n"} 7');
  const failure = {code: 'timeout' as const, tried: 'GET', problem: 'no answer', next: null};
  node.apply({type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(t0 + 46_000), attempt: 1, failure}});
  expect(scrape(t0 + 105_000)).toEqual(
    expect.arrayContaining([
      'ktop_kubelet_up{node="n"} 0',
      'ktop_scrape_errors_total{node="n",reason="timeout"} 1',
      `ktop_sample_age_seconds{${labels}} 67`,
    ]),
  );
});

test('three starts in a minute without an answer are a crash loop, and none when it answers again', () => {
  const {node, scrape} = oneNode(1000);
  const failure = new FailureError({tried: 'GET', problem: 'refused', next: null}).failure;
  node.apply({type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(t0), attempt: 1, failure}});
  for (const at of [1000, 11_000, 21_000]) node.apply({type: 'kubelet-started', at: nodeMs(t0 + at), pid: null});
  expect(scrape(t0 + 22_000)).toContain('ktop_kubelet_crash_loop{node="n"} 1');
  expect(scrape(t0 + 22_000)).toContain('ktop_kubelet_restarts_total{node="n"} 3');
  node.apply(following);
  expect(scrape(t0 + 23_000)).toContain('ktop_kubelet_crash_loop{node="n"} 0');
});

test('series and memory stay within their bounds over 10 000 churned pods, and those of ended pods go away at once', () => {
  const {registry, node, scrape} = oneNode(1000);
  node.apply(following);
  const suffix = 'x'.repeat(100);
  let after2000 = 0;
  for (let i = 0; i < 100; i++) {
    const now = t0 + i * 60_000;
    // Each poll finds a hundred new pods beside two that stay.
    const names = ['stays', 'stays-too', ...Array.from({length: 100}, (_, pod) => `job-${i}-${pod}-${suffix}`)];
    const samples = names.map((name) => sampleOf(name, now - 2000));
    node.apply(pollAt(now, samples));
    expect(registry.budget.used).toBeLessThanOrEqual(1000);
    if (i === 20) after2000 = heapBytes();
  }
  // Not even the names of the 8 000 pods since then are kept.
  expect(heapBytes() - after2000).toBeLessThan(100_000);
  const series = seriesOf(scrape(t0 + 99 * 60_000));
  expect(series.length).toBeLessThanOrEqual(1000);
  const pods = series.flatMap((line) => /pod="([^"]+)"/.exec(line)?.[1] ?? []);
  expect(pods).toContain('stays-too');
  expect(pods.filter((pod) => !pod.startsWith('stays') && !pod.startsWith('job-99-'))).toEqual([]);
});

test('what does not fit is counted, and gets its place when another one ends', () => {
  const {node, scrape} = oneNode(55);
  const two = [sampleOf('one', t0 - 1000), sampleOf('two', t0 - 1000)];
  node.apply(pollAt(t0, two));
  const present = (nowMs: number, pod: string) => scrape(nowMs).some((line) => line.includes(`pod="${pod}"`));
  expect([present(t0, 'one'), present(t0, 'two')]).toEqual([true, false]);
  expect(scrape(t0)).toContain('ktop_series_dropped 18');
  for (const at of [5000, 10_000]) node.apply(pollAt(t0 + at, [sampleOf('two', t0 - 1000)]));
  expect([present(t0 + 10_000, 'one'), present(t0 + 10_000, 'two')]).toEqual([false, true]);
  expect(scrape(t0 + 10_000)).toContain('ktop_series_dropped 0');
});

test('names that differ only in what may not be shown are one series, not one twice', () => {
  const {node, scrape} = oneNode(1000);
  node.apply(pollAt(t0, [sampleOf('a\u001b[31m"b\n', t0 - 1000), sampleOf('a\u001b[32m"b\n', t0 - 1000)]));
  const ages = scrape(t0).filter((line) => line.startsWith('ktop_sample_age_seconds'));
  expect(ages).toEqual(['ktop_sample_age_seconds{node="n",namespace="default",pod="a\\"b␤",container="app"} 1']);
});

test('counts the lines that match since the start, not those of before it', () => {
  const compiled = compilePattern('evict');
  if (!compiled.ok) throw new Error(compiled.problem);
  const {node, scrape} = oneNode(1000, {patterns: [{name: 'evictions', pattern: compiled.pattern}]});
  const entry = (atMs: number, message: string) => ({
    ...{cursor: String(atMs), at: nodeMs(atMs), unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6},
    message,
  });
  node.apply({type: 'journal-stream', state: {kind: 'following', since: localMs(t0)}});
  node.apply({type: 'journal', entries: [entry(t0 - 60_000, 'evicted'), entry(t0 + 1, 'evicted'), entry(t0 + 2, 'x')]});
  expect(scrape(t0 + 1000)).toContain('ktop_journal_matches_total{node="n",pattern="evictions"} 1');
  expect(scrape(t0 + 1000)).toContain('ktop_journal_lines_total{node="n"} 2');
});
