import type {Event, PodsAnswer} from '../../model/event.ts';
import {toFailure, type Failure} from '../../model/failure.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import type {KubeletReply, KubeletRoute, Node} from '../../nodes/node.ts';
import {replyProblem} from '../../nodes/kube/reply-problem.ts';
import {isAborted} from '../../util/is-aborted.ts';
import {sleep} from '../../util/sleep.ts';
import {parsePodList} from './pod-list.ts';

/** One way to ask for the pods of the node. */
export interface PodLookup {
  /** For messages: `GET /api/v1/pods of the API server`. */
  readonly tried: string;
  /** Asks once; null where there is nobody to ask. Rejects where no answer came. */
  get(signal: AbortSignal): Promise<KubeletReply | null>;
}

/**
 * The ways that a node has: its cluster's API server, else the kubelet itself (which wants `nodes/proxy`). `openRoute`
 * is asked at each look.
 */
export function podLookups(
  askApi: Node['askApi'],
  openRoute: (signal: AbortSignal) => Promise<KubeletRoute>,
): readonly PodLookup[] {
  const kubelet: PodLookup = {
    tried: 'GET /pods of the kubelet',
    get: async (signal) => {
      const route = await openRoute(signal);
      try {
        return await route.get('/pods', {signal});
      } finally {
        await route.close();
      }
    },
  };
  if (askApi === undefined) return [kubelet];
  return [{tried: 'list pods of the API server', get: (signal) => askApi(podsPath, signal)}, kubelet];
}

/** The path of the API server that lists the pods of one node, from its cache: a question without much cost. */
export function podsPath(node: string): string {
  return `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}&resourceVersion=0`;
}

export interface PodsOptions {
  /** In the order in which they are tried. */
  readonly lookups: readonly PodLookup[];
  readonly everyMs: number;
  readonly now?: () => LocalMs;
}

/** Rights do not come back in a minute: who was refused, or did not answer, is asked again after this long. */
const refusedMs = 10 * 60_000;

/**
 * Tells labels, requests and limits of the pods again and again. Not being allowed to is no error but a state: it is
 * said once, and again only when it changed.
 */
export async function* watchPods(options: PodsOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const now = options.now ?? (() => localMs(Date.now()));
  let before = '';
  const fruitless = new Map<PodLookup, number>();
  while (!signal.aborted) {
    // To find out that nobody answers may take programs and connections: not at each look, while somebody else does.
    const promising = options.lookups.filter((lookup) => !(performance.now() < (fruitless.get(lookup) ?? 0)));
    const {answer, refused} = await ask(promising, signal, (lookup) => {
      fruitless.set(lookup, performance.now() + refusedMs);
    });
    if (answer.kind === 'unknown') fruitless.clear();
    if (isAborted(signal)) return;
    const output = JSON.stringify(answer.kind === 'pods' ? answer.pods : answer.failure);
    if (output !== before) yield {type: 'pods', at: now(), answer};
    before = output;
    await sleep(refused ? Math.max(refusedMs, options.everyMs) : options.everyMs, signal);
  }
}

async function ask(
  lookups: readonly PodLookup[],
  signal: AbortSignal,
  isFruitless: (lookup: PodLookup) => void,
): Promise<{readonly answer: PodsAnswer; readonly refused: boolean}> {
  let failure: Failure = {tried: 'ask for labels and limits', problem: 'there is no way to ask for pods', next: null};
  let refused = true;
  for (const lookup of lookups) {
    try {
      const reply = await lookup.get(signal);
      if (reply === null) {
        isFruitless(lookup);
        continue;
      }
      const pods = reply.status === 200 ? parsePodList(reply.body) : null;
      if (pods !== null) return {answer: {kind: 'pods', pods}, refused: false};
      failure = failureOf(reply, lookup.tried);
      const isRefused = reply.status === 401 || reply.status === 403 || reply.status === 404;
      if (isRefused) isFruitless(lookup);
      refused &&= isRefused;
    } catch (error) {
      failure = toFailure(error, lookup.tried);
      isFruitless(lookup);
      refused = false;
    }
  }
  return {answer: {kind: 'unknown', failure}, refused};
}

function failureOf(reply: KubeletReply, tried: string): Failure {
  if (reply.denied) return reply.denied;
  const problem = reply.status === 200 ? 'the answer is no list of pods' : replyProblem(reply);
  return {tried, problem, next: null};
}
