import {expect, test} from 'vitest';
import {Patience} from '../../../src/nodes/exec/patience.ts';

test('a node that is slow is waited for longer, and one that is quick again not for ever', () => {
  const patience = new Patience();
  expect(patience.limitMs).toBe(15_000);
  patience.answered(12_000);
  expect(patience.limitMs).toBe(48_000);
  patience.answered(100);
  patience.answered(100);
  expect(patience.limitMs).toBe(15_000);
});

test('after each time-out it gets twice the time, up to two minutes', () => {
  const patience = new Patience();
  const limits = Array.from({length: 5}, () => {
    patience.gaveUp(patience.limitMs);
    return patience.limitMs;
  });
  expect(limits).toEqual([30_000, 60_000, 120_000, 120_000, 120_000]);
});
