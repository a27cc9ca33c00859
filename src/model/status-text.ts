import {describeFailure} from './failure.ts';
import type {Status} from './status.ts';
import {safeLine} from './text/safe.ts';
import {toNodeTime, type LocalMs} from './time.ts';

/** A duration as a person says it, two units at most: `850 ms`, `12 s`, `3 m 20 s`, `5 h 2 m`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const wholeMs = Math.max(0, Math.round(ms));
  if (wholeMs < 1000) return `${wholeMs} ms`;
  const seconds = Math.floor(wholeMs / 1000);
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ];
  const from = units.findIndex(([, size]) => seconds >= size);
  return units
    .slice(from, from + 2)
    .map(
      ([unit, size], index) =>
        [index === 0 ? Math.floor(seconds / size) : remainder(seconds, units, from, size), unit] as const,
    )
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

function remainder(seconds: number, units: readonly (readonly [string, number])[], from: number, size: number): number {
  const larger = units[from]?.[1] ?? 1;
  return Math.floor((seconds % larger) / size);
}

/** A piece of the status line, the most important first: a narrow screen takes the short texts, then drops the end. */
export interface StatusPart {
  readonly text: string;
  readonly short?: string;
  readonly tone: 'plain' | 'good' | 'warning' | 'bad' | 'dim';
}

/** The status line's pieces: node, kubelet, interval, route; clock and warnings only where there is something to say. */
export function statusParts(status: Status, now: LocalMs): StatusPart[] {
  return [...nodeParts(status), ...warningParts(status), ...kubeletParts(status, now), ...routePart(status)];
}

function nodeParts({node}: Status): StatusPart[] {
  if (node === null) return [{text: 'no node yet', tone: 'warning'}];
  if (node.provider === 'demo') return [{text: `DEMO: ${node.name}, a simulated node`, short: 'DEMO', tone: 'warning'}];
  return [
    {text: safeLine(node.name), tone: 'good'},
    {text: `${node.provider}, ${node.via}`, short: node.via, tone: 'dim'},
  ];
}

function warningParts({route, clock}: Status): StatusPart[] {
  const parts: StatusPart[] = [];
  if (route?.warning != null) parts.push({text: route.warning, tone: 'warning'});
  if (Math.abs(clock.aheadMs) > 50 && Math.abs(clock.aheadMs) > clock.uncertaintyMs) {
    const off = `${durationText(Math.abs(clock.aheadMs))} ${clock.aheadMs > 0 ? 'ahead' : 'behind'}`;
    parts.push({text: `node clock ${off}`, short: `clock ${off}`, tone: 'warning'});
  }
  return parts;
}

function kubeletParts({facts, kubeletStartedAt, clock}: Status, now: LocalMs): StatusPart[] {
  const parts: StatusPart[] = [];
  if (facts?.kubeletVersion != null) {
    const version = safeLine(facts.kubeletVersion);
    parts.push({text: `kubelet ${version}`, short: version, tone: 'plain'});
  }
  if (kubeletStartedAt !== null) {
    parts.push({text: `up ${durationText(toNodeTime(now, clock) - kubeletStartedAt)}`, tone: 'plain'});
  }
  if (facts?.verbosity != null)
    parts.push({text: `--v=${facts.verbosity}`, short: `v=${facts.verbosity}`, tone: 'plain'});
  if (facts?.housekeepingIntervalMs != null) {
    const base = durationText(facts.housekeepingIntervalMs);
    // Longer than cAdvisor's own maximum: somebody turned metrics down (minikube's --disable-metrics sets 5 m).
    const tone = facts.housekeepingIntervalMs > 15_000 ? 'warning' : 'plain';
    parts.push({text: `housekeeping ${base}`, short: `hk ${base}`, tone});
  }
  return parts;
}

function routePart({route, stats, pollMs}: Status): StatusPart[] {
  if (stats?.kind === 'reconnecting' || stats?.kind === 'unavailable') return [{text: 'stats lost', tone: 'bad'}];
  if (route === null) return [];
  const took = pollMs === null ? '' : ` ${durationText(pollMs)}`;
  return [{text: `stats ${route.label}${took}`, short: `${route.kind}${took}`, tone: 'plain'}];
}

/** The second line: what a command does, else the last error, else nothing. */
export function statusMessage(status: Status, now: LocalMs): StatusPart | null {
  const {command, lastFailure, nodeFailure} = status;
  if (command !== null) {
    const {step} = command;
    if (step.kind === 'started' || step.kind === 'progress')
      return {text: `${command.command}: ${step.line}`, tone: 'warning'};
    if (step.kind === 'failed') return {text: `${command.command}: ${describeFailure(step.failure)}`, tone: 'bad'};
    if (now - command.at < 30_000) return {text: `${command.command}: ${step.line}`, tone: 'good'};
  }
  if (nodeFailure !== null) return {text: describeFailure(nodeFailure), tone: 'bad'};
  if (lastFailure !== null) {
    const agoMs = now - lastFailure.at;
    const ago = agoMs < 1000 ? '' : `${durationText(agoMs)} ago: `;
    return {text: `${ago}${describeFailure(lastFailure.failure)}`, tone: 'bad'};
  }
  return null;
}
