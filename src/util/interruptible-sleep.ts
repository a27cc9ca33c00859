import {pause} from './sleep.ts';

/** Pauses that can be cut short from outside: after a restart of the kubelet nobody should wait for a back-off to end. */
export class Waker {
  readonly #naps = new Set<() => void>();

  /** Ends all pauses that are under way. */
  wake(): void {
    for (const end of this.#naps) end();
  }

  /** Resolves after `ms`, when woken, or when the signal aborts. */
  readonly pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    const nap = new AbortController();
    const end = (): void => nap.abort();
    this.#naps.add(end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    await pause(ms, nap.signal);
    this.#naps.delete(end);
    signal.removeEventListener('abort', end);
  };
}
