import {expect, test} from 'vitest';
import {localMs} from '../../src/model/time.ts';
import {Attention} from '../../src/session/attention.ts';
import {folderOfNext, recordingFolders} from '../../src/session/recording-folders.ts';
import {noConnection} from '../../src/nodes/options.ts';

test('a hidden node is asked seldom, all at the same moments, and at once when it is shown', () => {
  let woken = 0;
  let ms = 123_000;
  const attention = new Attention({isShown: true, wake: () => (woken += 1), now: () => ms, random: () => 0.5});
  const target = {namespace: 'a', pod: 'b', container: null};
  const pace = attention.paceOf({delayMs: () => 300, spent: () => undefined, watches: () => true});
  const now = () => [pace.delayMs(localMs(0)), pace.watches(target), attention.slowed(2000), pace.summaryEveryMs?.()];
  expect(now()).toEqual([300, true, 2000, null]);
  attention.isShown = false;
  // Its turns are at 121.125 s and every 9.69 s from there.
  expect(now()).toEqual([7815, false, 17_505, 120_000]);
  // What ends a little after its turn waits for the next one.
  ms = 121_155;
  expect([...now(), attention.slowed(7310)]).toEqual([9660, false, 19_350, 120_000, 58_110]);
  expect(woken).toBe(0);
  attention.isShown = true;
  attention.isShown = true;
  expect(woken).toBe(1);
  expect(now()).toEqual([300, true, 2000, null]);
});

test('where nobody sees the screen the node that is shown is asked so that no tick is missed, and its figures stay whole', () => {
  let woken = 0;
  let unseenMs: number | null = 9000;
  const attention = new Attention({isShown: true, wake: () => (woken += 1), unseenMs: () => unseenMs});
  const target = {namespace: 'a', pod: 'b', container: null};
  const pace = attention.paceOf({delayMs: () => 300, spent: () => undefined, watches: () => true});
  const now = () => [pace.delayMs(localMs(0)), pace.watches(target), attention.slowed(2000)];
  attention.isSeen = false;
  expect(now()).toEqual([9000, true, 8000]);
  // A recording lives from the polls, too.
  unseenMs = null;
  expect(now()).toEqual([300, true, 2000]);
  expect(woken).toBe(0);
  attention.isSeen = true;
  expect(woken).toBe(1);
  expect(now()).toEqual([300, true, 2000]);
});

test('each node is recorded into a folder of its own, below the one that was named', () => {
  const folders = recordingFolders(
    'traces',
    ['kind-worker', 'kind:a', 'kind-a', '..', 'ssh:root@../x'].map((label) => ({label, connection: noConnection})),
  );
  expect(folders).toEqual(
    ['kind-worker', 'kind-a', 'kind-a-2', 'node', 'ssh-root-..-x'].map((name) => `traces/${name}`),
  );
});

test('the node that takes the place of a recorded one has a folder of its own name, which is nobody else’s', () => {
  const now = new Date(2026, 0, 2, 15, 4, 5);
  const next = (node: string, dir: string | null, areSeveral: boolean, taken: readonly string[] = []) =>
    folderOfNext(node, {dir, areSeveral, given: new Set(taken)}, (folder) => !folder.endsWith('used'), now);
  expect(next('kind-b', 'traces/', false)).toBe('traces-kind-b');
  expect(next('kind-b', 'traces', true)).toBe('traces/kind-b');
  expect(next('../x', 'traces', true)).toBe('traces/..-x');
  expect(next('kind-b', null, true)).toBe('ktop-kind-b-20260102-150405');
  // One that was recorded before, one that a node was given which is not reached yet.
  expect(next('used', 'traces', true, ['traces/used-2'])).toBe('traces/used-3');
  expect(folderOfNext('a', {dir: 'b', areSeveral: true, given: new Set()}, () => false, now)).toBeNull();
});
