import {describe, expect, it} from 'vitest';
import {localMs} from '../../../src/model/time.ts';
import {PollJoin} from '../../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics, ResourceMetricsReader} from '../../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../../src/sources/stats/summary.ts';

const summary = {
  node: {
    nodeName: 'kind-worker',
    cpu: {time: '2026-11-23T20:07:55Z', usageNanoCores: 100, usageCoreNanoSeconds: 200},
    systemContainers: [{name: 'kubelet', cpu: {time: '2026-11-23T20:07:58Z', usageCoreNanoSeconds: 7}}],
  },
  pods: [
    {
      podRef: {name: 'idle', namespace: 'default', uid: '556af5d2'},
      startTime: '2026-11-23T20:02:41Z',
      cpu: {time: '2026-11-23T20:07:58Z', usageNanoCores: 2201523, usageCoreNanoSeconds: 578122795},
      containers: [
        {
          name: 'burst',
          startTime: '2026-11-23T20:02:42Z',
          cpu: {time: '2026-11-23T20:07:57Z', usageNanoCores: 2860221, usageCoreNanoSeconds: 529096775},
          memory: {
            time: '2026-11-23T20:07:57Z',
            usageBytes: 311296,
            workingSetBytes: 4096,
            rssBytes: 118784,
            pageFaults: 1172,
          },
        },
        {name: 'not-sampled-yet', startTime: '2026-11-23T20:02:42Z'},
      ],
    },
  ],
};
const burst = 'container_cpu_usage_seconds_total{container="burst",namespace="default",pod="idle"} 0.529096775';
const receivedAt = localMs(Date.parse('2026-11-23T20:08:00Z'));
const sentAt = localMs(receivedAt - 20);

describe('the stats parsers', () => {
  it('join the millisecond of one endpoint to the figures of the other', () => {
    const at = Date.parse('2026-11-23T20:07:57Z') + 933;
    const poll = new PollJoin().join({
      sentAt,
      receivedAt,
      summary: parseSummary(JSON.stringify(summary)),
      resource: parseResourceMetrics(`${burst} ${at}\n`),
    });
    expect(poll.problems).toEqual([]);
    const sample = poll.samples.find(({target}) => target.container === 'burst');
    expect(sample).toMatchObject({
      at,
      precision: 'ms',
      usageCoreNanoSeconds: 529096775,
      usageNanoCores: 2860221,
      fingerprint: '311296/118784/1172/',
      uid: '556af5d2',
      startedAt: Date.parse('2026-11-23T20:02:42Z'),
    });
    // The pod, the node and its system containers were in the summary only.
    expect(poll.samples.filter(({precision}) => precision === 's').map(({target}) => target)).toEqual([
      {namespace: '', pod: '', container: null},
      {namespace: '', pod: '', container: 'kubelet'},
      {namespace: 'default', pod: 'idle', container: null},
    ]);
  });

  it('read pressure where it is shown, of pods and of containers, and nothing where it is not', () => {
    const line = {total: 311601, avg10: 0, avg60: 0.12, avg300: 0.04};
    const psi = {some: {...line, total: 594593}, full: line};
    const cpu = {time: '2026-11-28T03:50:03Z', usageCoreNanoSeconds: 7, psi};
    const memory = {usageBytes: 1, workingSetBytes: 1, rssBytes: 1, pageFaults: 2, majorPageFaults: 0, psi};
    const answer = (pod: unknown, container: unknown) =>
      parseSummary(
        JSON.stringify({
          pods: [
            {podRef: {name: 'p', namespace: 'n'}, ...Object(pod), containers: [{name: 'c', ...Object(container)}]},
          ],
        }),
      ).figures.map(({pressure, fingerprint}) => ({pressure, fingerprint}));
    const whole = [594593, 0, 0.12, 0.04, 311601, 0, 0.12, 0.04];
    expect(answer({cpu, memory}, {cpu: {...cpu, psi: undefined}, memory: {...memory, psi: undefined}})).toEqual([
      {pressure: [...whole, ...whole], fingerprint: '1/1/2/0'},
      {pressure: null, fingerprint: '1/1/2/0'},
    ]);
    const odd = {some: {total: 'x', avg10: -1, avg60: 3}};
    expect(answer({cpu: {...cpu, psi: odd}}, {cpu: {...cpu, psi: 7}, memory, swap: {swapUsageBytes: 9}})).toEqual([
      {pressure: [NaN, NaN, 3, ...Array<number>(13).fill(NaN)], fingerprint: ''},
      {pressure: [...Array<number>(8).fill(NaN), ...whole], fingerprint: '1/1/2/0/9'},
    ]);
  });

  it('do not mix the figures of two samples', () => {
    const join = new PollJoin();
    const resource = parseResourceMetrics(`${burst.replace('0.529', '0.629')} ${Date.parse('2026-11-23T20:07:59Z')}\n`);
    const poll = join.join({sentAt, receivedAt, summary: parseSummary(JSON.stringify(summary)), resource});
    const sample = poll.samples.find(({target}) => target.container === 'burst');
    expect(sample).toMatchObject({usageNanoCores: null, fingerprint: '', usageCoreNanoSeconds: 629096775});
  });

  it('remember a summary for a poll of /metrics/resource alone', () => {
    const join = new PollJoin();
    const resource = parseResourceMetrics(`${burst} ${Date.parse('2026-11-23T20:07:57Z') + 1}\n`);
    join.join({sentAt, receivedAt, summary: parseSummary(JSON.stringify(summary)), resource: null});
    const poll = join.join({sentAt, receivedAt, summary: null, resource});
    expect(poll.samples[0]).toMatchObject({usageNanoCores: 2860221, precision: 'ms'});
  });

  it('read escaped labels, exponents and series of either version', () => {
    const text = [
      '# TYPE pod_cpu_usage_seconds_total counter',
      'pod_cpu_usage_seconds_total{pod="a\\"b,c}\\\\",namespace="n\\n"} 1.5e+02 1700000000123',
      'pod_memory_working_set_bytes{namespace="n\\n",pod="a\\"b,c}\\\\"} 7.4e+07 1700000000123',
      'container_start_time_seconds{container="c",namespace="n",pod="p"} 1.7e+09',
      'scrape_error 0',
    ].join('\n');
    const {figures, problems} = parseResourceMetrics(text);
    expect(problems).toEqual([]);
    expect(figures).toEqual([
      {
        target: {namespace: 'n\n', pod: 'a"b,c}\\', container: null},
        atMs: 1700000000123,
        usageCoreNanoSeconds: 150e9,
        workingSetBytes: 7.4e7,
        startedAtMs: null,
      },
    ]);
  });

  it.each([
    'container_cpu_usage_seconds_total{container="c',
    'container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} NaN 1',
    'container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} +Inf 1',
    'container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"}',
    'container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 1',
    'container_cpu_usage_seconds_total{container="",namespace="",pod=""} 1 1',
    'pod_cpu_usage_seconds_total 1 1',
    'container_cpu_usage_seconds_total{a=b} 1 1',
  ])('say of %s that it cannot be read', (line) => {
    const {figures, problems} = parseResourceMetrics(`${line}\n`);
    expect(figures).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it('take a zero time for none, and read carriage returns and exemplars', () => {
    const zero = -62135596800000;
    const labels = '{container="c",namespace="n",pod="p"}';
    const {figures, problems} = parseResourceMetrics(
      [
        `container_cpu_usage_seconds_total{container="c",namespace="n",pod="going"} 0 ${zero}`,
        `container_cpu_usage_seconds_total${labels} 2 1700000000123 # {trace="x"} 1 2`,
        `container_memory_working_set_bytes${labels} NaN 1700000000123`,
        `container_start_time_seconds${labels} -6.7953645788713455e+09`,
        '# EOF',
      ].join('\r\n'),
    );
    expect(figures).toMatchObject([{atMs: 1700000000123, usageCoreNanoSeconds: 2e9, startedAtMs: null}]);
    expect(problems.filter((problem) => !problem.includes('working_set'))).toEqual([]);
  });

  it('read an answer that comes after another as if it were the first', () => {
    const labels = '{container="c",namespace="n",pod="p"}';
    const odd = '{namespace="n",pod="a}\\"b"}';
    const answers = [
      [
        `container_cpu_usage_seconds_total${labels} 1 1700000000123`,
        `pod_cpu_usage_seconds_total${odd} 5 1700000000000`,
      ],
      [
        `container_cpu_usage_seconds_total${labels} 2 1700000010123`,
        `container_memory_working_set_bytes${labels} 7 1700000010123`,
      ],
      [
        `container_cpu_usage_seconds_total${labels} 3 1700000020123 # ${labels} 9 1700000000000`,
        `pod_cpu_usage_seconds_total${odd}  6\t1700000000001 `,
      ],
      [`container_cpu_usage_seconds_total${labels} NaN 1700000030123`, `container_cpu_usage_seconds_total${labels}`],
      [`container_cpu_usage_seconds_total${labels} 0x10 1700000030123 1`, `pod_cpu_usage_seconds_total${odd} 7 1.7e12`],
      [`container_cpu_usage_seconds_total${labels} 4 1700000040123`],
    ].map((lines) => lines.join('\n'));
    const reader = new ResourceMetricsReader();
    for (const answer of [...answers, ...answers]) expect(reader.read(answer)).toEqual(parseResourceMetrics(answer));
  });

  it('tell the first few of a million unreadable lines, and how many more', () => {
    const {problems} = parseResourceMetrics('pod_cpu_usage_seconds_total{broken\n'.repeat(100_000));
    expect(problems).toHaveLength(6);
    expect(problems.at(-1)).toContain('99995 more');
  });

  it.each(['', 'Unauthorized', '[]', 'null', '{"pods": 3}', '{"node": [], "pods": {}}'])(
    'take %j for a summary without pods and say so',
    (body) => {
      const {figures, problems} = parseSummary(body);
      expect(figures).toEqual([]);
      expect(problems.length).toBeGreaterThan(0);
    },
  );

  it('leave out what is malformed in a summary and keep the rest', () => {
    const broken = {
      pods: [
        null,
        {podRef: {name: 'p'}},
        {
          podRef: {name: 'p', namespace: 'n'},
          cpu: {time: 'yesterday'},
          containers: [7, {name: 'c', cpu: {time: '0001-01-01T00:00:00Z'}}],
        },
        {
          podRef: {name: 'q', namespace: 'n'},
          cpu: {time: '2026-11-23T20:07:57Z', usageCoreNanoSeconds: 'many', usageNanoCores: -1},
          memory: 5,
        },
      ],
    };
    const {figures, problems} = parseSummary(JSON.stringify(broken));
    expect(problems).toHaveLength(5);
    expect(figures).toMatchObject([
      {target: {pod: 'q'}, usageCoreNanoSeconds: null, usageNanoCores: null, fingerprint: ''},
    ]);
  });
});

it('an answer nested beyond all sense is unreadable, and costs no memory for its levels', () => {
  const nested = `{"pods":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  expect(parseSummary(nested)).toMatchObject({isUnreadable: true, figures: []});
  const long = JSON.stringify({pods: Array.from({length: 3000}, () => ({podRef: {name: '[[{\\"'.repeat(200)}}))});
  expect(parseSummary(long).isUnreadable).toBe(false);
});
