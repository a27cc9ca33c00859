import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {Frames} from '../../src/tui/frames.ts';

beforeEach(() => void vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']}));
afterEach(() => void vi.useRealTimers());

test('a flood of changes costs ten frames a second, and the last of them is drawn', () => {
  const frames = new Frames(() => 1000, 100);
  frames.subscribe(() => undefined);
  vi.advanceTimersByTime(1001);
  const started = frames.current();
  for (let ms = 0; ms < 1000; ms += 1) {
    frames.invalidate('high');
    vi.advanceTimersByTime(1);
  }
  expect(frames.current() - started).toBeGreaterThanOrEqual(9);
  expect(frames.current() - started).toBeLessThanOrEqual(11);
  const before = frames.current();
  frames.invalidate('high');
  vi.advanceTimersByTime(100);
  expect(frames.current()).toBe(before + 1);
});

test('in the first second no news waits for the frame before it', () => {
  const frames = new Frames(() => 1000, 100);
  frames.subscribe(() => undefined);
  frames.invalidate('high');
  vi.advanceTimersByTime(0);
  expect(frames.current()).toBe(1);
  vi.advanceTimersByTime(40);
  frames.invalidate('high');
  vi.advanceTimersByTime(0);
  expect(frames.current()).toBe(2);
});

test('what nobody waits for shares a frame with what comes within a second', () => {
  const frames = new Frames(() => 10_000, 100);
  frames.subscribe(() => undefined);
  frames.now();
  const before = frames.current();
  for (let ms = 0; ms < 3000; ms += 100) {
    frames.invalidate('low');
    vi.advanceTimersByTime(100);
  }
  expect(frames.current() - before).toBeLessThanOrEqual(3);
  expect(frames.current() - before).toBeGreaterThanOrEqual(2);
});

test('with nothing new the clock on the screen still moves, as often as asked and no more', () => {
  let idleMs = 1000;
  const frames = new Frames(() => idleMs, 100);
  frames.subscribe(() => undefined);
  vi.advanceTimersByTime(10_000);
  expect(frames.current()).toBe(10);
  idleMs = 200;
  vi.advanceTimersByTime(1000);
  vi.advanceTimersByTime(2000);
  expect(frames.current()).toBe(21);
});

test('a hidden screen is not drawn, and shows the present when it is seen again', () => {
  const frames = new Frames(() => 1000, 100);
  frames.subscribe(() => undefined);
  frames.show(false);
  const before = frames.current();
  for (let ms = 0; ms < 10_000; ms += 50) {
    frames.invalidate('high');
    vi.advanceTimersByTime(50);
  }
  expect(frames.current()).toBe(before);
  frames.show(true);
  // The picture of before would be a stale one; where the node does not answer soon, that is the present.
  expect(frames.current()).toBe(before);
  vi.advanceTimersByTime(150);
  expect(frames.current()).toBe(before + 1);
  vi.advanceTimersByTime(2000);
  expect(frames.current()).toBe(before + 3);
});

test('nothing is drawn for nobody', () => {
  const frames = new Frames(() => 1000, 100);
  const stop = frames.subscribe(() => undefined);
  stop();
  vi.advanceTimersByTime(5000);
  expect(vi.getTimerCount()).toBe(0);
});

test('a key is drawn at once, even just behind a change; a held key and a flood together stay within fifteen a second', () => {
  const frames = new Frames(() => 1000, 100);
  frames.subscribe(() => undefined);
  vi.advanceTimersByTime(1001);
  const before = frames.current();
  frames.now();
  expect(frames.current()).toBe(before + 1);
  for (const everyMs of [33, 70, 100, 140]) {
    vi.advanceTimersByTime(500);
    const start = frames.current();
    for (let ms = 0; ms < 3000; ms += 1) {
      if (ms % everyMs === 0) frames.now();
      frames.invalidate('high');
      vi.advanceTimersByTime(1);
    }
    expect(frames.current() - start).toBeGreaterThanOrEqual(Math.min(3000 / everyMs, 3000 / 70));
    expect(frames.current() - start).toBeLessThanOrEqual(46);
  }
});

test('whoever looks again sees what the node has just answered in the first picture', () => {
  const frames = new Frames(() => 1000, 100);
  frames.subscribe(() => undefined);
  frames.show(false);
  const before = frames.current();
  vi.advanceTimersByTime(10_000);
  frames.show(true);
  vi.advanceTimersByTime(20);
  frames.invalidate('high');
  vi.advanceTimersByTime(0);
  expect(frames.current()).toBe(before + 1);
  vi.advanceTimersByTime(900);
  expect(frames.current()).toBe(before + 1);
});
