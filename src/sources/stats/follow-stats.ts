import type {Event} from '../../model/event.ts';
import {toFailure} from '../../model/failure.ts';
import {localMs, type LocalMs} from '../../model/time.ts';
import type {KubeletRoute} from '../../nodes/node.ts';
import {isAborted} from '../../util/is-aborted.ts';
import {sleep as plainSleep} from '../../util/sleep.ts';
import {Patience} from './patience.ts';
import {PollJoin} from './poll-join.ts';
import {StatsPoller, type WatchedStats} from './poller.ts';
import {backOffMs} from '../../util/back-off.ts';

/** When to poll: the forecast decides. */
export interface StatsPace extends WatchedStats {
  /** Milliseconds to wait from `now` until the next poll. */
  delayMs(now: LocalMs): number;
  /** Requests were made. */
  spent(requests: number, now: LocalMs): void;
}

export interface StatsOptions {
  readonly openRoute: (signal: AbortSignal) => Promise<KubeletRoute>;
  readonly pace: StatsPace;
  /** Between attempts while the kubelet does not answer. */
  readonly backOff?: {readonly firstMs: number; readonly longestMs: number};
  readonly random?: () => number;
  readonly now?: () => LocalMs;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** After so many failures in a row the route is closed and chosen anew. */
const failuresPerRoute = 3;
/** By so much a timer may be early by itself. */
const earlyMs = 20;

/**
 * Polls the kubelet's stats until the signal aborts: quickly when a watched tick is likely, hardly when none can come.
 * It reconnects by itself, with back-off and jitter, and says in what state it is.
 */
export async function* followStats(options: StatsOptions, signal: AbortSignal): AsyncGenerator<Event> {
  const {pace, random = Math.random} = options;
  const now = options.now ?? (() => localMs(Date.now()));
  const sleep = options.sleep ?? plainSleep;
  let open: {readonly route: KubeletRoute; readonly poller: StatsPoller} | null = null;
  // What is new is so over all routes.
  const join = new PollJoin();
  const patience = new Patience();
  let told: string | null = null;
  let failures = 0;
  let following = false;
  yield {type: 'stats-stream', state: {kind: 'connecting', since: now()}};
  try {
    while (!signal.aborted) {
      try {
        if (open === null) {
          const route = await options.openRoute(signal);
          open = {route, poller: new StatsPoller(route, pace, now, join, patience)};
        }
        const {poll, requests, isHalf} = await open.poller.poll(signal);
        pace.spent(requests, now());
        const {kind, label, warning} = open.route;
        yield {type: 'route', route: {kind, label, warning, latencyMs: open.poller.latencyMs}};
        if (!following || patience.warning !== told) {
          told = patience.warning;
          const slow = told === null ? {} : {warning: told};
          yield {type: 'stats-stream', state: {kind: 'following', since: now(), ...slow}};
        }
        following = true;
        failures = 0;
        yield {type: 'poll', poll};
        if (!isHalf) await sleep(pace.delayMs(now()), signal);
      } catch (error) {
        // What was called off has not failed.
        if (isAborted(signal)) return;
        failures += 1;
        following = false;
        const failure = toFailure(error, 'read the stats of the kubelet');
        yield {type: 'stats-stream', state: {kind: 'reconnecting', since: now(), attempt: failures, failure}};
        if (failures % failuresPerRoute === 0 && open !== null) {
          await open.route.close();
          open = null;
        }
        const waitMs = backOffMs(failures - 1, {...(options.backOff ?? backOff), random: random()});
        const until = now() + waitMs;
        await sleep(waitMs, signal);
        // An attempt that somebody has asked for early is no reason to wait longer, nor to take another way.
        if (now() < until - earlyMs) failures -= 1;
      }
    }
  } finally {
    await open?.route.close();
  }
}

/** A restarting kubelet is back within a second, and a dead one is not hammered. */
export const backOff = {firstMs: 200, longestMs: 10_000};
