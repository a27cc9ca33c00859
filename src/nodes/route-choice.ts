import {FailureError, toFailure, type Failure} from '../model/failure.ts';
import type {KubeletReply, KubeletRoute} from './node.ts';

/** One way that may lead to the kubelet. `open` finds everything out anew: address, certificate, credentials. */
export interface RouteCandidate {
  readonly kind: KubeletRoute['kind'];
  open(signal: AbortSignal): Promise<KubeletRoute>;
}

export interface ChoiceOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** How long a worse way is used before the better ones are tried again. */
  readonly retryBetterMs?: number;
}

/** Answers whether this caller may read stats at all, and costs the kubelet about as little as anything. */
const probePath = '/stats/summary?only_cpu_and_memory=true';
type GetOptions = Parameters<KubeletRoute['get']>[1];

/**
 * Opens the first candidate over which the kubelet answers and lets us in; the order of `candidates` is the order of
 * preference. While it runs it falls back to another when one fails, and returns to a better one later. Where all refuse
 * us (401, 403) the first of them is kept: its answer says which right is missing.
 */
export async function chooseRoute(
  candidates: readonly RouteCandidate[],
  signal: AbortSignal,
  options: ChoiceOptions = {},
): Promise<KubeletRoute> {
  const choice = new RouteChoice(candidates, signal, options);
  await choice.open();
  return choice;
}

class RouteChoice implements KubeletRoute {
  readonly #candidates: readonly RouteCandidate[];
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #retryBetterMs: number;
  #current: {readonly index: number; readonly route: KubeletRoute} | null = null;
  #last: KubeletRoute | null = null;
  #chosenAt = 0;
  #improving: Promise<void> | null = null;
  #closed = false;

  constructor(candidates: readonly RouteCandidate[], signal: AbortSignal, options: ChoiceOptions) {
    this.#candidates = candidates;
    this.#signal = signal;
    this.#now = options.now ?? (() => performance.now());
    this.#retryBetterMs = options.retryBetterMs ?? 30_000;
  }

  get kind() {
    return this.#shown.kind;
  }
  get label() {
    return this.#shown.label;
  }
  get warning() {
    return this.#shown.warning;
  }
  get #shown(): Pick<KubeletRoute, 'kind' | 'label' | 'warning'> {
    return this.#last ?? {kind: this.#candidates[0]?.kind ?? 'direct', label: 'not connected', warning: null};
  }

  async open(): Promise<void> {
    this.#use(await openFirst(this.#candidates, 0, this.#signal));
  }

  async get(path: string, options?: GetOptions): Promise<KubeletReply> {
    const before = this.#current;
    if (before === null) {
      await this.open();
    } else {
      try {
        const reply = await before.route.get(path, options);
        if (acceptable(reply)) {
          this.#improve(before.index);
          return reply;
        }
        // Refused: with other credentials another way may be open, but asking all of them at each poll would be rude.
        if (this.#now() - this.#chosenAt < this.#retryBetterMs) return reply;
      } catch (error) {
        if (options?.signal?.aborted || this.#signal.aborted || this.#closed) throw error;
      }
      // Only the one who saw it fail replaces it: two requests at once must not open two routes.
      if (this.#current === before) {
        this.#current = null;
        await before.route.close();
        await this.open();
      }
    }
    const now = this.#current;
    if (now === null) throw new FailureError({tried: `GET ${path}`, problem: 'the route was closed', next: null});
    return now.route.get(path, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#improving;
    await this.#current?.route.close();
    this.#current = null;
  }

  #use(chosen: {readonly index: number; readonly route: KubeletRoute}): void {
    const before = this.#current;
    this.#current = chosen;
    this.#last = chosen.route;
    this.#chosenAt = this.#now();
    if (before !== null) void before.route.close();
    if (this.#closed) void chosen.route.close();
  }

  /** Tries the better ways in the background, once in a while. */
  #improve(index: number): void {
    if (index === 0 || this.#improving !== null || this.#now() - this.#chosenAt < this.#retryBetterMs) return;
    this.#chosenAt = this.#now();
    this.#improving = openFirst(this.#candidates.slice(0, index), 0, this.#signal, true)
      .then(
        (better) => this.#use(better),
        () => undefined,
      )
      .finally(() => (this.#improving = null));
  }
}

function acceptable(reply: KubeletReply): boolean {
  return reply.status !== 401 && reply.status !== 403;
}

async function openFirst(
  candidates: readonly RouteCandidate[],
  from: number,
  signal: AbortSignal,
  onlyAllowed = false,
): Promise<{readonly index: number; readonly route: KubeletRoute}> {
  const failures: Failure[] = [];
  let denied: {readonly index: number; readonly route: KubeletRoute} | null = null;
  for (const [index, candidate] of candidates.entries()) {
    if (index < from) continue;
    try {
      const route = await candidate.open(signal);
      try {
        const reply = await route.get(probePath, {signal});
        // 5xx: the API server, or the kubelet behind it, cannot answer now.
        if (reply.status >= 500) {
          const problem = `${reply.status}: ${reply.body.trim().slice(0, 200)}`;
          throw new FailureError({tried: route.label, problem, next: null});
        }
        if (acceptable(reply)) {
          if (denied !== null) await denied.route.close();
          return {index, route};
        }
        if (denied === null && !onlyAllowed) denied = {index, route};
        else await route.close();
      } catch (error) {
        await route.close();
        throw error;
      }
    } catch (error) {
      failures.push(toFailure(error, `reach the kubelet (${candidate.kind})`));
      if (signal.aborted) break;
    }
  }
  if (denied !== null) return denied;
  throw new FailureError(combined(failures));
}

/** All that was tried, in one failure: the preferred way's own words first. */
function combined(failures: readonly Failure[]): Failure {
  const [first, ...others] = failures;
  if (first === undefined) return {tried: 'reach the kubelet', problem: 'no way leads there', next: 'ktop access'};
  if (others.length === 0) return first;
  const rest = others.map((failure) => `${failure.tried}: ${failure.problem}`).join('; ');
  const next = failures.find((failure) => failure.next !== null)?.next ?? null;
  return {tried: first.tried, problem: `${first.problem}. Also tried: ${rest}`, next};
}
