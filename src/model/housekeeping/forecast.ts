import type {Target} from '../target.ts';
import type {NodeMs} from '../time.ts';
import type {Evidence} from './evidence.ts';
import type {NextTick} from './next-tick.ts';

/**
 * Where a target stands.
 * - `ticking`: a tick was seen, the next one is in its window or will be.
 * - `overdue`: past the last window that any state allows (a busy node).
 * - `starting`: the kubelet or the container has just started; its first own tick was not seen yet.
 * - `runtime`: values come from the container runtime at each request: there is no tick to count down to.
 * - `gone`: the newest answer does not name it any more.
 */
export type Phase = 'ticking' | 'overdue' | 'starting' | 'runtime' | 'gone';

/**
 * What the figures of a sample are worth.
 * - `live`: cAdvisor's, taken at a tick.
 * - `runtime`: the container runtime's, read at each request: as old as the answer.
 * - `counter`: of a timer of which cAdvisor has one sample alone: the counter moves at its ticks, `usageNanoCores` is 0
 *   whatever is used. After a start for one wait; with a base of 2 min and more, which cAdvisor's cache does not
 *   outlive, for ever.
 */
export type Figures = 'live' | 'runtime' | 'counter';

/** One interval that the cgroup's timer may have now. */
export interface IntervalState {
  readonly intervalMs: number;
  readonly probability: number;
}

/** What can be said of a target's next tick at one moment. */
export interface Forecast {
  readonly target: Target;
  readonly phase: Phase;
  /** The moment that it was made for, on the node's clock. */
  readonly at: NodeMs;
  /** Time of the newest sample. */
  readonly lastTickAt: NodeMs;
  /** Age of the newest sample now, and the worst that was seen of this target; never negative. */
  readonly ageMs: number;
  readonly worstAgeMs: number;
  /** Given that the tick has not come; the likeliest first. Empty where there is no timer to speak of. */
  readonly states: readonly IntervalState[];
  readonly next: NextTick;
  /** By how much the tick is late; 0 unless `overdue`. */
  readonly overdueMs: number;
  /** True where the next tick is known from the kubelet's own line, not estimated. */
  readonly exact: boolean;
  /** Whether the two newest samples are thought to be equal; null where there was nothing to compare. */
  readonly idle: boolean | null;
  /** What was seen of them: why the interval is what it is. */
  readonly evidence: Evidence;
  /** When pressure, which makes samples at rest differ, will have faded away; null where it does not or is not known. */
  readonly fadedAt: NodeMs | null;
  /** The interval (ms) after the next tick if its sample equals the newest; null where there is no timer to speak of. */
  readonly ifEqualMs: number | null;
  /** What the figures of the newest sample are worth. */
  readonly figures: Figures;
  /** The last waits between ticks in ms, the oldest first, with the interval that each most likely belonged to. */
  readonly waits: readonly {readonly waitMs: number; readonly intervalMs: number}[];
}

/** What holds of a target's forecast until a window closes, as long as nothing else becomes known. */
export interface KeptForecast {
  readonly trackVersion: number;
  readonly beliefVersion: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Of what the states and the next tick must be given that it has not come; null where they stay as they are. */
  readonly window: KeptWindow | null;
  readonly states: readonly IntervalState[];
  readonly ifEqualMs: number | null;
  readonly next: NextTick;
  readonly idle: boolean | null;
}

/** The wait of a target, before anything was said by its silence. */
export interface KeptWindow {
  readonly fromMs: number;
  /** When the first state's window opens: before that silence tells nothing. */
  readonly opensMs: number;
  readonly lateMs: number;
  /** The interval, how likely it is, and the one after the next tick if its sample is equal. */
  readonly states: readonly (IntervalState & {readonly ifEqualMs: number})[];
}

/** The quantiles that the JSON events carry. */
export const forecastQuantiles: readonly number[] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/** Expected time until the next tick, in ms; never negative. */
export function remainingMs(forecast: Forecast): number {
  return Math.max(0, forecast.next.meanMs - forecast.at);
}

/** The probability that the tick comes within `withinMs` from the forecast's moment. */
export function probabilityWithin(forecast: Forecast, withinMs: number): number {
  return forecast.next.by(forecast.at + withinMs);
}
