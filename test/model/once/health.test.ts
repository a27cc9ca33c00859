import {expect, test} from 'vitest';
import type {Event, NodeFacts} from '../../../src/model/event.ts';
import type {FailureCode} from '../../../src/model/failure.ts';
import {exitCodeOf, healthOf} from '../../../src/model/once/health.ts';
import {besidesMs, Readiness} from '../../../src/model/once/readiness.ts';
import {emptyStatus, foldStatus} from '../../../src/model/screen/status.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const at = localMs(1_000_000);
const node: Event = {
  type: 'node',
  at,
  node: {name: 'kind-worker', provider: 'kind', transport: 'docker exec', commandPrefix: '', readOnly: null},
};
const poll: Event = {type: 'poll', poll: {sentAt: at, receivedAt: at, samples: [], problems: []}};
const following: Event = {type: 'stats-stream', state: {kind: 'following', since: at}};
const lost = (code: FailureCode): Event => ({
  type: 'stats-stream',
  state: {kind: 'reconnecting', since: at, attempt: 1, failure: {code, tried: 'GET', problem: code, next: null}},
});
const facts = (unitState: string): Event => ({
  type: 'facts',
  at,
  facts: {
    kubeletVersion: null,
    kubeletPid: null,
    kubeletStartedAt: null,
    verbosity: null,
    housekeepingIntervalMs: null,
    unitState,
  } satisfies NodeFacts,
});
const start = (ms: number): Event => ({type: 'kubelet-started', at: nodeMs(ms), pid: null});
const selection = {targets: [], pods: [], missing: [], followed: new Map(), labelsUnknown: false};

function health(events: readonly Event[], more: Partial<Parameters<typeof healthOf>[0]> = {}) {
  const status = events.reduce(foldStatus, emptyStatus);
  const looked = {now: at, nodeNow: nodeMs(at), selected: selection, isChosen: false, forecasts: []};
  const {state, problems} = healthOf({status, ...looked, ...more});
  return [exitCodeOf[state], problems.join('; ')];
}

test('0 where the kubelet answers and all that is watched is there', () => {
  expect(health([node, following, poll, facts('active (running)')])).toEqual([0, '']);
  // A kubelet inside another unit (MicroShift, k3s) answers, whatever the unit of that name does.
  expect(health([node, following, poll, facts('inactive (dead)')])).toEqual([0, '']);
});

test('1 where it was looked at and is not well', () => {
  expect(health([node, facts('activating (auto-restart)'), lost('unreachable')])[0]).toBe(1);
  expect(health([node, facts('active (running)'), lost('timeout')])).toEqual([1, expect.stringContaining('timeout')]);
  const starts = [1, 2, 3].map((seconds) => start(at - seconds * 5000));
  expect(health([node, ...starts, lost('unreachable')])).toEqual([1, expect.stringContaining('3 starts')]);
  expect(health([node, following, poll], {selected: {...selection, missing: ['web']}})).toEqual([
    1,
    'no such pod: web',
  ]);
  expect(health([node, following, poll], {isChosen: true})[0]).toBe(1);
  expect(health([node, following, poll], {now: localMs(at + 9000)})).toEqual([1, 'no answer for 9 s']);
});

test('2 where it could not be looked at: no node, no right, nobody to say who is watched', () => {
  const failed: Event = {type: 'node-failed', at, failure: {tried: 'docker inspect', problem: 'no engine', next: null}};
  expect(health([failed])).toEqual([2, 'docker inspect: no engine']);
  expect(health([node, facts('active (running)'), lost('denied')])).toEqual([2, expect.stringContaining('denied')]);
  expect(health([node])).toEqual([2, 'the kubelet was not asked yet']);
  expect(health([node, following, poll], {selected: {...selection, labelsUnknown: true}})[0]).toBe(2);
});

test('it waits for the figures, a little for what comes beside them, and no longer than that needs', () => {
  const readiness = new Readiness();
  const wait = (event: Event) => {
    readiness.observe(event);
    return readiness.waitMs;
  };
  const journal: Event = {type: 'journal-stream', state: {kind: 'following', since: at}};
  expect(wait(node)).toBeNull();
  expect(wait(facts('active (running)'))).toBeNull();
  expect(wait(poll)).toBe(besidesMs);
  expect(wait({type: 'clock', offset: {aheadMs: 0, uncertaintyMs: 0}})).toBe(besidesMs);
  expect(wait({type: 'pods', at, answer: {kind: 'pods', pods: []}})).toBe(besidesMs);
  const silent = wait(journal);
  expect(silent).toBeLessThan(besidesMs);
  expect(wait({type: 'journal', entries: []})).toBeLessThan(silent ?? 0);
});
