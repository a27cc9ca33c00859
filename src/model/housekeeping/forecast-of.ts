import type {NodeMs} from '../time.ts';
import type {BaseBelief} from './base-belief.ts';
import type {Forecast, IntervalState, Phase} from './forecast.ts';
import {NextTick, type Segment} from './next-tick.ts';
import type {PollMoment} from './poll-moment.ts';
import {cacheMs} from './rule.ts';
import type {TargetTrack} from './target-track.ts';
import {addWaitSegments, survival} from './wait.ts';

interface Moment {
  readonly track: TargetTrack;
  readonly belief: BaseBelief;
  readonly polled: PollMoment | null;
  readonly present: number;
  /** The tick is taken to come after this. */
  readonly now: number;
}

/**
 * The forecast of a target for one moment; `polled` is the newest poll, which may not have named the target. The tick
 * is taken to come after `given`, which is the present or later.
 */
export function forecastOf(
  track: TargetTrack,
  belief: BaseBelief,
  polled: PollMoment | null,
  now: NodeMs,
  given = now,
): Forecast {
  const segments: Segment[] = [];
  const {phase, states, overdueMs, ifEqualMs} = describe({track, belief, polled, present: now, now: given}, segments);
  return {
    target: track.target,
    phase,
    at: now,
    lastTickAt: track.lastTickAt,
    ageMs: Math.max(0, now - track.tickMs),
    worstAgeMs: Math.max(track.worstAgeMs, phase === 'gone' ? 0 : now - track.tickMs),
    states,
    next: new NextTick(segments, given),
    overdueMs,
    exact: phase === 'ticking' && track.exactNextMs !== null,
    idle: track.idle,
    evidence: track.evidence,
    fadedAt: track.fadedAt,
    ifEqualMs,
    figures: track.figures,
    waits: track.waits,
  };
}

interface Described {
  readonly phase: Phase;
  readonly states: readonly IntervalState[];
  readonly overdueMs: number;
  readonly ifEqualMs: number | null;
}

/** Fills `into` with the pieces of the next tick's distribution and says what kind of moment it is. */
function describe(moment: Moment, into: Segment[]): Described {
  const {track, belief, polled, present, now} = moment;
  const gone = polled !== null && track.polled.receivedMs < polled.receivedMs;
  if (track.state === 'starting') {
    // First ticks come some seconds after the process started, when the kubelet has found its containers.
    addWaitSegments(into, 1, now - 1, 2500, now, belief.lateness.meanMs);
    into.push({from: now, to: now + 2500, mass: 1});
    return {phase: gone ? 'gone' : 'starting', states: [], overdueMs: 0, ifEqualMs: null};
  }
  const exact = track.exactNextMs;
  if (exact !== null && now < exact + 1000) {
    // The line is written a moment after the sample, and the timer fires a moment late: 1 ms in all, 4 ms at most.
    const soon = Math.max(now, exact - 1);
    into.push({from: soon, to: soon + 4, mass: 0.9}, {from: soon + 4, to: soon + 60, mass: 0.1});
    const {list, ifEqualMs} = statesOf(moment, track.tickMs, []);
    return {phase: gone ? 'gone' : 'ticking', states: list, overdueMs: 0, ifEqualMs};
  }
  const from = track.state === 'runtime' ? track.runtimeSinceMs : track.tickMs;
  // A base that cAdvisor's cache does not outlive never gives it two samples.
  const never = belief.bestMs >= cacheMs;
  if (track.state === 'runtime' && (never || now > from + 2 * belief.bestMs + 5000)) {
    const gap = polled === null ? 1000 : Math.max(100, now - polled.receivedMs + 1000);
    into.push({from: now, to: now + gap, mass: 1});
    return {phase: gone ? 'gone' : 'runtime', states: [], overdueMs: 0, ifEqualMs: null};
  }
  const {list, latestMs, ifEqualMs} = statesOf(moment, from, into);
  if (gone) return {phase: 'gone', states: list, overdueMs: 0, ifEqualMs};
  if (track.state === 'runtime') return {phase: 'starting', states: list, overdueMs: 0, ifEqualMs};
  const overdueMs = Math.max(0, present - latestMs);
  return {phase: overdueMs > 0 ? 'overdue' : 'ticking', states: list, overdueMs, ifEqualMs};
}

/** A state that is less likely than this is left out of a forecast: a node has hundreds of them to make at each poll. */
const leastWeight = 3e-4;

/** The interval states given that the tick has not come, over all likely bases; and the end of the last window. */
function statesOf(
  {track, belief, now}: Moment,
  from: number,
  into: Segment[],
): {list: IntervalState[]; latestMs: number; ifEqualMs: number | null} {
  const {filter} = track;
  const lateMs = belief.lateness.meanMs;
  const elapsedMs = now - from;
  const list: {intervalMs: number; probability: number}[] = [];
  let total = 0;
  let latestMs = 0;
  let most = 0;
  let ifEqualMs: number | null = null;
  for (const base of belief.likely) {
    const first = filter.firstState(base);
    const end = filter.firstState(base + 1);
    // What the silence says of the base is in its weight: here it only tells the states of one base apart.
    let ofBase = 0;
    for (let s = first; s < end; s++) ofBase += filter.probability(s) * survival(elapsedMs, filter.interval(s), lateMs);
    if (!(ofBase > 0)) continue;
    const scale = belief.weight(base) / ofBase;
    for (let s = first; s < end; s++) {
      const intervalMs = filter.interval(s);
      const probability = filter.probability(s);
      const weight = scale * probability * survival(elapsedMs, intervalMs, lateMs);
      if (weight < leastWeight) continue;
      addWaitSegments(into, scale * probability, from, intervalMs, now, lateMs);
      total += weight;
      if (weight > most) {
        most = weight;
        ifEqualMs = filter.interval(s + 1 < end ? s + 1 : first);
      }
      const known = list.find((state) => state.intervalMs === intervalMs);
      if (known === undefined) list.push({intervalMs, probability: weight});
      else known.probability += weight;
      const isPlausible = belief.weight(base) * probability > 0.01;
      if (isPlausible) latestMs = Math.max(latestMs, from + 2 * intervalMs);
    }
  }
  for (const state of list) state.probability /= total;
  if (list.length > 1) list.sort((a, b) => b.probability - a.probability);
  return {list, latestMs, ifEqualMs};
}
