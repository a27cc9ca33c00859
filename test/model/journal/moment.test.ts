import {expect, it} from 'vitest';
import {parseMoment} from '../../../src/model/journal/moment.ts';

const now = new Date(2026, 10, 28, 12, 0, 0).getTime();
const local = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime();

it.each([
  ['11:30', local(2026, 10, 28, 11, 30)],
  ['14:00:05', local(2026, 10, 27, 14, 0, 5)],
  ['yesterday 14:00', local(2026, 10, 27, 14)],
  ['today 11:00', local(2026, 10, 28, 11)],
  ['11-20 14:00', local(2026, 10, 20, 14)],
  ['12-24 18:00', local(2025, 11, 24, 18)],
  ['2026-11-01T06:07:08', local(2026, 10, 1, 6, 7, 8)],
  ['2026-11-01', local(2026, 10, 1)],
  ['-1.5h', now - 5_400_000],
  ['-2d', now - 172_800_000],
])('reads %s as the moment that a user means by it', (text, at) => {
  expect(parseMoment(text, now)).toBe(at);
});

it.each(['', 'noon', '25:00', '12:60', '02-30 12:00', '2026-13-01', '11-20 x', '14'])('refuses %j', (text) => {
  expect(parseMoment(text, now)).toBeNull();
});
