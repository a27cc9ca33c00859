import type {KubeletRoute} from '../../nodes/node.ts';

/**
 * Lets requests to one kubelet through one at a time, in the order in which they came, whoever makes them: a slow
 * kubelet that has not answered a poll gets no look at its facts on top of it, and the other way round.
 */
export class RequestGate {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work when all that came before is done. Rejects with the signal's reason if it aborts before that. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const mine = Promise.withResolvers<undefined>();
    this.#last = before.then(() => mine.promise);
    try {
      await untilAborted(before, signal);
      return await work();
    } finally {
      mine.resolve(undefined);
    }
  }

  /** The same route, through the gate. */
  tapRoute(route: KubeletRoute): KubeletRoute {
    return {
      // They change while the route runs.
      get kind() {
        return route.kind;
      },
      get label() {
        return route.label;
      },
      get warning() {
        return route.warning;
      },
      get: (path, options) => this.run(() => route.get(path, options), options?.signal),
      close: () => route.close(),
    };
  }
}

async function untilAborted(work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) {
    await work;
    return;
  }
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, {once: true});
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
