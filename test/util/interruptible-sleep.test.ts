import {expect, test, vi} from 'vitest';
import {Waker} from '../../src/util/interruptible-sleep.ts';

test('a pause ends when it is over, when woken, or with the signal, and leaves no timer behind', async () => {
  vi.useFakeTimers();
  try {
    const waker = new Waker();
    const ended = new AbortController();
    const over = waker.pause(1000, ended.signal);
    vi.advanceTimersByTime(1000);
    await over;
    const woken = waker.pause(60_000, ended.signal);
    waker.wake();
    await woken;
    const aborted = waker.pause(60_000, ended.signal);
    ended.abort();
    await aborted;
    await waker.pause(60_000, ended.signal);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
