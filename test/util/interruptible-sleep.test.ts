import {expect, test, vi} from 'vitest';
import {InterruptibleSleep} from '../../src/util/interruptible-sleep.ts';

test('a pause ends when it is over, when woken, or with the signal, and leaves no timer behind', async () => {
  vi.useFakeTimers();
  try {
    const sleeper = new InterruptibleSleep();
    const ended = new AbortController();
    const over = sleeper.sleep(1000, ended.signal);
    vi.advanceTimersByTime(1000);
    await over;
    const woken = sleeper.sleep(60_000, ended.signal);
    sleeper.wake();
    await woken;
    const aborted = sleeper.sleep(60_000, ended.signal);
    ended.abort();
    await aborted;
    await sleeper.sleep(60_000, ended.signal);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
