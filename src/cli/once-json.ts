import {limitOf, newestOf, requestOf} from '../model/cpu/line.ts';
import {exitCodeOf} from '../model/once/health.ts';
import {boundedFailure, type Failure} from '../model/failure.ts';
import {forecastQuantiles, type Forecast} from '../model/housekeeping/forecast.ts';
import type {StreamState} from '../model/event.ts';
import type {OnceRow, OnceState} from '../model/once/state.ts';
import {cpuOf} from './once-text.ts';
import {unixSeconds as seconds, unixSecondsOrNull as secondsOrNull} from '../util/unix-seconds.ts';

/** The same state as one JSON document, with the names and units of the JSON lines: times are unix seconds. */
export function onceJson(state: OnceState): string {
  const {status, now, nodeNow, health, journal, lines} = state;
  const {node, facts, route, stats} = status;
  const document = {
    at: seconds(now),
    nodeAt: seconds(nodeNow),
    health: {...health, exitCode: exitCodeOf[health.state]},
    node:
      node === null ? null : {name: node.name, provider: node.provider, via: node.transport, by: node.commandPrefix},
    kubelet: facts === null ? null : {...facts, kubeletStartedAt: secondsOrNull(status.kubeletStartedAt)},
    route: route === null ? null : {...route},
    stats: streamFields(stats),
    targets: state.rows.map((row) => targetFields(row, nodeNow)),
    journal: {
      ...streamFields(journal.stream),
      grep: journal.grep,
      matched: journal.matched,
      held: journal.held,
      lines: lines.map((entry) => ({...entry, at: seconds(entry.at)})),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function targetFields({line, forecast}: OnceRow, nodeNow: number): Record<string, unknown> {
  const {latest} = line;
  return {
    ...line.target,
    usageNanoCores: cpuOf(line),
    workingSetBytes: newestOf(line, 'memory'),
    requestNanoCores: requestOf(line, 'cpu'),
    limitNanoCores: limitOf(line, 'cpu'),
    sampleAt: secondsOrNull(latest?.atMs ?? null),
    ageSeconds: latest === null ? null : seconds(nodeNow - latest.atMs),
    ended: line.ended,
    next: forecast === null ? null : nextFields(forecast),
  };
}

function nextFields({phase, next, states, exact}: Forecast): Record<string, unknown> {
  const isTimed = phase === 'ticking' || phase === 'overdue';
  return {
    phase,
    exact,
    quantiles: isTimed ? Object.fromEntries(forecastQuantiles.map((q) => [q, seconds(next.quantile(q))])) : {},
    intervals: Object.fromEntries(states.map(({intervalMs, probability}) => [intervalMs / 1000, probability])),
  };
}

function streamFields(state: StreamState | null): Record<string, unknown> {
  if (state === null) return {state: null};
  const failure: Partial<Failure> = 'failure' in state ? boundedFailure(state.failure) : {};
  return {state: state.kind, ...failure};
}
