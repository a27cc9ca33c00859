import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Event, JournalEntry} from '../../../src/model/event.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import type {KubeletRoute} from '../../../src/nodes/node.ts';
import {Recorder, recordingProblem} from '../../../src/sources/recording/recorder.ts';
import {replay} from '../../../src/sources/recording/replay.ts';

let dir = '';
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'ktop-record-')), 'recording');
});
afterEach(() => rmSync(join(dir, '..'), {recursive: true}));

const t0 = 1_795_464_000_000;
const bodies: Record<string, string> = {
  '/metrics/resource': `container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 2.5 ${t0 - 4000}\n`,
  '/stats/summary?only_cpu_and_memory=true': JSON.stringify({
    pods: [
      {
        podRef: {name: 'p', namespace: 'n', uid: 'u'},
        containers: [
          {name: 'c', cpu: {time: new Date(t0 - 4000).toISOString(), usageNanoCores: 7, usageCoreNanoSeconds: 25e8}},
        ],
      },
    ],
  }),
};
const route: KubeletRoute = {
  kind: 'direct',
  label: 'test',
  warning: null,
  get: (path) =>
    Promise.resolve({status: 200, body: bodies[path] ?? '', sentAt: localMs(t0 - 5), receivedAt: localMs(t0)}),
  close: () => Promise.resolve(),
};
const entry: JournalEntry = {
  cursor: 's=1;i=2',
  at: nodeMs(t0 - 100.25),
  unit: 'kubelet.service',
  identifier: 'kubelet',
  pid: 42,
  priority: 6,
  message: 'hello “world”',
};

describe('a recording', () => {
  it('replays as what was heard', async () => {
    expect(recordingProblem(dir)).toBeNull();
    const recorder = new Recorder(dir, 'kind-worker', t0 - 1000, () => t0 - 50);
    const recorded = recorder.tapRoute(route);
    const facts = {kubeletVersion: 'v1.32.13', kubeletPid: 1, kubeletStartedAt: null, verbosity: 2};
    recorder.onEvent({type: 'facts', at: localMs(t0), facts: {...facts, housekeepingIntervalMs: 5000}});
    recorder.onEvent({type: 'clock', offset: {aheadMs: 250.5, uncertaintyMs: 4}});
    for (const path of Object.keys(bodies).reverse()) await recorded.get(path);
    recorder.onEvent({type: 'journal', entries: [entry]});
    await recorder.close(t0 + 1000);

    const events: Event[] = [];
    for await (const event of replay(dir, (problem) => expect.fail(problem))) events.push(event);
    expect(events.map(({type}) => type)).toEqual(['facts', 'facts', 'clock', 'journal', 'poll']);
    expect(events[0]).toMatchObject({facts: {kubeletVersion: 'v1.32.13', housekeepingIntervalMs: 5000}});
    expect(events[2]).toEqual({type: 'clock', offset: {aheadMs: 250.5, uncertaintyMs: 4}});
    expect(events[3]).toMatchObject({entries: [entry]});
    expect(events[4]).toMatchObject({poll: {samples: [{usageNanoCores: 7, usageCoreNanoSeconds: 25e8, uid: 'u'}]}});
  });

  it('is not written over, and is for its owner only', async () => {
    expect(recordingProblem(dir)).toBeNull();
    await new Recorder(dir, 'kind-worker', t0).close(t0);
    expect(recordingProblem(dir)?.problem).toContain('holds a recording already');
    expect(statSync(join(dir, 'polls.jsonl')).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8'))).toMatchObject({node: 'kind-worker'});
  });

  it('touches nothing that is there, nor what a link in the folder leads to', () => {
    const victim = join(dir, '..', 'victim');
    mkdirSync(dir);
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(dir, 'journal.jsonl'));
    expect(recordingProblem(dir)?.problem).toContain('journal.jsonl');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('gives back bytes that are not UTF-8, and what the kubelet wrote too deep for JSON', async () => {
    const raw = 'a\u00ff\u00feb';
    const deep = `{"pods":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(recordingProblem(dir)).toBeNull();
    const recorder = new Recorder(dir, 'n', t0, () => t0);
    recorder.onEvent({type: 'journal', entries: [{...entry, message: 'a\ufffd\ufffdb', raw}]});
    const get = () => Promise.resolve({status: 200, body: deep, sentAt: localMs(t0), receivedAt: localMs(t0)});
    expect((await recorder.tapRoute({...route, get}).get('/stats/summary')).status).toBe(200);
    await recorder.close(t0);
    const entries: JournalEntry[] = [];
    for await (const event of replay(dir, () => undefined))
      if (event.type === 'journal') entries.push(...event.entries);
    expect(entries).toMatchObject([{raw}]);
  });

  it('says why a folder cannot be written', () => {
    expect(recordingProblem('/proc/version/recording')).not.toBeNull();
  });
});
