import {describe, expect, it} from 'vitest';
import {noResources, podResources} from '../../../src/model/selection/pod-facts.ts';
import {parseQuantity} from '../../../src/util/quantity.ts';

describe('quantities', () => {
  it.each([
    ['250m', 0.25],
    ['1', 1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['100n', 1e-7],
    ['1e3', 1_000],
    ['2E', 2e18],
    ['128Mi', 134_217_728],
    [2, 2],
  ])('reads %s', (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 9));

  it.each(['', 'm', '1x', '-1', 'NaN', '1 Gi', '1e999', null, {}, Number.NaN])('takes %j for none', (text) =>
    expect(parseQuantity(text)).toBeNull(),
  );
});

describe('what a pod may use', () => {
  const pod = (...cpu: [number | null, number | null][]) => ({
    namespace: 'default',
    name: 'web',
    uid: 'a',
    labels: {},
    containers: cpu.map(([requestNanoCores, limitNanoCores], i) => ({
      name: `c${i}`,
      resources: {...noResources, requestNanoCores, limitNanoCores},
    })),
  });

  it('has a limit only where each container has one', () => {
    expect(podResources(pod([1, 2], [3, 4]))).toMatchObject({requestNanoCores: 4, limitNanoCores: 6});
    expect(podResources(pod([1, 2], [null, null]))).toMatchObject({requestNanoCores: 1, limitNanoCores: null});
  });
});
