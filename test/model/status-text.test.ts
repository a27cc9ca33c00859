import {expect, test} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import {durationText, statusMessage, statusParts} from '../../src/model/status-text.ts';
import {emptyStatus, foldStatus, restartBanner, statsBanner, type Status} from '../../src/model/status.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';

const fold = (...events: Event[]): Status => events.reduce(foldStatus, emptyStatus);
const texts = (status: Status, nowMs: number): string =>
  statusParts(status, localMs(nowMs))
    .map((part) => part.text)
    .join(' · ');

const failure = {tried: 'GET /stats/summary', problem: 'refused', next: null};

test('durations are said with two units at most', () => {
  const said = [0, 850, 12_400, 200_000, 18_120_000, 273_600_000].map(durationText);
  expect(said).toEqual(['0 ms', '850 ms', '12 s', '3 m 20 s', '5 h 2 m', '3 d 4 h']);
});

test("uptime is counted on the node's clock", () => {
  const status = fold(
    {type: 'clock', offset: {aheadMs: 60_000, uncertaintyMs: 5}},
    {type: 'kubelet-started', at: nodeMs(100_000), pid: 7},
  );
  expect(texts(status, 50_000)).toContain('up 10 s');
  expect(texts(status, 50_000)).toContain('node clock 1 m ahead');
});

test('an offset within what the measurement can tell is not reported', () => {
  const status = fold({type: 'clock', offset: {aheadMs: 80, uncertaintyMs: 200}});
  expect(texts(status, 0)).not.toContain('clock');
});

test('a stream that comes back takes its failure from the screen', () => {
  const lost: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(0), attempt: 1, failure}};
  const back: Event = {type: 'stats-stream', state: {kind: 'following', since: localMs(5000)}};
  expect(statusMessage(fold(lost), localMs(2000))?.text).toBe('2 s ago: GET /stats/summary: refused');
  expect(statusMessage(fold(lost, back), localMs(6000))).toBeNull();
});

test('figures that stopped coming are not passed off as new', () => {
  const poll: Event = {
    type: 'poll',
    poll: {sentAt: localMs(990), receivedAt: localMs(1000), samples: [], problems: []},
  };
  const lost: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(3000), attempt: 1, failure}};
  expect(statsBanner(fold(poll, lost), localMs(9000))).toBe('no answer for 8 s');
  expect(texts(fold(poll, lost), 9000)).toContain('stats lost');
  expect(statsBanner(fold(poll), localMs(9000))).toBeNull();
});

test('the panes say that the kubelet restarts, until it has', () => {
  const step = (kind: 'started' | 'done', atMs: number): Event => ({
    type: 'command',
    at: localMs(atMs),
    command: 'restart',
    step: {kind, line: ''},
  });
  expect(restartBanner(fold(step('started', 1000)), localMs(2300))).toBe('kubelet restarting 1.3 s');
  expect(restartBanner(fold(step('started', 1000), step('done', 2000)), localMs(2300))).toBeNull();
});
