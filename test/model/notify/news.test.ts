import {expect, test} from 'vitest';
import type {Event, JournalEntry} from '../../../src/model/event.ts';
import {News} from '../../../src/model/notify/news.ts';
import {notification, notifySequence} from '../../../src/model/notify/sequence.ts';
import {emptyStatus, foldStatus, type Status} from '../../../src/model/screen/status.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const begun = 1_000_000;
const entry = (at: number, message: string): JournalEntry => ({
  cursor: `s=${at}`,
  at: nodeMs(at),
  unit: 'kubelet.service',
  identifier: 'kubelet',
  pid: 1,
  priority: 6,
  message,
});
const lines = (...entries: readonly JournalEntry[]): Event => ({type: 'journal', entries});
const start = (at: number): Event => ({type: 'kubelet-started', at: nodeMs(at), pid: null});
const failure = {tried: 'deploy', problem: 'it died again', next: null};

/** News of a node, with all events folded; each is looked at `secondsLater` than the beginning. */
function watch(pattern: string | null = 'evict') {
  const shows = ({message}: JournalEntry) => pattern !== null && message.includes(pattern);
  const news = new News({since: () => nodeMs(begun), pattern: () => pattern, shows});
  let status: Status = {
    ...emptyStatus,
    node: {name: 'kind-worker', provider: 'kind', transport: '', commandPrefix: '', readOnly: null},
  };
  return (event: Event, secondsLater: number) => {
    status = foldStatus(status, event);
    const elapsedMs = secondsLater * 1000;
    return news.take(event, {status, nodeNow: nodeMs(begun + elapsedMs), elapsedMs});
  };
}

test('a start of the kubelet is news, one of before ktop looked is not', () => {
  const take = watch();
  expect(take(start(begun - 5000), 0)).toBeNull();
  expect(take(start(begun + 3000), 3)).toBe('kind-worker: the kubelet was started');
});

test('of each kind there is at most one in ten seconds, and one kind does not keep another silent', () => {
  const take = watch();
  take(lines(entry(begun - 1, 'evict long ago')), 0);
  expect(take(lines(entry(begun + 1000, 'evict a')), 1)).toBe('kind-worker: evict a');
  expect(take(lines(entry(begun + 2000, 'evict b')), 2)).toBeNull();
  expect(take(start(begun + 3000), 3)).not.toBeNull();
  expect(take(lines(entry(begun + 11_500, 'evict c')), 11.5)).toBe('kind-worker: evict c');
});

test('a line is news where a pattern is looked for and it matches, but not those that were there before', () => {
  const take = watch();
  expect(take(lines(entry(begun + 1, 'evict, by a clock that is ahead')), 0)).toBeNull();
  expect(take(lines(entry(begun - 1000, 'evict, read late')), 1)).toBeNull();
  expect(take(lines(entry(begun + 1000, 'SyncLoop')), 1)).toBeNull();
  const all = watch(null);
  all(lines(), 0);
  expect(all(lines(entry(begun + 1000, 'evict')), 1)).toBeNull();
});

test('a crash loop is told once, when it begins', () => {
  const take = watch();
  expect([1, 2, 3, 4].map((at) => take(start(begun + at * 1000), at))).toEqual([
    'kind-worker: the kubelet was started',
    null,
    'kind-worker: crash loop, 3 starts in a minute',
    null,
  ]);
});

test('the end of a deploy is news, its steps are not', () => {
  const take = watch();
  const step = (command: 'deploy' | 'restart', made: Extract<Event, {type: 'command'}>['step']): Event => ({
    type: 'command',
    at: localMs(0),
    command,
    step: made,
  });
  expect(take(step('deploy', {kind: 'progress', line: 'copying'}), 1)).toBeNull();
  expect(take(step('restart', {kind: 'done', line: 'up'}), 1)).toBeNull();
  expect(take(step('deploy', {kind: 'failed', failure}), 2)).toBe('kind-worker: deploy failed: it died again');
});

test('the bytes are those that terminals take, wrapped for tmux, and nothing in the text gets out of them', () => {
  const hostile = 'a\x07b\x1b]0;title\x07c\x9c\x1b\\d\ne';
  const ways = {bell: false, desktop: 'osc9', tmux: false} as const;
  expect(notification('up', ways)).toBe('\x1b]9;ktop: up\x07');
  expect(notification('4;3;100', {...ways, bell: true})).toBe('\x07\x1b]9;ktop: 4;3;100\x07');
  expect(notification('up; and well', {...ways, desktop: 'osc777'})).toBe('\x1b]777;notify;ktop;up; and well\x07');
  expect(notification('up', {...ways, tmux: true})).toBe('\x1bPtmux;\x1b\x1b]9;ktop: up\x07\x1b\\');
  expect(notification('up', {bell: true, desktop: null, tmux: true})).toBe('\x07');
  expect(notification(hostile, ways)).toMatch(/^\x1b\]9;ktop: [^\x00-\x1f\x7f-\x9f]+\x07$/);
  expect(notifySequence({TERM: 'xterm-256color'})).toBe('osc9');
  expect(notifySequence({TERM: 'tmux-256color', VTE_VERSION: '7600'})).toBe('osc777');
});
