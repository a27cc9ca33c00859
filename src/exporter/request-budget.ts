import type {KubeletReply, KubeletRoute} from '../nodes/node.ts';
import {tappedRoute} from '../nodes/kubelet/tapped-route.ts';
import {sleep} from '../util/sleep.ts';

/** Requests of all nodes together: so many a second, evenly, and so many at once. */
export class RequestBudget {
  readonly #gapMs: number;
  #free: number;
  #nextMs = Number.NEGATIVE_INFINITY;
  readonly #waiting: (() => void)[] = [];

  /** `qps`: requests a second at most; `atOnce`: how many may be under way. */
  constructor(qps: number, atOnce: number) {
    this.#gapMs = 1000 / qps;
    this.#free = atOnce;
  }

  /** Runs a request when its turn comes. Rejects when the signal aborts before that. */
  async run<T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> {
    await this.#turn(signal ?? never);
    await this.#place();
    try {
      signal?.throwIfAborted();
      return await request();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#nextMs);
    this.#nextMs = at + this.#gapMs;
    if (at > now) await sleep(at - now, signal);
    signal.throwIfAborted();
  }

  #place(): Promise<void> | void {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
  }
}

const never = new AbortController().signal;

/** The same route, whose requests wait for their turn. `asked` is told of each request, `answered` of each answer. */
export function limitedRoute(
  route: KubeletRoute,
  budget: RequestBudget,
  asked: () => void,
  answered: (reply: KubeletReply) => void,
): KubeletRoute {
  return tappedRoute(route, (path, options) =>
    budget.run(options?.signal, async () => {
      asked();
      const reply = await route.get(path, options);
      answered(reply);
      return reply;
    }),
  );
}
