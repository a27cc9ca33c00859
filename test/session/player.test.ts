import {describe, expect, test} from 'vitest';
import {seeded} from '../model/housekeeping/synthetic-cgroup.ts';
import {picture, playerOf, playTo, settle, syntheticTape, t0, type RecordingShape} from './played.ts';

const shapeOf = (seed: number): RecordingShape => ({
  seed,
  pods: 3 + (seed % 5),
  durationMs: 300_000,
  lines: 500,
  pollMs: 1500 + 700 * (seed % 4),
  ...(seed % 3 === 0 ? {restartMs: 125_000} : {}),
  ...(seed % 4 === 1 ? {gap: [150_000, 190_000] as const} : {}),
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
    for (let i = 0; i < 4; i += 1) {
      sought.player.goToMoment(t0 + random() * 310_000);
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
    expect(compared).toBeGreaterThan(0);
  });
});

describe('a recording that is played', () => {
  const shape = {seed: 3, pods: 3, durationMs: 300_000, lines: 300, pollMs: 2000};
  const tape = syntheticTape({...shape, restartMs: 120_000, gap: [200_000, 240_000]});

  test('stands still while it is paused, and a process that was stopped has not played meanwhile', () => {
    const {player, clock} = playerOf(tape);
    player.step();
    const from = player.now;
    clock.ms += 3_600_000;
    player.step();
    expect(player.now - from).toBeLessThan(2000);
    player.toggle();
    const paused = player.now;
    clock.ms += 10_000;
    player.step();
    expect(player.now).toBe(paused);
  });

  test('ends once at its end, and is played anew from there', () => {
    const played = playerOf(tape);
    playTo(played, Infinity);
    expect(played.player.state).toMatchObject({end: 'ended', isPlaying: false});
    played.player.toggle();
    settle(played);
    expect(played.player.isPlaying).toBe(true);
    expect(played.player.now - tape.stretch.fromMs).toBeLessThan(1000);
  });

  test('is gone through by restarts, gaps, matches and lines, forth and back', () => {
    const played = playerOf(tape, ['--grep', 'go:0\\]']);
    const {player} = played;
    expect(player.go('restart', 1)).toBeNull();
    expect(player.now - t0 - 120_000).toBeLessThan(5000);
    expect(player.isPlaying).toBe(false);
    expect(player.go('restart', 1)).toBe('no restart after this');
    expect(player.go('gap', 1)).toBeNull();
    expect(player.now - t0).toBeGreaterThanOrEqual(240_000);
    expect(player.go('restart', -1)).toBeNull();
    expect(player.seek('start')).toBeNull();
    const shown = ['match', 'line', 'match'].map((goal) => {
      expect(player.go(goal === 'line' ? 'line' : 'match', 1)).toBeNull();
      settle(played);
      return picture(played, player.now).journal;
    });
    expect(shown).toMatchObject([{matched: 2}, {matched: 3}, {matched: 4}]);
  });

  test('with other pods chosen the past is theirs, too', () => {
    const one = playerOf(tape, ['--pod', 'load-0']);
    settle(one);
    playTo(one, t0 + 250_000);
    const other = playerOf(tape, ['--pod', 'load-1']);
    playTo(other, t0 + 100_000);
    one.models.cpu.choose(other.models.cpu.selection);
    one.player.goToMoment(other.player.now);
    settle(one);
    const {now} = other.player;
    expect(picture(one, now)).toEqual(picture(other, now));
  });

  test('says where it has not been read yet, and goes on with what is read', () => {
    const played = playerOf(tape);
    played.player.reading({isDone: false, note: null});
    playTo(played, t0 + 299_000);
    played.clock.ms += 900_000;
    for (let i = 0; i < 20; i += 1) {
      played.clock.ms += 999;
      played.player.step();
    }
    expect(played.player.state).toMatchObject({end: 'reading', isPlaying: true});
    expect(played.player.now).toBe(tape.stretch.untilMs);
  });
});
