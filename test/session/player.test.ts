import {describe, expect, test} from 'vitest';
import {seeded} from '../model/housekeeping/synthetic-cgroup.ts';
import {picture, playerOf, playTo, settle, syntheticTape, t0, type RecordingShape} from './played.ts';

const shapeOf = (seed: number): RecordingShape => ({
  seed,
  pods: 3 + (seed % 5),
  durationMs: 600_000,
  lines: 1200,
  pollMs: 1500 + 700 * (seed % 4),
  ...(seed % 3 === 0 ? {restartMs: 250_000} : {}),
  ...(seed % 4 === 1 ? {gap: [300_000, 380_000] as const} : {}),
});

describe('whatever way is taken to a moment, it looks as if it had been played up to there', () => {
  test.each([1, 2, 3, 4, 5, 6])('recording %i', (seed) => {
    const tape = syntheticTape(shapeOf(seed));
    const args = seed % 2 === 0 ? ['--pod', 'load-1'] : ['--grep', 'load-[135]', '--top', '2'];
    const random = seeded(seed);
    let compared = 0;
    const sought = playerOf(tape, args);
    // Some go back and forth while the keyframes are still being made, some behind that.
    if (seed > 3) settle(sought);
    for (let i = 0; i < 6; i += 1) {
      sought.player.goToMoment(t0 + random() * 620_000);
      if (random() < 0.5) settle(sought);
      if (random() < 0.5) sought.player.go(random() < 0.5 ? 'tick' : 'line', random() < 0.5 ? 1 : -1);
      if (random() < 0.5) playTo(sought, sought.player.now + 20_000);
      settle(sought);
      const played = playerOf(tape, args);
      playTo(played, sought.player.now);
      // Where several events come at one moment a step may end between them.
      if (played.player.index !== sought.player.index) continue;
      const {now} = sought.player;
      expect(picture(sought, now)).toEqual(picture(played, now));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(2);
  });
});
