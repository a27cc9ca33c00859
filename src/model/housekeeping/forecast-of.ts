import type {NodeMs} from '../time.ts';
import type {BaseBelief} from './base-belief.ts';
import type {Forecast, IntervalState, KeptForecast, KeptWindow, Phase} from './forecast.ts';
import {NextTick, Pieces} from './next-tick.ts';
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
 * Makes forecasts. What is true of a target at one poll is mostly true of it at the next: until its window opens
 * nothing changes, and then what is left of it is cut off at the present.
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
    const kept = this.kept(track, given);
    const isGone = polled !== null && track.polled.receivedMs < polled.receivedMs;
    if (kept !== null) return forecastAt(track, madeAt(kept, given), isGone ? 'gone' : 'ticking', 0, now);
    const made = this.make(track, polled, now, given);
    return forecastAt(track, made, made.phase, made.overdueMs, now);
  }

  /** Another number as soon as more is known of the node than of its targets. */
  get version(): number {
    return this.#belief.version;
  }

  /** What is kept of a target and holds for a tick after `given`; null where it must be made anew. */
  kept({kept, version}: TargetTrack, given: number): KeptForecast | null {
    if (kept?.trackVersion !== version || kept.beliefVersion !== this.#belief.version) return null;
    return given >= kept.sinceMs && given < kept.untilMs ? kept : null;
  }

  /** Makes the part of a forecast that takes the work, and keeps of it what holds for longer than one moment. */
  make(track: TargetTrack, polled: PollMoment | null, now: NodeMs, given = now): MadeAnew {
    const isGone = polled !== null && track.polled.receivedMs < polled.receivedMs;
    const moment = {track, belief: this.#belief, polled, isGone, present: now, now: given};
    const {states, ifEqualMs, overdueMs, phase, cutMs, sinceMs, untilMs, window} = describe(moment, pieces);
    const {idle} = track;
    const next = new NextTick(pieces.take(), cutMs);
    if (window !== null) next.keep();
    if (given < untilMs) {
      const versions = {trackVersion: track.version, beliefVersion: this.#belief.version};
      track.kept = {...versions, sinceMs, untilMs, window, states, ifEqualMs, next, idle};
    }
    return {states, ifEqualMs, next: cutMs < given ? next.given(given) : next, idle, phase, overdueMs};
  }
}

type Made = Pick<Forecast, 'states' | 'next' | 'ifEqualMs' | 'idle'>;
type MadeAnew = Made & Pick<Forecast, 'phase' | 'overdueMs'>;

/** What was kept, given that the tick has not come by `now`. */
function madeAt(kept: KeptForecast, now: number): Made {
  const {window, next, idle} = kept;
  if (window === null || now <= window.opensMs) return kept;
  const states: {intervalMs: number; probability: number}[] = [];
  let total = 0;
  let most = 0;
  let ifEqualMs: number | null = null;
  for (const {intervalMs, probability, ifEqualMs: then} of window.states) {
    const silent = probability * survival(now - window.fromMs, intervalMs, window.lateMs);
    total += silent;
    states.push({intervalMs, probability: silent});
    if (silent <= most) continue;
    most = silent;
    ifEqualMs = then;
  }
  return {states: normalised(states, total), ifEqualMs, next: next.given(now), idle};
}

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
  /** The pieces are those of a tick that comes after this. */
  readonly cutMs: number;
  /** From when until when all of this stays as it is, but for what `window` changes; never where it does not. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly window: KeptWindow | null;
}

const never = Number.NEGATIVE_INFINITY;

/** Fills `into` with the pieces of the next tick's distribution and says what kind of moment it is. */
function describe(moment: Moment, into: Pieces): Described {
  const {track, belief, polled, isGone: gone, present, now} = moment;
  const fleeting = {states: [], overdueMs: 0, ifEqualMs: null, cutMs: now, sinceMs: now, untilMs: never, window: null};
  if (track.state === 'starting') {
    // First ticks come some seconds after the process started, when the kubelet has found its containers.
    addWaitPieces(into, 1, now - 1, 2500, now, belief.lateness.meanMs);
    into.add(now, now + 2500, 1);
    return {...fleeting, phase: gone ? 'gone' : 'starting'};
  }
  const exact = track.exactNextMs;
  if (exact !== null && now < exact + 1000) {
    // The line is written a moment after the sample, and the timer fires a moment late: 1 ms in all, 4 ms at most.
    const soon = Math.max(now, exact - 1);
    into.add(soon, soon + 4, 0.9);
    into.add(soon + 4, soon + 60, 0.1);
    const {states, ifEqualMs} = statesOf(moment, track.tickMs, new Pieces());
    return {...fleeting, phase: gone ? 'gone' : 'ticking', states, ifEqualMs};
  }
  const from = track.state === 'runtime' ? track.runtimeSinceMs : track.tickMs;
  // A base that cAdvisor's cache does not outlive never gives it two samples.
  const isBeyondCache = belief.bestMs >= cacheMs;
  if (track.state === 'runtime' && (isBeyondCache || now > from + 2 * belief.bestMs + 5000)) {
    const gap = polled === null ? 1000 : Math.max(100, now - polled.receivedMs + 1000);
    into.add(now, now + gap, 1);
    return {...fleeting, phase: gone ? 'gone' : 'runtime'};
  }
  const {latestMs, ...made} = statesOf(moment, from, into);
  if (track.state === 'runtime') return {...made, phase: gone ? 'gone' : 'starting', overdueMs: 0, untilMs: never};
  if (gone) return {...made, phase: 'gone', overdueMs: 0};
  const overdueMs = Math.max(0, present - latestMs);
  return {...made, phase: overdueMs > 0 ? 'overdue' : 'ticking', overdueMs};
}

/** Room for those of one distribution at a time. */
const pieces = new Pieces();

/** A state that is less likely than this is left out of a forecast: a node has hundreds of them to make at each poll. */
const leastWeight = 3e-4;
/** How likely each state of one base is to have been silent so far: so many doublings no base has. */
const silence = new Float64Array(64);

/**
 * The interval states given that the tick has not come, over all likely bases; when the last window closes, and for how
 * long that holds. Where one base alone is likely the pieces are left whole as long as no window has closed: cut off at
 * a later moment they are those of that moment. Several bases share the weight whatever the silence says.
 */
function statesOf(
  {track, belief, now}: Moment,
  from: number,
  into: Pieces,
): Omit<Described, 'phase' | 'overdueMs'> & {latestMs: number} {
  const {filter} = track;
  const lateMs = belief.lateness.meanMs;
  const elapsedMs = now - from;
  const list: {intervalMs: number; probability: number}[] = [];
  const parts: KeptWindow['states'][number][] = [];
  let total = 0;
  let opensMs = Infinity;
  let closesMs = Infinity;
  let latestMs = 0;
  let most = 0;
  let ifEqualMs: number | null = null;
  const isOneBase = belief.likely.length === 1;
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
    const ofWeight = belief.weight(base);
    const scale = ofWeight / ofBase;
    if (isOneBase) {
      for (let s = first; s < end; s++) {
        if (scale * (silence[s - first] ?? 0) >= leastWeight)
          closesMs = Math.min(closesMs, from + 2 * filter.interval(s));
      }
    }
    const cutMs = isOneBase && now < closesMs ? from : now;
    for (let s = first; s < end; s++) {
      const weight = scale * (silence[s - first] ?? 0);
      if (weight < leastWeight) continue;
      const intervalMs = filter.interval(s);
      const probability = filter.probability(s);
      const then = filter.interval(s + 1 < end ? s + 1 : first);
      addWaitPieces(into, scale * probability, from, intervalMs, cutMs, lateMs);
      total += weight;
      if (weight > most) {
        most = weight;
        ifEqualMs = then;
      }
      if (isOneBase) {
        // Of one base each state has an interval of its own.
        list.push({intervalMs, probability: weight});
        parts.push({intervalMs, probability, ifEqualMs: then});
      } else addState(list, intervalMs, weight);
      opensMs = Math.min(opensMs, from + intervalMs);
      if (ofWeight * probability > 0.01) latestMs = Math.max(latestMs, from + 2 * intervalMs);
    }
  }
  const states = normalised(list, total);
  const isWhole = isOneBase && now < closesMs;
  const window = isWhole ? {opensMs, fromMs: from, lateMs, states: parts} : null;
  return {
    states,
    ifEqualMs,
    latestMs,
    cutMs: isWhole ? from : now,
    sinceMs: now <= opensMs ? never : now,
    untilMs: isWhole ? closesMs : opensMs,
    window,
  };
}

/** The likeliest first. */
function normalised(states: {intervalMs: number; probability: number}[], total: number): readonly IntervalState[] {
  for (const state of states) state.probability /= total;
  if (states.length > 1) states.sort((a, b) => b.probability - a.probability);
  return states;
}

function addState(list: {intervalMs: number; probability: number}[], intervalMs: number, weight: number): void {
  for (const state of list) {
    if (state.intervalMs !== intervalMs) continue;
    state.probability += weight;
    return;
  }
  list.push({intervalMs, probability: weight});
}
