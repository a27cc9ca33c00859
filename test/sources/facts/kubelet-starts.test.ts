import {expect, test} from 'vitest';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {KubeletStarts} from '../../../src/sources/facts/kubelet-starts.ts';

const found = (pid: number, startedAt: number) => ({id: `${pid}.${startedAt}`, pid, startedAt: nodeMs(startedAt)});

/** Starts that know the process of before: it runs since 1000. */
function running(): KubeletStarts {
  const starts = new KubeletStarts();
  expect(starts.probed(found(7, 1000), localMs(2000), localMs(2040))).toEqual([]);
  return starts;
}

test('what the journal and the process tell of one restart is one start, at the time of the process', () => {
  const starts = running();
  starts.observed(nodeMs(5004), localMs(5010));
  expect(starts.probed(found(8, 5000), localMs(5010), localMs(5090))).toEqual([{at: 5000, pid: 8}]);
  expect(starts.probed(found(8, 5000), localMs(6000), localMs(6040))).toEqual([]);
  // The other way round: the process was seen first, the line came late.
  expect(starts.probed(found(9, 9000), localMs(9100), localMs(9140))).toEqual([{at: 9000, pid: 9}]);
  starts.observed(nodeMs(9004), localMs(12_000));
  expect(starts.probed(found(9, 9000), localMs(14_000), localMs(14_040))).toEqual([]);
});

test('starts of long ago, which the journal brings at first, are no news', () => {
  const starts = new KubeletStarts();
  starts.observed(nodeMs(200), localMs(1990));
  starts.observed(nodeMs(1003), localMs(1990));
  expect(starts.probed(found(7, 1000), localMs(2000), localMs(2040))).toEqual([]);
  starts.observed(nodeMs(200), localMs(2100));
  starts.observed(nodeMs(1003), localMs(2100));
  expect(starts.probed(found(7, 1000), localMs(9000), localMs(9040))).toEqual([]);
});

test('what is heard during a slow look waits for the next one', () => {
  const starts = running();
  starts.observed(nodeMs(5004), localMs(5010));
  expect(starts.probed(found(7, 1000), localMs(5000), localMs(9000))).toEqual([]);
  expect(starts.probed(found(8, 5000), localMs(9000), localMs(9040))).toEqual([{at: 5000, pid: 8}]);
});

test('a kubelet that died before anybody looked was started all the same', () => {
  const starts = running();
  starts.observed(nodeMs(5000), localMs(5010));
  starts.observed(nodeMs(8000), localMs(8010));
  expect(starts.probed(found(9, 8000), localMs(8020), localMs(8060))).toEqual([
    {at: 5000, pid: null},
    {at: 8000, pid: 9},
  ]);
});

test('one process that was looked at in two ways was started once', () => {
  const starts = running();
  const overHttps = {id: '1010', pid: null, startedAt: nodeMs(1010)};
  expect(starts.probed(overHttps, localMs(3000), localMs(3040))).toEqual([]);
});

test('two restarts within a second are two starts', () => {
  const starts = running();
  starts.observed(nodeMs(1604), localMs(2100));
  expect(starts.probed(found(8, 1600), localMs(2200), localMs(2240))).toEqual([{at: 1600, pid: 8}]);
  starts.observed(nodeMs(2204), localMs(2300));
  expect(starts.probed(found(9, 2200), localMs(2400), localMs(2440))).toEqual([{at: 2200, pid: 9}]);
  expect(starts.probed(found(9, 2200), localMs(3400), localMs(3440))).toEqual([]);
});

test('a start that no look confirms is told after a moment, and not again when one does', () => {
  const starts = running();
  starts.observed(nodeMs(5000), localMs(5010));
  expect(starts.probed(null, localMs(5010), localMs(5050))).toEqual([]);
  expect(starts.probed(null, localMs(6500), localMs(6540))).toEqual([{at: 5000, pid: null}]);
  expect(starts.probed(found(8, 5001), localMs(8000), localMs(8040))).toEqual([]);
});

const hourMs = 3_600_000;
/** What an answer says: whole seconds, from a node whose clock is ahead of ours by so much. */
const answer = (startedAt: number, aheadMs: number | null = 0) => ({startedAt: nodeMs(startedAt), aheadMs});

test('an answer that names another start tells it at once, and the process and the journal confirm it', () => {
  const starts = running();
  expect(starts.answered(answer(1000))).toEqual([]);
  expect(starts.answered(answer(1000, 700))).toEqual([]);
  expect(starts.answered(answer(9000))).toEqual([{at: 9000, pid: null}]);
  starts.observed(nodeMs(8404), localMs(9100));
  expect(starts.probed(found(8, 8400), localMs(9200), localMs(9240))).toEqual([]);
  expect(starts.answered(answer(9000))).toEqual([]);
  // The next one is another, however soon it comes: it has another pid.
  expect(starts.probed(found(9, 9300), localMs(9900), localMs(9940))).toEqual([{at: 9300, pid: 9}]);
});

test('an answer does not tell again of a start that the process told of', () => {
  const starts = running();
  starts.answered(answer(1000));
  expect(starts.probed(found(8, 5400), localMs(6000), localMs(6040))).toEqual([{at: 5400, pid: 8}]);
  expect(starts.answered(answer(6000))).toEqual([]);
});

test('a start that is rounded now up and now down, or moves with the clock of the node, is none', () => {
  const starts = new KubeletStarts();
  for (const startedAt of [50_000, 51_000, 50_000, 49_000, 51_000]) {
    expect(starts.answered(answer(startedAt))).toEqual([]);
  }
  expect(starts.answered(answer(50_000 + hourMs, hourMs + 800))).toEqual([]);
  expect(starts.answered(answer(50_000, -300))).toEqual([]);
  expect(starts.answered(answer(50_000, hourMs))).toEqual([]);
  // After a step there are starts as before it.
  expect(starts.answered(answer(90_000, hourMs))).toHaveLength(1);
  expect(starts.answered(answer(120_000 - hourMs, 0))).toHaveLength(1);
});

test('a process that is known by its start alone is the same one after the clock of the node was set', () => {
  const starts = new KubeletStarts();
  const process = (startedAt: number, aheadMs: number) => ({
    id: String(startedAt),
    pid: null,
    startedAt: nodeMs(startedAt),
    aheadMs,
  });
  starts.probed(process(1000, 0), localMs(2000), localMs(2040));
  expect(starts.probed(process(1000 + hourMs, hourMs), localMs(9000), localMs(9040))).toEqual([]);
  expect(starts.probed(process(8000 + hourMs, hourMs), localMs(9500), localMs(9540))).toHaveLength(1);
});
