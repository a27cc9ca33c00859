import {describe, expect, it} from 'vitest';
import {History, historyMs, type Step} from '../../../src/model/cpu/history.ts';

/** Ten hours of one sample a second, with a gap each half hour. */
function longWatch() {
  const history = new History();
  const all: Step[] = [];
  let state = 11;
  for (let s = 0; s < 36_000; s++) {
    if (s % 1_800 < 90) continue;
    state = (state * 48_271) % 2_147_483_647;
    const usageNs = state;
    const step: Step = {
      fromMs: s * 1_000,
      toMs: (s + 1) * 1_000,
      usageNs,
      minNanoCores: usageNs,
      maxNanoCores: usageNs,
      minBytes: state % 1_000,
      maxBytes: state % 1_000,
      samples: 1,
      tick: true,
      joined: s % 1_800 !== 90,
    };
    all.push(step);
    history.push(step);
  }
  return {history, all};
}

describe('the history of a series', () => {
  const {history, all} = longWatch();
  const kept = history.between(0, Number.MAX_SAFE_INTEGER);
  const from = kept[0]?.fromMs ?? 0;
  const original = all.filter((step) => step.fromMs >= from);

  it('stays small however long and however often it is fed', () => {
    expect(kept.length).toBeLessThan(2_000);
    expect(36_000_000 - from).toBeGreaterThanOrEqual(historyMs - 600_000);
  });

  it('keeps sums, minima and maxima when it thins', () => {
    const sum = (steps: readonly Step[]) => steps.reduce((total, step) => total + step.usageNs, 0);
    expect(sum(kept)).toBe(sum(original));
    for (const step of kept) {
      const within = original.filter((each) => each.fromMs >= step.fromMs && each.toMs <= step.toMs);
      expect(step.samples).toBe(within.length);
      expect(step.minNanoCores).toBe(Math.min(...within.map((each) => each.minNanoCores)));
      expect(step.maxNanoCores).toBe(Math.max(...within.map((each) => each.maxNanoCores)));
      expect(step.maxBytes).toBe(Math.max(...within.map((each) => each.maxBytes)));
    }
  });

  it('never lets a step reach over a gap', () => {
    for (const step of kept) {
      expect(step.toMs - step.fromMs).toBe(step.samples * 1_000);
    }
    expect(kept.filter((step) => !step.joined).map((step) => step.fromMs % 1_800_000)).toEqual(
      kept.filter((step) => !step.joined).map(() => 90_000),
    );
  });

  it('is whole where a narrow window looks', () => {
    const newest = history.between(36_000_000 - 120_000, 36_000_000);
    expect(newest).toEqual(all.slice(-120));
  });
});
