import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {runJob, type Job} from '../../src/commands/job/run-job.ts';
import type {JobLine} from '../../src/model/job-log.ts';
import {localMs} from '../../src/model/time.ts';
import type {Follow} from '../../src/nodes/node.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const job: Job = {
  title: 'deploy',
  folder: '/usr/bin/kubelet.ktop',
  unit: 'ktop-deploy',
  script: 'guard',
  files: {guard: 'echo ü', state: 'id=1\n'},
  args: ['run', '1'],
  mostMs: 60_000,
};

/** Each follow prints the next of these texts and ends with its code; null: the connection was lost. */
async function run(streams: readonly (readonly [text: string, exitCode: number | null])[]) {
  const asked: (readonly string[])[] = [];
  const given: string[] = [];
  const follow = (argv: readonly string[]): Follow => {
    const [text = '', exitCode = null] = streams[asked.push(argv) - 1] ?? [];
    async function* stdout() {
      yield Buffer.from(text);
      await Promise.resolve();
    }
    const write = (said: string) => void given.push(said);
    return {stdout: stdout(), ended: Promise.resolve({exitCode, stderr: ''}), stop: () => Promise.resolve(), write};
  };
  const unused = () => Promise.reject(new Error('not used'));
  const context = {
    shell: {follow, run: unused, copyIn: unused},
    unit: 'kubelet',
    commandPrefix: '',
    now: () => localMs(Date.now()),
    answered: unused,
    unanswered: () => null,
    signal: new AbortController().signal,
  };
  const lines: JobLine[] = [];
  const running = (async () => {
    for await (const line of runJob(context, job)) lines.push(line);
  })();
  const ended = running.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  return {asked, given, words: lines.map(({word}) => word), error: await ended};
}

test('a log is read on behind the last whole line where the link was cut, and to its end', async () => {
  const {asked, given, words} = await run([
    ['started\n1.00 task run\n\n1.50 swapped /usr/bin/kubelet\n1.60 rest', null],
    ['', null],
    ['1.60 restart now\n9.00 end done \nover\n', 0],
  ]);
  expect(words).toEqual(['task', 'swapped', 'restart', 'end']);
  expect(asked.map((argv) => argv.slice(4))).toEqual([
    ['/usr/bin/kubelet.ktop', 'ktop-deploy', 'guard', 'run', '1'],
    ['/usr/bin/kubelet.ktop', '3'],
    ['/usr/bin/kubelet.ktop', '3'],
  ]);
  expect(given).toEqual(['guard 7\necho üstate 5\nid=1\n\n']);
});

test('one that could not be started says so, and nothing old is taken for its log', async () => {
  expect((await run([['', 75]])).error).toMatchObject({message: expect.stringContaining('another job') as string});
  const lost = await run([['', null]]);
  expect(lost.asked).toHaveLength(1);
  expect(lost.error).toMatchObject({message: expect.stringContaining('the connection was lost') as string});
});

test('one that is gone without an end is given up', async () => {
  const over = ['1.00 task run\nover\n', 0] as const;
  expect((await run([['started\n1.00 task run\nover\n', 0], ['over\n', 0], ['over\n', 0], over])).words).toEqual([
    'task',
  ]);
});
