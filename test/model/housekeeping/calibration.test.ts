import {describe, expect, it} from 'vitest';
import {scoreSynthetic as score} from './score-synthetic.ts';

describe('the forecast on synthetic cgroups', () => {
  it.each([1000, 2000, 5000, 7000, 10_000, 15_000, 30_000])(
    'is as good as knowing the interval, and calibrated, with a told base of %i ms',
    (baseMs) => {
      const result = score({seed: baseMs, baseMs, told: true, fromMs: 60_000});
      expect(result.ratio).toBeLessThan(baseMs >= 10_000 ? 1.01 : 1.015);
      expect(result.off80).toBeLessThan(0.02);
      expect(result.off90).toBeLessThan(0.02);
    },
  );

  it.each([1000, 2500, 5000, 7300, 10_000, 13_000, 20_000])(
    'learns a base of %i ms from the ticks and is then as good',
    (baseMs) => {
      const result = score({seed: baseMs + 1, baseMs, told: false, fromMs: 12 * baseMs + 60_000});
      expect(Math.abs(result.base.intervalMs / baseMs - 1)).toBeLessThan(0.025);
      expect(result.ratio).toBeLessThan(1.03);
      expect(result.off80).toBeLessThan(0.02);
    },
  );

  it.each([1000, 3000, 5000, 7000, 10_000, 14_000, 15_000, 20_000, 30_000])(
    'is as good where pressure fades for minutes, with a base of %i ms',
    (baseMs) => {
      const result = score({seed: baseMs, baseMs, told: true, pressure: true});
      expect(result.ratio).toBeLessThan(1.01);
      expect(result.off80).toBeLessThan(0.02);
      expect(result.off90).toBeLessThan(0.02);
    },
  );

  it('reckons what pressure must have come to where most samples are seen without it', () => {
    const result = score({seed: 3, baseMs: 7000, told: true, pressure: true, summaryEvery: 7});
    expect(result.ratio).toBeLessThan(1.02);
    expect(result.off80).toBeLessThan(0.02);
  });

  it.each(['no summary', 'pods', 'containers'] as const)(
    'knows what it does not know where pressure is compared and the answers have: %s',
    (shows) => {
      for (const baseMs of [3000, 7000, 10_000]) {
        const result = score({seed: baseMs, baseMs, told: true, pressure: true, shows});
        expect(result.ratio).toBeLessThan(1.35);
        expect(result.off80).toBeLessThan(0.025);
        expect(result.off90).toBeLessThan(0.025);
      }
    },
  );

  it('keeps to the base that it was told on a node whose ticks are late, and learns how late', () => {
    for (const baseMs of [5000, 10_000]) {
      const result = score({seed: baseMs, baseMs, told: true, pressure: true, lateMs: 250, answerMs: 900});
      expect(result.base.intervalMs).toBe(baseMs);
      expect(result.ratio).toBeLessThan(1.01);
    }
  });
});
