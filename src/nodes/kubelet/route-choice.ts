import {FailureError, toFailure, type Failure} from '../../model/failure.ts';
import {anonymous, type Credential} from '../kube/credential.ts';
import type {KubeletReply, KubeletRoute} from '../node.ts';
import {replyProblem} from '../kube/reply-problem.ts';

/** One way that may lead to the kubelet, with one credential. Both find everything out anew when they are asked. */
export interface RouteCandidate {
  readonly kind: KubeletRoute['kind'];
  /** The user named the credential: where the kubelet answers it, no other is tried, whatever rights it lacks. */
  readonly isGiven?: boolean;
  /** Null where this source of credentials has none: nothing to report. */
  credential(signal: AbortSignal): Promise<Credential | null>;
  open(credential: Credential, signal: AbortSignal): Promise<KubeletRoute>;
}

export interface ChoiceOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** How long a worse way is used before the better ones are tried again. */
  readonly retryBetterMs?: number;
}

/** Both must be allowed: values come from the first, the times of the ticks from the second. */
const probes = ['/stats/summary?only_cpu_and_memory=true', '/metrics/resource'] as const;
const longestRetryMs = 10 * 60_000;
/**
 * A kubelet that is restarted is away for a moment, and comes back on the same way: to look for another one takes
 * commands on the node, longer than that, and finds none.
 */
const awayMs = 3000;
type GetOptions = Parameters<KubeletRoute['get']>[1];

interface Chosen {
  readonly index: number;
  readonly route: KubeletRoute;
  /** How many of the probes were allowed. */
  readonly allowed: number;
}

/**
 * Opens the first candidate over which the kubelet answers and lets us in; the order of `candidates` is the order of
 * preference. While it runs it falls back to another when one fails, and returns to a better one later. Where none lets
 * us in (401, 403) the one with most rights is kept: its answers say what is missing. So do those of a credential that
 * the user gave.
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
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #retryBetterMs: number;
  /** Grows while nothing better is found: a right that is missing stays missing for long. */
  #retryMs: number;
  #current: Chosen | null = null;
  #shown: Pick<KubeletRoute, 'kind' | 'label' | 'warning'>;
  #triedAt = 0;
  #answeredAt = 0;
  #opening: Promise<void> | null = null;
  #improving: Promise<void> | null = null;

  constructor(candidates: readonly RouteCandidate[], signal: AbortSignal, options: ChoiceOptions) {
    this.#candidates = candidates;
    this.#signal = AbortSignal.any([signal, this.#ended.signal]);
    this.#now = options.now ?? (() => performance.now());
    this.#retryBetterMs = options.retryBetterMs ?? 30_000;
    this.#retryMs = this.#retryBetterMs;
    this.#shown = {kind: candidates[0]?.kind ?? 'direct', label: 'not connected', warning: null};
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

  /** Two requests that fail at once open one new route between them. */
  open(): Promise<void> {
    this.#opening ??= openBest(this.#candidates, this.#signal)
      .then((chosen) => this.#use(chosen))
      .finally(() => (this.#opening = null));
    return this.#opening;
  }

  async get(path: string, options?: GetOptions): Promise<KubeletReply> {
    const before = this.#current;
    if (before !== null) {
      try {
        const reply = await before.route.get(path, options);
        if (answered(before.route, reply)) {
          this.#answeredAt = this.#now();
          this.#improve(before);
          return reply;
        }
      } catch (error) {
        if (options?.signal?.aborted || this.#signal.aborted) throw error;
        // Often only the connection is gone that was open since the last request.
        if (this.#isAway(error)) return before.route.get(path, options);
      }
      if (this.#current === before) {
        this.#current = null;
        await before.route.close();
      }
    }
    if (this.#current === null) await this.open();
    const {route} = this.#current ?? {route: null};
    if (route === null) throw new FailureError({tried: `GET ${path}`, problem: 'the route was closed', next: null});
    return route.get(path, options);
  }

  /** Over the way that is open now: what changes something is not tried a second time over another one. */
  async put(path: string, body: string, options?: GetOptions): Promise<KubeletReply> {
    if (this.#current === null) await this.open();
    const reply = await this.#current?.route.put?.(path, body, options);
    if (reply !== undefined) return reply;
    throw new FailureError({tried: `PUT ${path}`, problem: 'this way to the kubelet only reads', next: null});
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.allSettled([this.#improving, this.#opening]);
    await this.#current?.route.close();
    this.#current = null;
  }

  #isAway(error: unknown): boolean {
    const isUnreachable = toFailure(error, '').code === 'unreachable';
    return isUnreachable && this.#now() - this.#answeredAt < awayMs;
  }

  #use(chosen: Chosen): void {
    const before = this.#current;
    this.#current = chosen;
    const {kind, label, warning} = chosen.route;
    this.#shown = {kind, label, warning};
    this.#triedAt = this.#now();
    this.#answeredAt = this.#triedAt;
    this.#retryMs = this.#retryBetterMs;
    if (before !== null) void before.route.close();
  }

  /** Once in a while tries what would be better, beside the requests. */
  #improve(current: Chosen): void {
    const lacking = current.allowed < probes.length;
    if ((current.index === 0 && !lacking) || this.#improving !== null) return;
    if (this.#now() - this.#triedAt < this.#retryMs) return;
    this.#triedAt = this.#now();
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
    const better = lacking ? this.#candidates : this.#candidates.slice(0, current.index);
    this.#improving = openBest(better, this.#signal)
      .then(
        async (chosen) => {
          const wins = chosen.allowed > current.allowed || (chosen.allowed === current.allowed && !lacking);
          if (wins && this.#current === current) this.#use(chosen);
          else await chosen.route.close();
        },
        () => undefined,
      )
      .finally(() => (this.#improving = null));
  }
}

/** False where the API server answers for a kubelet that it cannot reach. A plain 500 is the kubelet's own word. */
function answered(route: KubeletRoute, reply: KubeletReply): boolean {
  const isKubelets = reply.status === 500 && !/"kind":\s*"Status"|error trying to reach service/.test(reply.body);
  return route.kind !== 'apiserver' || reply.status < 500 || isKubelets;
}

/** The first candidate with all rights, or else the one with most of them. */
async function openBest(candidates: readonly RouteCandidate[], signal: AbortSignal): Promise<Chosen> {
  const failures: Failure[] = [];
  const unreachable = new Set<KubeletRoute['kind']>();
  let best: Chosen | null = null;
  for (const [index, candidate] of candidates.entries()) {
    // Where nobody answered another credential changes nothing.
    if (unreachable.has(candidate.kind)) continue;
    if (signal.aborted) break;
    const tried = `reach the kubelet (${candidate.kind})`;
    let credential: Credential | null;
    try {
      credential = await candidate.credential(signal);
    } catch (error) {
      failures.push(toFailure(error, tried));
      continue;
    }
    if (credential === null) continue;
    try {
      const route = await candidate.open(credential, signal);
      const allowed = await countAllowed(route, signal);
      const chosen = {index, route, allowed};
      // That nobody in particular is refused is no news, and would hide why there is no credential.
      const nobody = credential === anonymous && allowed === 0;
      if (nobody || (best !== null && best.allowed >= allowed)) {
        await route.close();
        continue;
      }
      await best?.route.close();
      best = chosen;
      if (allowed === probes.length || candidate.isGiven) return best;
    } catch (error) {
      unreachable.add(candidate.kind);
      failures.push(toFailure(error, tried));
    }
  }
  if (best !== null) return best;
  throw new FailureError(combined(failures));
}

/** Closes the route where it fails. */
async function countAllowed(route: KubeletRoute, signal: AbortSignal): Promise<number> {
  try {
    let allowed = 0;
    for (const path of probes) {
      const reply = await route.get(path, {signal, timeoutMs: 20_000});
      if (!answered(route, reply)) {
        throw new FailureError({tried: `GET ${path} (${route.label})`, problem: replyProblem(reply), next: null});
      }
      if (reply.status !== 401 && reply.status !== 403) allowed += 1;
    }
    return allowed;
  } catch (error) {
    await route.close();
    throw error;
  }
}

/** All that was tried, in one failure: the preferred way's own words first. */
function combined(failures: readonly Failure[]): Failure {
  const unique = failures.filter(
    (failure, index) => failures.findIndex((other) => other.problem === failure.problem) === index,
  );
  const [first, ...others] = unique;
  if (first === undefined) {
    const problem = 'it wants a token or a certificate, and there is neither a token nor a kubeconfig of its cluster';
    return {tried: 'reach the kubelet', problem, next: 'ktop --token-file FILE …'};
  }
  if (others.length === 0) return first;
  const rest = others.map((failure) => `${failure.tried}: ${failure.problem}`).join('; ');
  const next = unique.find((failure) => failure.next !== null)?.next ?? null;
  return {
    ...(first.code && {code: first.code}),
    tried: first.tried,
    problem: `${first.problem}. Also tried: ${rest}`,
    next,
  };
}
