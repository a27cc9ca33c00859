import type {NodeMs} from '../time.ts';
import type {BaseBelief} from './base-belief.ts';
import type {Forecast, IntervalState, KeptForecast, Phase} from './forecast.ts';
import {addPiece, NextTick, type Pieces} from './next-tick.ts';
import type {PollMoment} from './poll-moment.ts';
import {cacheMs} from './rule.ts';
import type {TargetTrack} from './target-track.ts';
import {addWaitPieces, survival} from './wait.ts';

interface Moment {
  readonly track: TargetTrack;
  readonly belief: BaseBelief;
  readonly polled: PollMoment | null;
  /** The newest poll did not name it. */
  readonly isGone: boolean;
  readonly present: number;
  /** The tick is taken to come after this. */
  readonly now: number;
}

/**
 * Makes forecasts. Most of a node's targets wait for their window to open, and then the same is true of them at each
 * poll: it is kept.
 */
export class Forecaster {
  readonly #belief: BaseBelief;

  constructor(belief: BaseBelief) {
    this.#belief = belief;
  }

  /**
   * The forecast of a target for one moment; `polled` is the newest poll, which may not have named the target. The tick
   * is taken to come after `given`, which is the present or later.
   */
  forecast(track: TargetTrack, polled: PollMoment | null, now: NodeMs, given = now): Forecast {
    const {kept} = track;
    const isGone = polled !== null && track.polled.receivedMs < polled.receivedMs;
    if (kept !== null && given < kept.untilMs && this.#stillHolds(kept, track)) {
      return forecastAt(track, kept, isGone ? 'gone' : 'ticking', 0, now);
    }
    const pieces: Pieces = [];
    const moment = {track, belief: this.#belief, polled, isGone, present: now, now: given};
    const described = describe(moment, pieces);
    const made = {...described, next: new NextTick(pieces, given), idle: track.idle};
    if (given < described.untilMs) {
      const {states, ifEqualMs, untilMs} = described;
      const {next, idle} = made;
      const versions = {trackVersion: track.version, beliefVersion: this.#belief.version};
      track.kept = {...versions, untilMs, states, ifEqualMs, next, idle};
    }
    return forecastAt(track, made, described.phase, described.overdueMs, now);
  }

  #stillHolds({trackVersion, beliefVersion}: KeptForecast, track: TargetTrack): boolean {
    return trackVersion === track.version && beliefVersion === this.#belief.version;
  }
}

type Made = Pick<Forecast, 'states' | 'next' | 'ifEqualMs' | 'idle'>;

function forecastAt(track: TargetTrack, made: Made, phase: Phase, overdueMs: number, now: NodeMs): Forecast {
  const {states, next, ifEqualMs, idle} = made;
  return {
    target: track.target,
    phase,
    at: now,
    lastTickAt: track.lastTickAt,
    ageMs: Math.max(0, now - track.tickMs),
    worstAgeMs: Math.max(track.worstAgeMs, phase === 'gone' ? 0 : now - track.tickMs),
    states,
    next,
    overdueMs,
    exact: phase === 'ticking' && track.exactNextMs !== null,
    idle,
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
  /** Until when all of this stays as it is; in the past where it does not. */
  readonly untilMs: number;
}

const never = Number.NEGATIVE_INFINITY;

/** Fills `into` with the pieces of the next tick's distribution and says what kind of moment it is. */
function describe(moment: Moment, into: Pieces): Described {
  const {track, belief, polled, isGone: gone, present, now} = moment;
  if (track.state === 'starting') {
    // First ticks come some seconds after the process started, when the kubelet has found its containers.
    addWaitPieces(into, 1, now - 1, 2500, now, belief.lateness.meanMs);
    addPiece(into, now, now + 2500, 1);
    return {phase: gone ? 'gone' : 'starting', states: [], overdueMs: 0, ifEqualMs: null, untilMs: never};
  }
  const exact = track.exactNextMs;
  if (exact !== null && now < exact + 1000) {
    // The line is written a moment after the sample, and the timer fires a moment late: 1 ms in all, 4 ms at most.
    const soon = Math.max(now, exact - 1);
    addPiece(into, soon, soon + 4, 0.9);
    addPiece(into, soon + 4, soon + 60, 0.1);
    const {list, ifEqualMs} = statesOf(moment, track.tickMs, []);
    return {phase: gone ? 'gone' : 'ticking', states: list, overdueMs: 0, ifEqualMs, untilMs: never};
  }
  const from = track.state === 'runtime' ? track.runtimeSinceMs : track.tickMs;
  // A base that cAdvisor's cache does not outlive never gives it two samples.
  const isBeyondCache = belief.bestMs >= cacheMs;
  if (track.state === 'runtime' && (isBeyondCache || now > from + 2 * belief.bestMs + 5000)) {
    const gap = polled === null ? 1000 : Math.max(100, now - polled.receivedMs + 1000);
    addPiece(into, now, now + gap, 1);
    return {phase: gone ? 'gone' : 'runtime', states: [], overdueMs: 0, ifEqualMs: null, untilMs: never};
  }
  const {list: states, opensMs, latestMs, ifEqualMs} = statesOf(moment, from, into);
  const untilMs = track.state === 'ticking' ? opensMs : never;
  if (gone) return {phase: 'gone', states, overdueMs: 0, ifEqualMs, untilMs};
  if (track.state === 'runtime') return {phase: 'starting', states, overdueMs: 0, ifEqualMs, untilMs};
  const overdueMs = Math.max(0, present - latestMs);
  return {phase: overdueMs > 0 ? 'overdue' : 'ticking', states, overdueMs, ifEqualMs, untilMs};
}

/** A state that is less likely than this is left out of a forecast: a node has hundreds of them to make at each poll. */
const leastWeight = 3e-4;
/** How likely each state of one base is to have been silent so far: so many doublings no base has. */
const silence = new Float64Array(64);

/**
 * The interval states given that the tick has not come, over all likely bases; when the first window opens, and when the
 * last one closes.
 */
function statesOf(
  {track, belief, now}: Moment,
  from: number,
  into: Pieces,
): {list: IntervalState[]; opensMs: number; latestMs: number; ifEqualMs: number | null} {
  const {filter} = track;
  const lateMs = belief.lateness.meanMs;
  const elapsedMs = now - from;
  const list: {intervalMs: number; probability: number}[] = [];
  let total = 0;
  let opensMs = Infinity;
  let latestMs = 0;
  let most = 0;
  let ifEqualMs: number | null = null;
  for (const base of belief.likely) {
    const first = filter.firstState(base);
    const end = filter.firstState(base + 1);
    // What the silence says of the base is in its weight: here it only tells the states of one base apart.
    let ofBase = 0;
    for (let s = first; s < end; s++) {
      const silent = filter.probability(s) * survival(elapsedMs, filter.interval(s), lateMs);
      silence[s - first] = silent;
      ofBase += silent;
    }
    if (!(ofBase > 0)) continue;
    const scale = belief.weight(base) / ofBase;
    for (let s = first; s < end; s++) {
      const weight = scale * (silence[s - first] ?? 0);
      if (weight < leastWeight) continue;
      const intervalMs = filter.interval(s);
      const probability = filter.probability(s);
      addWaitPieces(into, scale * probability, from, intervalMs, now, lateMs);
      total += weight;
      if (weight > most) {
        most = weight;
        ifEqualMs = filter.interval(s + 1 < end ? s + 1 : first);
      }
      addState(list, intervalMs, weight);
      opensMs = Math.min(opensMs, from + intervalMs);
      const isPlausible = belief.weight(base) * probability > 0.01;
      if (isPlausible) latestMs = Math.max(latestMs, from + 2 * intervalMs);
    }
  }
  for (const state of list) state.probability /= total;
  if (list.length > 1) list.sort((a, b) => b.probability - a.probability);
  return {list, opensMs, latestMs, ifEqualMs};
}

function addState(list: {intervalMs: number; probability: number}[], intervalMs: number, weight: number): void {
  for (const state of list) {
    if (state.intervalMs !== intervalMs) continue;
    state.probability += weight;
    return;
  }
  list.push({intervalMs, probability: weight});
}
