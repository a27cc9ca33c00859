import {describe, expect, it} from 'vitest';
import {SeriesStore} from '../../../src/model/cpu/series-store.ts';
import {targetKey} from '../../../src/model/target.ts';
import {readTrace, traceExists} from './trace.ts';

describe.each(['v1.32-default', 'v1.32-interval-5s', 'v1.21-default'])('the CPU series of the recording %s', (name) => {
  if (!traceExists(name)) {
    console.warn(`SKIPPED: the recording ${name} is not beside the project (../shared/traces)`);
    it.skip('needs ../shared/traces', () => undefined);
    return;
  }
  const polls = readTrace(name);
  const store = new SeriesStore();
  const told = new Map<string, Map<number, number>>();
  for (const poll of polls) {
    store.observe(poll);
    for (const sample of poll.samples) {
      const key = targetKey(sample.target);
      const counters = told.get(key) ?? new Map<number, number>();
      // A tick between the two requests is first known by its second alone.
      counters.set(Math.floor(sample.at / 1_000), sample.usageCoreNanoSeconds ?? Number.NaN);
      told.set(key, counters);
    }
  }

  it('draws increments whose sum is the difference of the counter', () => {
    expect(told.size).toBeGreaterThanOrEqual(5);
    for (const [key, counters] of told) {
      const steps = store.get(key)?.steps(0, Number.MAX_SAFE_INTEGER) ?? [];
      const drawn = steps.reduce((sum, step) => sum + step.usageNs, 0);
      const values = [...counters.values()];
      const grown = (values.at(-1) ?? 0) - (values[0] ?? 0);
      expect(Math.abs(drawn - grown) / Math.max(grown, 1)).toBeLessThan(1e-9);
      expect(steps.reduce((sum, step) => sum + step.samples, 0)).toBe(counters.size - 1);
    }
  });

  it('finds no break but the first sample, and a tick in each sample', () => {
    for (const key of told.keys()) {
      const series = store.get(key);
      expect(series?.breaks.map((each) => each.reason)).toEqual(['first']);
      expect(series?.steps(0, Number.MAX_SAFE_INTEGER).every((step) => step.tick)).toBe(true);
    }
  });

  it("comes within 1 % of the kubelet's own rate wherever that has one", () => {
    for (const key of told.keys()) {
      const latest = store.get(key)?.latest;
      if (!latest?.reportedNanoCores || latest.nanoCores === null) continue;
      expect(Math.abs(latest.nanoCores - latest.reportedNanoCores) / latest.reportedNanoCores).toBeLessThan(0.01);
    }
  });
});
