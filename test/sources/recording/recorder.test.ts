import {spawn} from 'node:child_process';
import {generateKeyPairSync, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import type {Event, JournalEntry} from '../../../src/model/event.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import type {KubeletRoute} from '../../../src/nodes/node.ts';
import {Recorder, recordingProblem} from '../../../src/sources/recording/recorder.ts';
import {noteAuthorization, noteSecret} from '../../../src/util/secrets.ts';
import {recordingMeta, replay} from '../../../src/sources/recording/replay.ts';

let dir = '';
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'ktop-record-')), 'recording');
});
afterEach(() => rmSync(join(dir, '..'), {recursive: true}));

const t0 = 1_795_464_000_000;
const options = {node: 'kind-worker', startedMs: t0, maxBytes: null};
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

async function replayed(from: string, problems: string[] = []): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of replay(from, (problem) => problems.push(problem))) events.push(event);
  return events;
}

describe('a recording', () => {
  it('replays as what was heard', async () => {
    expect(recordingProblem(dir)).toBeNull();
    const recorder = new Recorder(dir, {...options, startedMs: t0 - 1000, now: () => t0 - 50});
    const facts = {kubeletVersion: 'v1.32.13', kubeletPid: 1, kubeletStartedAt: null, verbosity: 2};
    recorder.onEvent({type: 'facts', at: localMs(t0), facts: {...facts, housekeepingIntervalMs: 5000}});
    recorder.onEvent({type: 'clock', offset: {aheadMs: 250.5, uncertaintyMs: 4}});
    for (const path of Object.keys(bodies).reverse()) recorder.exchange(path, await route.get(path));
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
    await new Recorder(dir, options).close(t0);
    expect(recordingProblem(dir)?.problem).toContain('holds a recording already');
    const files = readdirSync(dir);
    expect(files.sort()).toEqual(['index.jsonl', 'journal.jsonl.gz', 'meta.json', 'polls.jsonl.gz']);
    for (const name of files) expect(statSync(join(dir, name)).mode & 0o077).toBe(0);
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
    const recorder = new Recorder(dir, {...options, now: () => t0});
    recorder.onEvent({type: 'journal', entries: [{...entry, message: 'a\ufffd\ufffdb', raw}]});
    const get = () => Promise.resolve({status: 200, body: deep, sentAt: localMs(t0), receivedAt: localMs(t0)});
    recorder.exchange('/stats/summary', await get());
    await recorder.close(t0);
    const entries: JournalEntry[] = [];
    for await (const event of replay(dir, () => undefined))
      if (event.type === 'journal') entries.push(...event.entries);
    expect(entries).toMatchObject([{raw}]);
  });

  it('has every line that was written a second before its writer was killed', async () => {
    const source = new URL('../../../src/sources/recording/recorder.ts', import.meta.url).href;
    const script = `
      const {Recorder, recordingProblem} = await import(${JSON.stringify(source)});
      recordingProblem(process.argv[1]);
      const recorder = new Recorder(process.argv[1], ${JSON.stringify(options)});
      const entry = (i) => ({...${JSON.stringify(entry)}, message: 'line ' + i + ' ' + Math.random()});
      for (let i = 0; i < 500; i += 1) recorder.onEvent({type: 'journal', entries: [entry(i)]});
      setInterval(() => undefined, 1000);`;
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script, dir]);
    const lines = async (): Promise<number> => (await replayed(dir)).filter(({type}) => type === 'journal').length;
    await vi.waitFor(async () => expect(await lines()).toBe(500), {timeout: 20_000, interval: 200});
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const problems: string[] = [];
    const journal = (await replayed(dir, problems)).filter(({type}) => type === 'journal');
    expect(journal).toHaveLength(500);
    expect(problems.join()).toContain('journal.jsonl ends in the middle');
  });

  it('drops its oldest part above its size, and keeps answers and lines of the same time', async () => {
    expect(recordingProblem(dir)).toBeNull();
    let now = t0;
    const maxBytes = 1 << 20;
    const recorder = new Recorder(dir, {...options, maxBytes, now: () => now});
    const facts = {kubeletVersion: 'v1', kubeletPid: 1, kubeletStartedAt: null, verbosity: 2};
    recorder.onEvent({type: 'facts', at: localMs(t0), facts: {...facts, housekeepingIntervalMs: 7000}});
    for (let i = 0; i < 400; i += 1) {
      now = t0 + i * 1000;
      const noise = `# ${randomBytes(6000).toString('base64')}\n`;
      const body = `${noise}container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} ${i} ${now}\n`;
      recorder.exchange('/metrics/resource', {status: 200, body, sentAt: localMs(now - 5), receivedAt: localMs(now)});
      recorder.onEvent({type: 'journal', entries: [{...entry, at: nodeMs(now), message: `line ${i}`}]});
      // The compression runs beside us.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await recorder.close(now);
    const bytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
    expect(bytes).toBeLessThan(1.6 * maxBytes);
    const events = await replayed(dir);
    const polls = events.flatMap((event) => (event.type === 'poll' ? [event.poll.receivedAt] : []));
    const lines = events.flatMap((event) => (event.type === 'journal' ? event.entries.map(({at}) => at) : []));
    expect(polls.length).toBeGreaterThan(60);
    expect(polls.length).toBeLessThan(300);
    expect(polls.at(-1)).toBe(now);
    expect(polls).toEqual(polls.toSorted((a, b) => a - b));
    // One may stand on the other side of where the oldest part was cut off.
    expect(lines.slice(1 - polls.length)).toEqual(polls.slice(1 - polls.length));
    expect(Math.abs(lines.length - polls.length)).toBeLessThan(2);
    // What was told long ago and still holds is told again.
    expect(events[0]).toMatchObject({facts: {housekeepingIntervalMs: 7000}});
    const {counts} = await recordingMeta(dir);
    expect(counts).toMatchObject({polls: polls.length, lines: lines.length, untilMs: now});
  });

  it('holds no credential, whoever quotes it and however', async () => {
    const key = generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey.export({type: 'pkcs8', format: 'pem'});
    const token = randomBytes(24).toString('base64url');
    const password = 'pass"word\\ of mine';
    noteAuthorization(`Bearer ${token}`);
    noteAuthorization(`Basic ${Buffer.from(`me:${password}`).toString('base64')}`);
    noteSecret(String(key));
    const quotes = [token, password, String(key), Buffer.from(String(key)).toString('base64')];
    expect(recordingProblem(dir)).toBeNull();
    const recorder = new Recorder(dir, options);
    for (const quote of quotes) {
      const at = localMs(t0);
      for (const body of [`echo ${quote} end`, JSON.stringify({headers: {authorization: [quote]}})]) {
        recorder.exchange('/stats/summary', {status: 200, body, sentAt: at, receivedAt: at});
      }
      recorder.onEvent({type: 'journal', entries: [{...entry, message: `GET with ${quote} failed`}]});
    }
    await recorder.close(t0);
    const kept = readdirSync(dir).map((name) => {
      const bytes = readFileSync(join(dir, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    });
    expect(kept.join()).toContain('GET with [credential removed] failed');
    for (const quote of quotes) {
      for (const form of [quote, JSON.stringify(quote).slice(1, -1), Buffer.from(quote).toString('base64')]) {
        expect(kept.join()).not.toContain(form);
      }
    }
  });

  it('says why a folder cannot be written', () => {
    expect(recordingProblem('/proc/version/recording')).not.toBeNull();
  });
});
