import {sleep} from './sleep.ts';

/** Sleeps that can be cut short from outside: after a restart of the kubelet nobody should wait for a back-off to end. */
export class InterruptibleSleep {
  readonly #sleeps = new Set<() => void>();

  /** Ends all sleeps that are under way. */
  wake(): void {
    for (const end of this.#sleeps) end();
  }

  /** Resolves after `ms`, when woken, or when the signal aborts. */
  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    this.#sleeps.add(end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    await sleep(ms, ended.signal);
    this.#sleeps.delete(end);
    signal.removeEventListener('abort', end);
  };
}
