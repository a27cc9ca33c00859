/**
 * One piece of work for several who wait for it. Who is called off leaves alone; where the last one leaves, the work
 * itself is called off.
 */
export class SharedRun<Result> {
  readonly #calledOff = new AbortController();
  readonly #outcome: Promise<Result>;
  #isSettled = false;
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<Result>) {
    this.#outcome = work(this.#calledOff.signal);
    const settled = () => (this.#isSettled = true);
    this.#outcome.then(settled, settled);
  }

  /** Whether it was called off: there is nothing to wait for. */
  get isOver(): boolean {
    return this.#calledOff.signal.aborted;
  }

  /** The outcome of the work; rejects with the signal's reason where that comes first. */
  async result(signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal?.reason);
    signal?.addEventListener('abort', leave, {once: true});
    this.#waiting += 1;
    try {
      return await Promise.race([this.#outcome, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#isSettled) this.#calledOff.abort();
    }
  }
}
