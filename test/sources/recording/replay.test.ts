import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Event} from '../../../src/model/event.ts';
import {FailureError} from '../../../src/model/failure.ts';
import {HousekeepingPaneModel} from '../../../src/model/housekeeping/housekeeping-pane-model.ts';
import {replay} from '../../../src/sources/recording/replay.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ktop-replay-'));
});
afterEach(() => rmSync(dir, {recursive: true}));

const t0 = 1_795_464_000;
const metrics = (tick: number) =>
  `container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 1.5 ${tick * 1000}\n`;
const poll = (at: number, tick: number) =>
  JSON.stringify({sent: at - 0.01, received: at, path: '/metrics/resource', status: 200, body: metrics(tick)});

async function events(problems: string[] = []): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of replay(dir, (problem) => problems.push(problem))) all.push(event);
  return all;
}

const pollsOf = (all: Event[]) => all.flatMap((event) => (event.type === 'poll' ? [event.poll] : []));

describe('replay', () => {
  it('says what a recording needs where there is none', async () => {
    await expect(events()).rejects.toBeInstanceOf(FailureError);
    await expect(events()).rejects.toThrow(/polls\.jsonl.*--record/);
  });

  it('names the recordings in a folder of several nodes', async () => {
    for (const name of ['kind-worker', 'kind-worker2']) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'polls.jsonl'), `${poll(t0, t0 - 4)}\n`);
    }
    await expect(events()).rejects.toThrow(/2 recordings.*kind-worker, kind-worker2.*ktop replay .*\/kind-worker$/);
  });

  it('replays what is whole in a damaged file, and says what is not', async () => {
    writeFileSync(
      join(dir, 'polls.jsonl'),
      `${poll(t0, t0 - 4)}\n{"sent":\n\n${poll(t0 + 1, t0 - 4)}\n[1]\n{"received":"x"}`,
    );
    const problems: string[] = [];
    expect(pollsOf(await events(problems))).toHaveLength(2);
    expect(problems.join()).toContain('3 damaged lines');
  });

  it.each([
    ['after the last answer', [0], [-1, 1, 2], 0],
    ['of a node whose clock is hours ahead', [0, 10], [7200, 7201, 7202], 7200],
    ['without any answer', [], [-1, 1], 0],
    ['behind one from the future', [0, 10, 20], [-1, 99_999, 1, 2], 0],
  ])('gives back every line, also %s', async (_, polls, lines, ahead) => {
    writeFileSync(join(dir, 'polls.jsonl'), polls.map((s) => `${poll(t0 + s, t0 - 3)}\n`).join(''));
    const line = (s: number, i: number) =>
      JSON.stringify({__CURSOR: `i=${i}`, __REALTIME_TIMESTAMP: `${(t0 + s) * 1e6}`, MESSAGE: `line ${i}`});
    writeFileSync(join(dir, 'journal.jsonl'), lines.map(line).join('\n'));
    const clock = {ahead, uncertainty: 0.01};
    writeFileSync(join(dir, 'meta.json'), JSON.stringify({told: ahead === 0 ? [] : [{after: t0 - 1, clock}]}));
    const all = await events();
    expect(all.flatMap((event) => (event.type === 'journal' ? event.entries.map(({message}) => message) : []))).toEqual(
      lines.map((_line, i) => `line ${i}`),
    );
    expect(pollsOf(all)).toHaveLength(polls.length);
  });

  it('tells a start once that the recording has in its journal and among what was told', async () => {
    writeFileSync(join(dir, 'polls.jsonl'), `${poll(t0, t0 - 3)}\n${poll(t0 + 10, t0 + 8)}`);
    const started = {
      SYSLOG_IDENTIFIER: 'systemd',
      UNIT: 'kubelet.service',
      MESSAGE: 'Started kubelet.service - kubelet.',
    };
    const line = {__CURSOR: 'i=1', __REALTIME_TIMESTAMP: `${(t0 + 5) * 1e6}`, ...started};
    writeFileSync(join(dir, 'journal.jsonl'), JSON.stringify(line));
    writeFileSync(join(dir, 'meta.json'), JSON.stringify({told: [{after: t0, kubeletStarted: t0 + 5.1}]}));
    const starts = (await events()).filter((event) => event.type === 'kubelet-started');
    expect(starts.map((event) => event.at)).toEqual([(t0 + 5.1) * 1000]);
  });

  it('reads the whole lines of a gzip file that was cut in the middle', async () => {
    // Timestamps alone would compress to nothing: noise keeps the file long enough to be cut.
    const lines = Array.from({length: 4000}, (_, i) => poll(t0 + i, t0 + ((i * 7919) % 4001) / 7));
    const zipped = gzipSync(lines.join('\n'));
    writeFileSync(join(dir, 'polls.jsonl.gz'), zipped.subarray(0, zipped.length >> 1));
    const problems: string[] = [];
    const count = pollsOf(await events(problems)).length;
    expect(count).toBeGreaterThan(1000);
    expect(count).toBeLessThan(4000);
    expect(problems.join()).toContain('polls.jsonl ends in the middle');
  });

  it('learns the base and the start of a kubelet from the journal, in the order of time', async () => {
    writeFileSync(join(dir, 'polls.jsonl'), [0, 10, 20].map((s) => poll(t0 + s, t0 - 3)).join('\n'));
    const entry = (at: number, message: string, identifier: string) =>
      JSON.stringify({
        __CURSOR: `s=${at}`,
        __REALTIME_TIMESTAMP: `${at * 1e6}`,
        SYSLOG_IDENTIFIER: identifier,
        UNIT: 'kubelet.service',
        MESSAGE: message,
      });
    writeFileSync(
      join(dir, 'journal.jsonl'),
      [
        entry(t0 + 11, 'Started kubelet.service - kubelet.', 'systemd'),
        entry(t0 + 12, 'I1123 flags.go:64] FLAG: --housekeeping-interval="1m0s"', 'kubelet'),
      ].join('\n'),
    );
    const all = await events();
    expect(all.map(({type}) => type)).toEqual([
      'facts',
      'poll',
      'poll',
      'journal',
      'kubelet-started',
      'journal',
      'facts',
      'poll',
    ]);
    expect(all.at(-2)).toMatchObject({facts: {housekeepingIntervalMs: 60_000}});
  });

  it.each([
    ['one poll of two answers of one moment', [0, 0.02, 0], [0.03, 0.05, 0], [[0, 0.05]]],
    [
      'two of answers that took seconds each',
      [0, 6, 0],
      [6.001, 12, 6.0005],
      [
        [0, 6],
        [6.001, 12],
      ],
    ],
    [
      'two where something else was asked in between',
      [0, 0.02, 0],
      [4, 4.1, 0],
      [
        [0, 0.02],
        [4, 4.1],
      ],
    ],
    ['one of two that nobody numbered', [0, 0.02, null], [0.03, 0.05, null], [[0, 0.05]]],
  ])('makes of what was recorded %s', async (_, resource, summary, spans) => {
    const line = (path: string, [sent = 0, received = 0, of = null]: readonly (number | null)[], body: string) =>
      JSON.stringify({
        sent: t0 + (sent ?? 0),
        received: t0 + (received ?? 0),
        ...(of !== null && {poll: t0 + of}),
        path,
        status: 200,
        body,
      });
    const answers = [
      line('/metrics/resource', resource, metrics(t0 - 4)),
      line('/stats/summary?only_cpu_and_memory=true', summary, '{"pods":[]}'),
    ];
    writeFileSync(join(dir, 'polls.jsonl'), answers.join('\n'));
    const told = pollsOf(await events()).map(({sentAt, receivedAt}) =>
      [sentAt, receivedAt].map((at) => Math.round(at - t0 * 1000) / 1000),
    );
    expect(told).toEqual(spans);
  });

  it.each([
    ['its samples were shown, not when the summary of the same poll came', 'c', 0.3],
    ['the summary came where that has a container which the answer before it lacks', 'd', 0.9],
  ])('dates forecasts by when %s', async (_, container, dated) => {
    const cpu = {time: new Date((t0 - 4) * 1000).toISOString().replace('.000', ''), usageCoreNanoSeconds: 1.5e9};
    const body = {pods: [{podRef: {name: 'p', namespace: 'n', uid: 'u'}, containers: [{name: container, cpu}]}]};
    const line = (path: string, sent: number, received: number, answer: unknown) =>
      JSON.stringify({sent: t0 + sent, received: t0 + received, path, status: 200, body: answer});
    const answers = [
      line('/metrics/resource', 0, 0.3, metrics(t0 - 4)),
      line('/stats/summary?only_cpu_and_memory=true', 0.3, 0.9, body),
    ];
    writeFileSync(join(dir, 'polls.jsonl'), answers.join('\n'));
    const model = new HousekeepingPaneModel();
    const all = await events();
    for (const event of all) model.apply(event);
    const [joined, ...more] = pollsOf(all);
    expect(more).toEqual([]);
    const lines = joined === undefined ? [] : model.lines(joined.receivedAt);
    expect(lines.map((one) => /"at":([\d.]+)/.exec(one.line)?.[1])).toEqual(
      (container === 'c' ? [dated] : [dated, dated]).map((at) => (t0 + at).toFixed(4)),
    );
  });

  it('makes polls of summaries where /metrics/resource was never answered', async () => {
    const body = {
      pods: [
        {podRef: {name: 'p', namespace: 'n', uid: 'u'}, cpu: {time: '2026-11-23T20:00:00Z', usageCoreNanoSeconds: 5}},
      ],
    };
    const lines = Array.from({length: 60}, (_, i) =>
      JSON.stringify({
        sent: t0 + i,
        received: t0 + i,
        path: '/stats/summary?only_cpu_and_memory=true',
        status: 200,
        body,
      }),
    );
    writeFileSync(join(dir, 'polls.jsonl'), lines.join('\n'));
    const polls = pollsOf(await events());
    expect(polls.length).toBeGreaterThan(20);
    expect(polls[0]?.samples[0]).toMatchObject({precision: 's', uid: 'u', usageCoreNanoSeconds: 5});
  });
});
