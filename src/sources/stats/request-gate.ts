import {tappedRoute} from '../../nodes/kubelet/tapped-route.ts';
import type {KubeletRoute} from '../../nodes/node.ts';

/** A request that says nothing of its patience has so much. */
const usualMs = 5000;

/**
 * Lets requests to one kubelet through one at a time, in the order in which they came, whoever makes them: a slow
 * kubelet that has not answered a poll gets no look at its facts on top of it, and the other way round.
 */
export class RequestGate {
  #last: Promise<unknown> = Promise.resolve();
  /** The look at the facts that runs, and since when. */
  #look: {readonly given: AbortController; readonly sinceMs: number} | null = null;

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

  /** The same route, through the gate, for polls: no look at the facts holds one for longer than a poll may take. */
  tapRoute(route: KubeletRoute): KubeletRoute {
    return tappedRoute(route, async (path, options) => {
      const urge = this.#urge(options?.timeoutMs ?? usualMs);
      try {
        return await this.run(() => route.get(path, options), options?.signal);
      } finally {
        clearTimeout(urge);
      }
    });
  }

  /** The same for looks at the facts: one that hangs is given up for a poll. */
  tapLooks(route: KubeletRoute): KubeletRoute {
    return tappedRoute(route, (path, options) =>
      this.run(async () => {
        const given = new AbortController();
        const look = {given, sinceMs: performance.now()};
        this.#look = look;
        const signal = options?.signal === undefined ? given.signal : AbortSignal.any([options.signal, given.signal]);
        try {
          signal.throwIfAborted();
          return await untilAborted(route.get(path, {...options, signal}), signal);
        } finally {
          if (this.#look === look) this.#look = null;
        }
      }, options?.signal),
    );
  }

  /** Gives the running look up when it has had its time. */
  #urge(patienceMs: number): NodeJS.Timeout | undefined {
    const look = this.#look;
    if (look === null) return undefined;
    const giveUp = (): void => look.given.abort(new Error('gave way to a poll'));
    return setTimeout(giveUp, Math.max(0, look.sinceMs + patienceMs - performance.now()));
  }
}

async function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, {once: true});
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
