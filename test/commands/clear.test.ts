import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {run} from './context.ts';
import type {Answers} from './fake-shell.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const rotate = 'journalctl --rotate';
const vacuum = 'journalctl --vacuum-time=1s';
const newest = 'journalctl --lines=1 --output=export --output-fields=MESSAGE --no-pager --quiet';
const rest = 'journalctl --lines=1 --cursor=s=a;i=9 --output=export --output-fields=MESSAGE --no-pager --quiet';
const entry = (number: number) => ({
  stdout: `__CURSOR=s=a;i=${number}\n__REALTIME_TIMESTAMP=${number}000000\nMESSAGE=x\n\n`,
});
const freed = (...sizes: readonly string[]) => ({
  stderr: sizes
    .map((size) => `Vacuuming done, freed ${size} of archived journals from /var/log/journal/ab.\n`)
    .join(''),
});

async function clear(answers: Answers) {
  const running = run('clear', {[rotate]: {}, ...answers});
  await vi.advanceTimersByTimeAsync(10_000);
  const {steps, asked} = await running;
  return {last: steps.at(-1), changes: asked.filter((line) => line === rotate || line === vacuum)};
}

test('clearing rotates, then vacuums, and says how much was freed', async () => {
  const {last, changes} = await clear({[vacuum]: freed('24.0M', '0B')});
  expect(changes).toEqual([rotate, vacuum]);
  expect(last).toEqual({kind: 'done', line: 'journal cleared, freed 24.0M'});
});

test('it says since when the node still has entries: those that were written meanwhile', async () => {
  const {last} = await clear({[newest]: entry(9), [vacuum]: freed('8.0M'), [rest]: entry(10)});
  expect(last).toEqual({kind: 'done', line: 'journal cleared, freed 8.0M', keptSince: 10_000});
});

test('a failed rotate removes nothing', async () => {
  const {last, changes} = await clear({[rotate]: {exitCode: 1, stderr: 'Access denied\n'}});
  expect(changes).toEqual([rotate]);
  expect(last).toMatchObject({kind: 'failed', failure: {problem: 'Access denied'}});
});

test('what journalctl could not delete was not cleared, though it exits with 0 and freed something else', async () => {
  const refused = 'Failed to delete archived journal /var/log/journal/x/system@1.journal: Read-only file system';
  const {last} = await clear({
    [newest]: entry(9),
    [vacuum]: {stderr: `${refused}\n${freed('8.0M').stderr}`},
    [rest]: entry(10),
  });
  expect(last).toMatchObject({kind: 'failed', failure: {problem: expect.stringContaining(refused) as string}});
});

test('a vacuum that removed nothing without a word is no success either', async () => {
  const there = await clear({[newest]: entry(9), [vacuum]: freed('0B'), [rest]: entry(9)});
  expect(there.last).toMatchObject({
    kind: 'failed',
    failure: {problem: 'journalctl removed nothing: the entries from before are still there'},
  });
  const unknown = await clear({[newest]: new Error('?'), [vacuum]: freed('0B')});
  expect(unknown.last).toMatchObject({kind: 'failed', failure: {problem: 'journalctl removed nothing'}});
});

test('a journal that was begun within the second is vacuumed once more', async () => {
  let vacuums = 0;
  const {last} = await clear({
    [newest]: entry(9),
    [vacuum]: () => freed((vacuums += 1) === 2 ? '8.0M' : '0B'),
    [rest]: () => entry(vacuums === 2 ? 10 : 9),
  });
  expect(last).toMatchObject({kind: 'done'});
});

test('an empty journal is told as one', async () => {
  const {last} = await clear({[newest]: {stdout: ''}, [vacuum]: freed('0B')});
  expect(last).toEqual({kind: 'done', line: 'the journal was empty'});
});
