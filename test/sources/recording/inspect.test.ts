import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Event} from '../../../src/model/event.ts';
import {findRecordings, inspectRecording} from '../../../src/sources/recording/inspect.ts';
import {replay} from '../../../src/sources/recording/replay.ts';
import {shrinkRecording} from '../../../src/sources/recording/shrink.ts';
import {recordScenario} from './hostile-recording.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ktop-recordings-'));
  const always = [{fromMs: -60_000, untilMs: 6_000_000}];
  recordScenario(join(dir, 'a', 'one'), {
    seed: 3,
    durationMs: 300_000,
    targets: [{target: {namespace: 'n', pod: 'p', container: 'c'}, activity: 'busy', lives: always}],
    kubelets: [
      {fromMs: 0, baseMs: 10_000},
      {fromMs: 150_000, baseMs: 10_000},
    ],
    journal: 'flags',
    meta: {node: 'kind-worker', kubeletVersion: 'v1.32.13', housekeepingInterval: 10, started: 1, ended: 2},
  });
});
afterEach(() => rmSync(dir, {recursive: true}));

async function heard(from: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of replay(from, (problem) => expect.fail(problem))) events.push(event);
  return events;
}

const ticksAndLines = (events: readonly Event[]) =>
  events.flatMap((event) => {
    if (event.type === 'journal') return event.entries.map(({message}) => message);
    if (event.type !== 'poll') return [];
    return event.poll.samples
      .filter(({novelty}) => novelty === 'new')
      .map(({at, usageCoreNanoSeconds}) => `${at} ${usageCoreNanoSeconds}`);
  });

describe('recordings', () => {
  it('are found below a folder and told with what is in them, old layouts too', async () => {
    const [found] = await findRecordings([dir]);
    expect(found).toBe(join(dir, 'a', 'one'));
    const summary = await inspectRecording(found ?? '', true);
    const events = await heard(found ?? '');
    const lines = events.filter(({type}) => type === 'journal').length;
    expect(summary).toMatchObject({node: 'kind-worker', kubeletVersion: 'v1.32.13', version: 1, lines, problems: []});
    expect((summary.untilMs ?? 0) - (summary.fromMs ?? 0)).toBeGreaterThan(290_000);
    expect(summary.ticks).toBeGreaterThan(15);
    await expect(findRecordings([join(dir, 'nothing')])).rejects.toThrow('nothing');
  });

  it('say what is damaged in them', async () => {
    const one = join(dir, 'a', 'one');
    const polls = readFileSync(join(one, 'polls.jsonl'), 'utf8');
    writeFileSync(join(one, 'polls.jsonl'), `${polls.slice(0, 5000)}\n${polls.slice(7000)}`);
    writeFileSync(join(one, 'index.jsonl'), '{"stream":"polls","offset":3,"at":1}\n');
    expect((await inspectRecording(one, true)).problems.join('; ')).toMatch(/damaged line.*index\.jsonl: 1 entry/);
  });

  it('shrink in place to the same ticks and lines, for their owner only, and never through a link', async () => {
    const one = join(dir, 'a', 'one');
    const before = await heard(one);
    const {repeats} = await shrinkRecording(one, true);
    const after = await heard(one);
    expect(repeats).toBeGreaterThan(100);
    expect(readdirSync(one).sort()).toEqual(['journal.jsonl.gz', 'meta.json', 'polls.jsonl.gz']);
    expect(statSync(join(one, 'polls.jsonl.gz')).mode & 0o077).toBe(0);
    expect(ticksAndLines(after)).toEqual(ticksAndLines(before));

    const link = join(dir, 'link');
    mkdirSync(link);
    symlinkSync(join(one, 'polls.jsonl.gz'), join(link, 'polls.jsonl.gz'));
    await expect(shrinkRecording(link, false)).rejects.toThrow('a link');
    expect(readdirSync(link)).toEqual(['polls.jsonl.gz']);
  });
});

it('a recording of pipes and devices is read to its end, which they have not, and told what it is', async () => {
  execFileSync('mkfifo', [join(dir, 'journal.jsonl'), join(dir, 'index.jsonl')]);
  symlinkSync('/dev/zero', join(dir, 'polls.jsonl'));
  const problems: string[] = [];
  for await (const event of replay(dir, (problem) => problems.push(problem))) expect.fail(event.type);
  expect(problems.join('; ')).toContain('polls.jsonl is no file');
  expect(problems.join('; ')).toContain('journal.jsonl is no file');
  const found = await inspectRecording(dir, true);
  expect(found.problems).toContain('index.jsonl is no file');
  await expect(shrinkRecording(dir, true)).rejects.toThrow('it is no file of its own');
});
