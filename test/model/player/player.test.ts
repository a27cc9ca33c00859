import {describe, expect, test} from 'vitest';
import {rowText} from '../../../src/model/draw/canvas.ts';
import {playerParts} from '../../../src/model/player/header.ts';
import {markBeside} from '../../../src/model/player/marks.ts';
import {momentIn} from '../../../src/model/player/moment.ts';
import {momentAt, timeBar} from '../../../src/model/player/time-bar.ts';

const local = (text: string): number => new Date(text).getTime();
const at = (index: number) => ({index, atMs: index * 1000});

describe('a time that is typed', () => {
  const whole = {fromMs: local('2026-03-01T23:30:10'), untilMs: local('2026-03-02T01:00:00')};
  const now = local('2026-03-01T23:40:00');
  test.each([
    ['23:50', '2026-03-01T23:50:00'],
    ['0:15:30', '2026-03-02T00:15:30'],
    ['2026-03-02 00:15', '2026-03-02T00:15:00'],
    ['23:30', '2026-03-01T23:30:10'],
    ['+10m', '2026-03-01T23:50:00'],
    ['-1h', '2026-03-01T23:30:10'],
    ['start', '2026-03-01T23:30:10'],
    ['END', '2026-03-02T01:00:00'],
  ])('%s is a moment of the recording', (text, meant) => {
    expect(momentIn(text, whole, now)).toBe(local(meant));
  });
  test.each(['', '25:00', '12', 'tomorrow', '12:00', '2026-03-03 00:15'])('%s is refused with a sentence', (text) => {
    expect(momentIn(text, whole, now)).toMatch(
      /^(a time is wanted|that is no time|the recording does not reach there)/,
    );
  });
});

test('the mark one stands on is neither the next nor the previous one', () => {
  const marks = [at(3), at(7), at(12)];
  expect(markBeside(marks, 8, 1)?.index).toBe(12);
  expect(markBeside(marks, 8, -1)?.index).toBe(3);
  expect(markBeside(marks, 9, -1)?.index).toBe(7);
  expect(markBeside(marks, 0, -1)).toBeNull();
  expect(markBeside(marks, 13, 1)).toBeNull();
});

describe('the time bar', () => {
  const whole = {fromMs: 0, untilMs: 41_000};
  const bar = {width: 60, unicode: true, utcOffsetMs: 0, whole, readMs: 30_750, atMs: 10_250};
  const marks = {
    ticks: [at(5), at(20)],
    matches: [at(20)],
    restarts: [at(30)],
    gaps: [{fromMs: 24_000, untilMs: 26_000}],
  };

  test('draws what is rarer over what is more usual, in exactly its width', () => {
    const text = rowText(timeBar({...bar, ...marks}));
    expect(text).toBe('00:00:00 ━━━━━┴━━━━●─────────▪───╳╳╳───R─·········· 00:00:41');
    expect(text).toHaveLength(60);
  });

  test('a cell of it is the moment that is drawn there', () => {
    expect(momentAt(9, 60, whole)).toBe(0);
    expect(momentAt(50, 60, whole)).toBe(41_000);
    expect(momentAt(3, 60, whole)).toBeNull();
  });
});

test('the header says which recording, where in it, how fast, and that it has ended', () => {
  const state = {
    dir: 'a/\u001b[31mb',
    atMs: 45_000,
    speed: 10,
    isPlaying: false,
    end: 'none',
    read: 1,
    endNote: null,
  } as const;
  const texts = (more: Partial<Parameters<typeof playerParts>[0]>) =>
    playerParts({...state, ...more}, 0).map(({text}) => text);
  expect(texts({})).toEqual([expect.not.stringContaining('\u001b'), '1970-01-01 00:00:45', '×10', 'paused']);
  expect(texts({end: 'ended', endNote: 'why'}).at(-1)).toBe('end of the recording (why)');
  expect(texts({isPlaying: true, read: 0.5}).slice(-2)).toEqual(['playing', 'read 50 %']);
});
