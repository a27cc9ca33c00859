/** The signals that end a program from outside, with the exit code that shells know each by. */
const exitCodes = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * What ends the program from outside: a signal, or the time it was given. While it is held nothing else in the process
 * may end it on a signal (a library of ours would, and what is open would never be closed); a second signal does, at once.
 */
export class Ending {
  /** Resolves with the exit code. */
  readonly code: Promise<number>;
  readonly #end: (code: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #signalled = false;

  /** `forMs`: how long the program may run, at most 24 days (a timer's longest); null for ever. */
  constructor(forMs: number | null) {
    const {promise, resolve} = Promise.withResolvers<number>();
    this.code = promise;
    this.#end = resolve;
    for (const signal of signals) process.on(signal, this.#onSignal);
    if (forMs !== null) this.#timer = setTimeout(() => this.end(0), forMs);
  }

  /** Ends it for a reason of our own; the first one counts. */
  end(code: number): void {
    this.#end(code);
  }

  /** Takes the hands off the signals and the clock. */
  release(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  readonly #onSignal = (signal: (typeof signals)[number]): void => {
    if (this.#signalled) process.exit(exitCodes[signal]);
    this.#signalled = true;
    this.end(exitCodes[signal]);
  };
}
