import {expect, test} from 'vitest';
import type {CommandStep, Event} from '../../../src/model/event.ts';
import {durationText} from '../../../src/util/duration.ts';
import {fitParts, statusMessage, statusParts} from '../../../src/model/screen/status-text.ts';
import {emptyStatus, foldStatus, restartBanner, statsBanner, type Status} from '../../../src/model/screen/status.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const fold = (...events: Event[]): Status => events.reduce(foldStatus, emptyStatus);
const texts = (status: Status, nowMs: number): string =>
  statusParts(status, localMs(nowMs))
    .map((part) => part.text)
    .join(' · ');

const failure = {code: 'unreachable', tried: 'GET /stats/summary', problem: 'refused', next: null} as const;

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

test('a narrow status line shortens its last parts first, and drops parts only whole', () => {
  const parts = [
    {text: 'kind-worker', tone: 'good'},
    {text: 'kubelet v1.32.13', short: 'v1.32.13', tone: 'plain'},
    {text: 'housekeeping 10 s', short: 'hk 10 s', tone: 'plain'},
  ] as const;
  const said = (width: number) =>
    fitParts(parts, ' · ', width)
      .map((part) => part.text)
      .join(' · ');
  expect(said(50)).toBe('kind-worker · kubelet v1.32.13 · housekeeping 10 s');
  expect(said(49)).toBe('kind-worker · kubelet v1.32.13 · hk 10 s');
  expect(said(30)).toBe('kind-worker · v1.32.13');
});

test('an offset within what the measurement can tell is not reported', () => {
  const status = fold({type: 'clock', offset: {aheadMs: 80, uncertaintyMs: 200}});
  expect(texts(status, 0)).not.toContain('clock');
});

test('a stream that comes back takes its failure from the screen', () => {
  const lost: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(0), attempt: 1, failure}};
  const back: Event = {type: 'stats-stream', state: {kind: 'following', since: localMs(5000)}};
  expect(statusMessage(fold(lost), localMs(2000), 80)?.text).toBe('2 s ago: GET /stats/summary: refused');
  expect(statusMessage(fold(lost, back), localMs(6000), 80)).toBeNull();
});

test('a row too narrow for a failure keeps what came back and the next command', () => {
  const long = {tried: 'GET https://10.0.0.2:10250/stats/summary', problem: 'x'.repeat(90), next: 'docker start w'};
  const lost: Event = {
    type: 'stats-stream',
    state: {kind: 'reconnecting', since: localMs(0), attempt: 1, failure: long},
  };
  const said = statusMessage(fold(lost), localMs(0), 60)?.text ?? '';
  expect(said).toMatch(/^x+… — try: docker start w$/);
  expect(said).toHaveLength(60);
});

const stepOf = (step: CommandStep, atMs: number): Event => ({
  type: 'command',
  at: localMs(atMs),
  command: 'restart',
  step,
});
const started = {kind: 'started', line: 'systemctl restart kubelet'} as const;
const following = (atMs: number): Event => ({type: 'stats-stream', state: {kind: 'following', since: localMs(atMs)}});

test('a failed restart is told until the kubelet answers again, and then that it does', () => {
  const down: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(500), attempt: 1, failure}};
  const failed = fold(stepOf(started, 0), down, stepOf({kind: 'failed', failure}, 2000));
  expect(statusMessage(failed, localMs(600_000), 80)?.text).toBe(
    'restart failed 9 m 58 s ago: GET /stats/summary: refused',
  );
  const mended = foldStatus(failed, following(40_000));
  expect(statusMessage(mended, localMs(41_000), 80)).toMatchObject({
    text: 'restart: it had failed; the kubelet answers again, 40 s after it',
    tone: 'good',
  });
  expect(statusMessage(mended, localMs(80_000), 80)).toBeNull();
});

test('a kubelet that starts again and again, is down, or was not heard of is not said to be up', () => {
  const down: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(500), attempt: 1, failure}};
  const starts = [1000, 2250, 3505].map((at): Event => ({type: 'kubelet-started', at: nodeMs(at), pid: null}));
  expect(texts(fold(...starts, down), 4000)).toContain('crash loop: 3 starts in the last minute');
  expect(texts(fold(...starts, following(4000)), 4000)).toContain('up 495 ms');
  const silent: Event = {...down, type: 'journal-stream'};
  expect(texts(fold(...starts, down, silent), 90_000)).toContain('last start 1 m 26 s ago');
  const facts = {kubeletVersion: null, kubeletPid: null, kubeletStartedAt: null, verbosity: null};
  const stopped: Event = {
    type: 'facts',
    at: localMs(0),
    facts: {...facts, housekeepingIntervalMs: null, unitState: 'inactive (dead)'},
  };
  const observed: Event = {type: 'journal-stream', state: {kind: 'following', since: localMs(0)}};
  expect(texts(fold(observed, ...starts, stopped, down), 90_000)).toMatch(/kubelet inactive \(dead\)(?!.*up )/);
});

test('figures that stopped coming are not passed off as new', () => {
  const poll: Event = {
    type: 'poll',
    poll: {sentAt: localMs(990), receivedAt: localMs(1000), samples: [], problems: []},
  };
  const lost: Event = {type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(3000), attempt: 1, failure}};
  expect(statsBanner(fold(poll, lost), localMs(9000))).toBe('no answer for 8 s');
  expect(texts(fold(poll, lost), 9000)).toContain('stats lost');
  const hung = fold(poll, following(1000), {
    type: 'route',
    route: {kind: 'direct', label: 'direct', latencyMs: 2, warning: null},
  });
  expect(statsBanner(hung, localMs(8000))).toBeNull();
  expect(statsBanner(hung, localMs(10_000))).toBe('no answer for 9 s');
  expect(texts(hung, 10_000)).toContain('stats direct, late');
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

test('a recording shows on every screen where it goes and how much of it there is', () => {
  const status = fold({
    type: 'recording',
    recording: {dir: '/tmp/rec\u001b[2J', bytes: 3 * 2 ** 20, since: localMs(0), problem: null},
  });
  expect(texts(status, 200_000)).toContain('recording to /tmp/rec, 3 m 20 s, 3.0Mi');
  const narrow = fitParts(statusParts(status, localMs(0)), ' · ', 24).map((part) => part.text);
  expect(narrow.join(' · ')).toContain('rec 3.0Mi');
  const full = fold({
    type: 'recording',
    recording: {dir: '/tmp/rec', bytes: 5, since: localMs(0), problem: 'the disk is full'},
  });
  expect(texts(full, 0)).toContain('not recording to /tmp/rec any more');
  expect(texts(fold({type: 'recording', recording: null}), 0)).not.toContain('recording');
});

test('what the answers lack is counted at the end of the status line, for as long as it lasts', () => {
  const poll = (atMs: number, ...problems: string[]): Event => ({
    type: 'poll',
    poll: {sentAt: localMs(atMs), receivedAt: localMs(atMs), samples: [], problems},
  });
  const status = fold(poll(0, 'one of two'), poll(5000));
  expect(texts(status, 5000)).toMatch(/stats: 1 problem$/);
  expect(texts(fold(poll(0, 'a', 'b')), 0)).toMatch(/stats: 2 problems$/);
  expect(texts([poll(30_000)].reduce(foldStatus, status), 30_000)).not.toContain('problem');
});

test('a deploy that was cut off is told with the keys that finish and undo it, until one has done so', () => {
  const left = {tried: 'the deploy of v1.2.0', problem: 'was cut off half-way', next: 'ktop deploy --finish --node w'};
  const found: Event = {type: 'cut-off', at: localMs(0), command: 'deploy', failure: left};
  const said = (
    status: Status,
    width: number,
    keys = {finish: 'd' as string | null, undo: 'ctrl+x' as string | null},
  ) => statusMessage(status, localMs(3_600_000), width, keys)?.text ?? null;
  expect(said(fold(found), 110)).toBe('the deploy of v1.2.0 was cut off half-way; d finishes it, ctrl+x undoes it');
  expect(said(fold(found), 60)).toBe('a deploy was cut off; d finishes it, ctrl+x undoes it');
  expect(said(fold(found), 110, {finish: null, undo: null})).toContain('ktop deploy --finish --node w');
  const done: Event = {
    type: 'command',
    at: localMs(0),
    command: 'rollback',
    step: {kind: 'done', line: 'the one before is back'},
  };
  expect(said(fold(found, done), 110)).toBeNull();
  expect(said(fold(found, {...found, failure: null}), 110)).toBeNull();
});

test('a deploy whose guard was killed is told with the keys that finish and undo it, also when the kubelet answers', () => {
  const next = 'ktop deploy --finish --node w';
  const killed: Event = {
    type: 'command',
    at: localMs(0),
    command: 'deploy',
    step: {
      kind: 'failed',
      failure: {tried: 'v1.2.0 on w', problem: 'the guard ended without a word', next},
      left: {tried: 'the deploy of v1.2.0', problem: 'was cut off half-way', next},
    },
  };
  const answers: Event = {type: 'stats-stream', state: {kind: 'following', since: localMs(500)}};
  const keys = {finish: 'd', undo: 'D'};
  const said = (atMs: number, width: number, shown = keys as Parameters<typeof statusMessage>[3]) =>
    statusMessage(fold(killed, answers), localMs(atMs), width, shown)?.text;
  expect(said(900, 130)).toBe('deploy failed: v1.2.0 on w: the guard ended without a word; d finishes it, D undoes it');
  expect(said(900, 60)).toBe('a deploy was cut off; d finishes it, D undoes it');
  expect(said(900, 130, {finish: null, undo: null})).toContain(`— try: ${next}`);
  expect(said(3_600_000, 110)).toBe('the deploy of v1.2.0 was cut off half-way; d finishes it, D undoes it');
});
