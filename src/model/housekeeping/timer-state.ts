import type {Forecast} from './forecast.ts';

/**
 * Why a timer has the interval that it has.
 * - `changed`: its two newest samples differ: the base;
 * - `at_rest`: they are equal: the interval has doubled, or will;
 * - `maximum`: at rest at the longest interval: the base comes next;
 * - `runtime`: there is no timer, the container runtime is asked at each request;
 * - `starting`: the kubelet or the container has just started;
 * - `unknown`: there is no second sample yet.
 */
export type TimerState = 'changed' | 'at_rest' | 'maximum' | 'runtime' | 'starting' | 'unknown';

/** The state of a target's timer, as the pane and the metrics tell it. */
export function timerState({phase, states, evidence, idle, ifEqualMs}: Forecast): TimerState {
  if (phase === 'runtime' || phase === 'starting') return phase;
  const intervalMs = states[0]?.intervalMs;
  if (evidence.kind === 'unknown' || intervalMs === undefined) return 'unknown';
  // Equal as far as is shown, but pressure is compared, too.
  if (evidence.kind === 'changed' || idle === false) return 'changed';
  return ifEqualMs !== null && ifEqualMs < intervalMs ? 'maximum' : 'at_rest';
}
