import {expect, test} from 'vitest';
import {RequestBudget} from '../../src/exporter/request-budget.ts';
import {Rota} from '../../src/exporter/rota.ts';

test('the polls of all nodes are spread over the interval, each at its own moment', () => {
  const rota = new Rota(5000, 100);
  rota.nodes = 1000;
  expect(rota.everyMs).toBe(10_000);
  const moments = Array.from({length: 1000}, (_, i) => rota.delayMs(`worker-${i}`, 1_795_464_000_000) % 10_000);
  const seconds = new Array<number>(10).fill(0);
  for (const moment of moments) seconds[Math.floor(moment / 1000)] = (seconds[Math.floor(moment / 1000)] ?? 0) + 1;
  expect(Math.max(...seconds)).toBeLessThan(150);
  expect(Math.min(...seconds)).toBeGreaterThan(60);
  // An interval later it is the same moment again.
  const [first = 0] = moments;
  expect(rota.delayMs('worker-0', 1_795_464_000_000 + first)).toBe(10_000);
});

test('a node that hangs keeps nobody else waiting while there are places left, and nobody waits for ever', async () => {
  const budget = new RequestBudget(10_000, 2);
  const hung = Promise.withResolvers<string>();
  const first = budget.run(undefined, () => hung.promise);
  expect(await budget.run(undefined, () => Promise.resolve('second'))).toBe('second');
  const ended = new AbortController();
  const second = budget.run(undefined, () => hung.promise);
  const third = budget.run(ended.signal, () => Promise.resolve('never asked'));
  ended.abort();
  hung.resolve('answered');
  expect(await Promise.all([first, second])).toEqual(['answered', 'answered']);
  await expect(third).rejects.toThrow();
  expect(await budget.run(undefined, () => Promise.resolve('next'))).toBe('next');
});
