import {expect, test} from 'vitest';
import {actedOn, withNumber} from '../../../src/model/pipeline/acted-on.ts';
import type {Autoscaler, PipelineFacts} from '../../../src/model/pipeline/facts.ts';
import {pipelineRows} from '../../../src/model/pipeline/rows.ts';
import {pipelineOf} from '../../../src/model/pipeline/stages.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';
import {localMs} from '../../../src/model/time.ts';
import {hostileWords} from '../../node/hostile-words.ts';

const now = localMs(1_000_000_000);
const ago = (ms: number) => localMs(now - ms);
const scaler: Autoscaler = {
  name: 'scale-web',
  target: {group: 'apps', kind: 'Deployment', name: 'web'},
  metrics: [{name: 'cpu', isCpu: true, current: '41 %', wanted: '60 %'}],
  currentReplicas: 2,
  desiredReplicas: 3,
  lastScaleAt: ago(10_000),
  conditions: [
    {type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: ''},
    {type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', message: ''},
  ],
};
const facts: PipelineFacts = {
  namespace: 'shop',
  pod: 'web-1',
  now,
  sample: {found: {at: ago(3000), nanoCores: 275e6, answeredAt: ago(20), tookMs: 12}},
  metrics: {found: {at: ago(14_000), windowMs: 20_000, nanoCores: 198e6}},
  owners: {found: [scaler.target]},
  autoscalers: {found: [scaler]},
};
const seen = withNumber([], ago(14_000), now);
const missing = {missing: {tried: 'GET /x', problem: '403: jane lacks it', next: 'ktop access --apply'}};

test('one line a stage, each with its age, and how old the number is when it is acted on', () => {
  const {stages, sum, readMs, actedMs} = pipelineOf(facts, seen);
  expect(stages.map(({name, ageMs}) => [name, ageMs])).toEqual([
    ['cAdvisor sample', 3000],
    ['kubelet answer', 20],
    ['metrics.k8s.io', 14_000],
    ['HPA scale-web', 14_000],
    ['last scaling', 10_000],
  ]);
  expect(stages[2]?.text).toBe('mean of the 20 s before, 11 s behind the kubelet');
  expect(stages[3]?.text).toBe('Deployment web · cpu 41 % (wanted 60 %) · 2 → 3 replicas');
  expect(stages.some(({warns}) => warns)).toBe(false);
  expect([readMs, actedMs]).toEqual([14_000, 29_000]);
  expect(sum).toContain('is 14 s old, and stands for the 20 s before that');
  expect(sum).toContain('up to 29 s old');
});

test('how old the number was that was acted on: known where it was seen before, bounded where it was not', () => {
  // The number of a moment 4 s before the decision: it may have come before it or behind it.
  expect(actedOn(10_000, [{at: 6000, seenAt: 12_000}])).toEqual({leastMs: 4000, mostMs: null});
  expect(actedOn(10_000, [{at: 6000, seenAt: 8000}])).toEqual({leastMs: 4000, mostMs: 4000});
  const two = withNumber(withNumber(withNumber([], 1000, 2000), 6000, 12_000), 6000, 14_000);
  expect(two).toHaveLength(2);
  expect(actedOn(10_000, two)).toEqual({leastMs: 4000, mostMs: 9000});
  expect(actedOn(10_000, [{at: 11_000, seenAt: 12_000}])).toBeNull();
  expect(pipelineOf(facts, [{at: now - 14_000, seenAt: now - 12_000}]).stages.at(-1)?.text).toBe(
    'with a number that was 4 s old',
  );
  expect(pipelineOf(facts, seen).stages.at(-1)?.text).toBe('with a number that was at least 4 s old');
  expect(pipelineOf(facts, []).stages.at(-1)?.text).toContain('its age is not known');
});

test('a stage that cannot be seen says why, and the sum says what that means', () => {
  const none = pipelineOf({...facts, sample: missing, metrics: missing, autoscalers: missing}, []);
  const why = 'GET /x: 403: jane lacks it — try: ktop access --apply';
  expect(none.stages.map(({text}) => text)).toEqual([why, why, 'the same']);
  expect(none.sum).toBe('no number reaches an autoscaler');
  expect(pipelineOf({...facts, autoscalers: missing}, seen).sum).toContain('no autoscaler reads it');
});

test('an autoscaler that cannot act, or reads something else, stands out', () => {
  const failing = {type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message: 'no metrics'};
  const queue = {name: 'External queue', isCpu: false, current: '30', wanted: '20'};
  const broken = pipelineOf({...facts, autoscalers: {found: [{...scaler, conditions: [failing]}]}}, seen);
  expect(broken.stages[3]).toMatchObject({warns: true});
  expect(broken.stages[3]?.text).toContain('ScalingActive is False: FailedGetResourceMetric, no metrics');
  // Its status still has the figures of an earlier time: they are not those of the number that is there now.
  expect(broken.stages[3]?.text).toContain('cpu 41 % when it was last read (wanted 60 %) · 2 replicas · Scaling');
  expect(broken.stages[3]?.ageMs).toBeNull();
  expect(broken.actedMs).toBeNull();
  expect(broken.sum).toMatch(/14 s old.*; its autoscaler does not act on it$/);
  const other = pipelineOf({...facts, autoscalers: {found: [{...scaler, metrics: [queue]}]}}, seen);
  expect(other.stages[3]).toMatchObject({warns: true, ageMs: null});
  expect(other).toMatchObject({actedMs: null, lastActed: null});
});

test('the rows keep within the screen at any width, whatever a cluster calls its things', () => {
  const hostile = hostileWords.join(' ');
  const conditions = [{type: hostile, status: hostile, reason: hostile, message: hostile.repeat(20)}];
  const named: Autoscaler = {...scaler, name: hostile, target: {...scaler.target, name: hostile}, conditions};
  for (const width of [20, 60, 89, 90, 200]) {
    for (const {text} of pipelineRows(pipelineOf({...facts, autoscalers: {found: [named]}}, seen), width)) {
      expect(cellWidth(text), `${width}: ${text}`).toBeLessThanOrEqual(width);
      expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
    }
  }
});
