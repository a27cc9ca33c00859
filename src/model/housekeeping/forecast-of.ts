import type {NodeMs} from '../time.ts';
import type {BaseBelief} from './base-belief.ts';
import type {Forecast, IntervalState, Phase} from './forecast.ts';
import {NextTick, type Segment} from './next-tick.ts';
import type {PollMoment} from './poll-moment.ts';
import type {TargetTrack} from './target-track.ts';
import {addWaitSegments, survival} from './wait.ts';

interface Moment {
  readonly track: TargetTrack;
  readonly belief: BaseBelief;
  readonly polled: PollMoment | null;
  readonly now: number;
}

/** The forecast of a target for one moment; `polled` is the newest poll, which may not have named the target. */
export function forecastOf(track: TargetTrack, belief: BaseBelief, polled: PollMoment | null, now: NodeMs): Forecast {
  const segments: Segment[] = [];
  const {phase, states, overdueMs} = describe({track, belief, polled, now}, segments);
  return {
    target: track.target,
    phase,
    at: now,
    lastTickAt: track.lastTickAt,
    ageMs: Math.max(0, now - track.tickMs),
    worstAgeMs: Math.max(track.worstAgeMs, phase === 'gone' ? 0 : now - track.tickMs),
    states,
    next: new NextTick(segments, now),
    overdueMs,
    exact: phase === 'ticking' && track.exactNextMs !== null,
    idle: track.idle,
    waits: track.waits,
  };
}

/** Fills `into` with the pieces of the next tick's distribution and says what kind of moment it is. */
function describe(moment: Moment, into: Segment[]): {phase: Phase; states: IntervalState[]; overdueMs: number} {
  const {track, belief, polled, now} = moment;
  const gone = polled !== null && track.polled.receivedMs < polled.receivedMs;
  if (track.state === 'starting') {
    // First ticks come some seconds after the process started, when the kubelet has found its containers.
    addWaitSegments(into, 1, now - 1, 2500, now);
    into.push({from: now, to: now + 2500, mass: 1});
    return {phase: gone ? 'gone' : 'starting', states: [], overdueMs: 0};
  }
  const exact = track.exactNextMs;
  if (exact !== null && now < exact + 1000) {
    // The line is written a moment after the sample, and the timer fires a moment late: 1 ms in all, 4 ms at most.
    const soon = Math.max(now, exact - 1);
    into.push({from: soon, to: soon + 4, mass: 0.9}, {from: soon + 4, to: soon + 60, mass: 0.1});
    return {phase: gone ? 'gone' : 'ticking', states: statesOf(moment, track.tickMs, []).list, overdueMs: 0};
  }
  const from = track.state === 'runtime' ? track.runtimeSinceMs : track.tickMs;
  if (track.state === 'runtime' && now > from + 2 * belief.bestMs + 5000) {
    const gap = polled === null ? 1000 : Math.max(100, now - polled.receivedMs + 1000);
    into.push({from: now, to: now + gap, mass: 1});
    return {phase: gone ? 'gone' : 'runtime', states: [], overdueMs: 0};
  }
  const {list, latestMs} = statesOf(moment, from, into);
  if (gone) return {phase: 'gone', states: list, overdueMs: 0};
  if (track.state === 'runtime') return {phase: 'starting', states: list, overdueMs: 0};
  return {phase: now > latestMs ? 'overdue' : 'ticking', states: list, overdueMs: Math.max(0, now - latestMs)};
}

/** The interval states given that the tick has not come, over all likely bases; and the end of the last window. */
function statesOf(
  {track, belief, now}: Moment,
  from: number,
  into: Segment[],
): {list: IntervalState[]; latestMs: number} {
  const byInterval = new Map<number, number>();
  let total = 0;
  let latestMs = 0;
  for (const base of belief.likely) {
    // What the silence says of the base is in its weight: here it only tells the states of one base apart.
    const states = track.filter.states(base).map(({intervalMs, probability}) => ({
      intervalMs,
      probability,
      alive: probability * survival(now - from, intervalMs),
    }));
    const ofBase = states.reduce((sum, {alive}) => sum + alive, 0);
    if (!(ofBase > 0)) continue;
    const scale = belief.weight(base) / ofBase;
    for (const {intervalMs, probability, alive} of states) {
      const weight = scale * alive;
      if (weight < 1e-5) continue;
      addWaitSegments(into, scale * probability, from, intervalMs, now);
      total += weight;
      byInterval.set(intervalMs, (byInterval.get(intervalMs) ?? 0) + weight);
      const isPlausible = belief.weight(base) * probability > 0.01;
      if (isPlausible) latestMs = Math.max(latestMs, from + 2 * intervalMs);
    }
  }
  const list = [...byInterval].map(([intervalMs, alive]) => ({
    intervalMs,
    probability: total > 0 ? alive / total : 0,
  }));
  list.sort((a, b) => b.probability - a.probability);
  return {list, latestMs};
}
