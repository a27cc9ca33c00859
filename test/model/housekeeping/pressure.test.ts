import {describe, expect, it} from 'vitest';
import {FadingMode, FadingPressure} from '../../../src/model/housekeeping/pressure.ts';
import {seeded} from './synthetic-cgroup.ts';
import {SyntheticPressure} from './synthetic-pressure.ts';

/** Ticks of a cgroup that stalled once and rests since, until all of its averages print 0.00. */
function fade(isContainer: boolean, percent: number, random: () => number, waitMs: () => number) {
  const kernel = new SyntheticPressure(isContainer);
  kernel.pass(60_000 * random(), percent, 4000);
  let atMs = 0;
  const ticks = [{atMs, figures: kernel.figures}];
  while (kernel.figures.some((figure, i) => i % 4 !== 0 && figure > 0) && ticks.length < 500) {
    const passed = waitMs();
    atMs += passed;
    kernel.pass(passed, 0, 0);
    ticks.push({atMs, figures: kernel.figures});
  }
  return ticks;
}

describe('pressure that fades', () => {
  it.each([true, false])(
    'foretells as often as it says that a sample will show the same (container: %s)',
    (isContainer) => {
      const random = seeded(11);
      const mode = new FadingMode(isContainer);
      let surprise = 0;
      let blind = 0;
      const bins = Array.from({length: 5}, () => ({n: 0, foretold: 0, same: 0}));
      for (let run = 0; run < 150; run++) {
        const ticks = fade(isContainer, 0.2 + 50 * random() ** 2, random, () => 7000 + 7000 * random());
        const fading = new FadingPressure(mode);
        for (const [i, {atMs, figures}] of ticks.entries()) {
          const next = ticks[i + 1];
          fading.saw(figures, atMs);
          if (next === undefined) break;
          const odds = fading.equalOdds(atMs, next.atMs);
          const same = next.figures.every((figure, k) => figure === figures[k]) ? 1 : 0;
          surprise += (odds - same) ** 2;
          blind += (0.5 - same) ** 2;
          const bin = bins[Math.min(4, Math.floor(odds * 5))];
          if (bin === undefined) continue;
          bin.n += 1;
          bin.foretold += odds;
          bin.same += same;
        }
      }
      for (const {n, foretold, same} of bins) if (n > 50) expect(Math.abs(foretold - same) / n).toBeLessThan(0.15);
      expect(surprise / blind).toBeLessThan(0.25);
    },
  );

  it('says when it will have faded away, to about a third of the time', () => {
    const random = seeded(12);
    for (const percent of [0.5, 3, 20, 60]) {
      const ticks = fade(true, percent, random, () => 15_000);
      const fading = new FadingPressure(new FadingMode(true));
      fading.saw(ticks[0]?.figures ?? [], 0);
      const foretold = fading.fadedAt(15_000) ?? 0;
      // From then on more pairs than not are equal.
      const pairs = ticks.slice(1).map(({atMs, figures}, i) => ({
        atMs,
        same: figures.every((figure, k) => figure === ticks[i]?.figures[k]),
      }));
      const from = pairs.find(({same}) => same)?.atMs ?? Infinity;
      expect(foretold).toBeGreaterThan(0.5 * from - 20_000);
      expect(foretold).toBeLessThan((ticks.at(-1)?.atMs ?? 0) + 20_000);
    }
  });

  it('is not misled by what no kernel prints', () => {
    const fading = new FadingPressure(new FadingMode(true));
    for (const odd of [[NaN, NaN, NaN, NaN], [0, -1, 1e9, Infinity], [], [1, 2, 3]]) {
      fading.saw(odd, 1000);
      for (const [from, to] of [
        [0, 1e18],
        [1e18, 0],
        [1000, 1000],
      ] as const) {
        expect(fading.equalOdds(from, to)).toBeGreaterThanOrEqual(0);
        expect(fading.equalOdds(from, to)).toBeLessThanOrEqual(1);
      }
    }
  });
});
