import type {Target} from '../target.ts';
import {safeName} from '../draw/safe-text.ts';
import type {Forecast} from './forecast.ts';
import {cacheMs} from './rule.ts';
import {timerState} from './timer-state.ts';

/** Milliseconds as people say them: `4.2 s`, `38 s`, `4 min 10 s`. Never negative. */
export function formatWait(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return whole < 7200 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h`;
}

/** The same in few cells, for a column of a table: `4.2s`, `38s`, `4m10`. */
export function formatShort(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  if (seconds < 99.5) return `${Math.round(seconds)}s`;
  const whole = Math.round(seconds);
  if (whole < 600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}`;
  return whole < 6000 ? `${Math.floor(whole / 60)}m` : `${Math.min(99, Math.floor(whole / 3600))}h`;
}

/** An interval: `10 s`, `7.3 s`, `5 min`. */
export function formatInterval(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  const seconds = Math.round(ms / 100) / 10;
  return `${seconds} s`;
}

/**
 * The countdown: `in 4.2 s, 80 % between 1.0 and 7.6 s`, or why there is none. `why` is known of a tick that does not
 * come.
 */
export function formatCountdown(forecast: Forecast, why: string | null = null): string {
  const {phase, next, at} = forecast;
  switch (phase) {
    case 'gone':
      return 'ended: the newest answer does not name it';
    case 'runtime':
      return 'no tick to count down to: the container runtime is asked at every poll';
    case 'starting':
      return (forecast.states[0]?.intervalMs ?? 0) > cacheMs / 2
        ? "the runtime's, until two ticks come within 2 min"
        : 'waiting for its first ticks';
    case 'overdue':
      return `overdue by ${formatWait(forecast.overdueMs)} (${why ?? whyOverdue(forecast)})`;
    case 'ticking': {
      if (forecast.exact) return `in ${formatWait(next.meanMs - at)}, as the kubelet itself said`;
      const [low, middle, high] = [0.1, 0.5, 0.9].map((q) => formatWait(next.quantile(q) - at));
      return `in ${middle ?? ''}, 80 % between ${(low ?? '').replace(/ s$/, '')} and ${high ?? ''}`;
    }
  }
}

/** A window that has closed was of the likely interval; a longer one, less likely before, may be the right one. */
function whyOverdue({states: [likeliest], ageMs}: Forecast): string {
  const isOpen = likeliest !== undefined && 2 * likeliest.intervalMs > ageMs;
  return isOpen ? `or its interval is ${formatInterval(likeliest.intervalMs)}` : 'busy node?';
}

/** The same where cells are few: `in 4.2 s (1.0–7.6)`. */
export function countdownShort(forecast: Forecast): string {
  const {phase, next, at} = forecast;
  if (phase === 'ticking' && !forecast.exact) {
    const [low, middle, high] = [0.1, 0.5, 0.9].map((q) => formatWait(next.quantile(q) - at));
    return `in ${middle ?? ''} (${(low ?? '').replace(/ s$/, '')}–${(high ?? '').replace(/ s$/, '')})`;
  }
  switch (phase) {
    case 'ticking':
      return `in ${formatWait(next.meanMs - at)}, told`;
    case 'overdue':
      return `overdue by ${formatWait(forecast.overdueMs)}`;
    case 'starting':
      return 'first tick soon';
    case 'runtime':
      return 'no ticks (CRI stats)';
    case 'gone':
      return 'ended';
  }
}

/**
 * The interval state and why it is so: `10 s — changed (CPU)`, `15 s — at rest, the maximum: then 10 s`; with its
 * probability where that is not plain.
 */
export function formatIntervalState(forecast: Forecast): string {
  const likeliest = forecast.states[0];
  if (timerState(forecast) === 'runtime') return 'no interval: read when it is asked for';
  if (likeliest === undefined) return 'interval unknown yet';
  const sure = likeliest.probability >= 0.95 ? '' : `, ${Math.round(likeliest.probability * 100)} %`;
  const why = forecast.phase === 'starting' ? 'just started' : formatReason(forecast);
  return `${formatInterval(likeliest.intervalMs)}${sure} — ${why}`;
}

const changedFigures = {cpu: 'CPU', memory: 'memory', pressure: 'pressure'};

/** Why a timer has the interval that it has. */
function formatReason(forecast: Forecast): string {
  const {evidence, idle, ifEqualMs} = forecast;
  switch (evidence.kind) {
    case 'unknown':
      return 'first sample';
    case 'changed':
      return `changed (${changedFigures[evidence.what]})${evidence.what === 'pressure' ? formatFading(forecast) : ''}`;
    case 'equal': {
      if (idle === false) return `at rest, but pressure changes${formatFading(forecast)}`;
      const isHighest = ifEqualMs !== null && timerState(forecast) === 'maximum';
      return isHighest ? `at rest, the maximum: then ${formatInterval(ifEqualMs)}` : 'at rest';
    }
  }
}

/** `, fades in about 2 min, then 14 s`; empty where the interval cannot grow, or it is not known. */
function formatFading({fadedAt, at, ifEqualMs, states}: Forecast): string {
  const intervalMs = states[0]?.intervalMs ?? 0;
  if (fadedAt === null || ifEqualMs === null || ifEqualMs <= intervalMs) return '';
  const seconds = Math.max(10, 10 * Math.ceil((fadedAt - at) / 10_000));
  const about = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `, fades in about ${about}, then ${formatInterval(ifEqualMs)}`;
}

/** A target's name as a table shows it: the container behind its pod, `pod` alone for the pod's own cgroup. */
export function targetName({pod, container}: Target): string {
  return safeName(container === null ? pod : `${pod}/${container}`);
}
