import {describeFailure} from './failure.ts';
import type {Status} from './status.ts';
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

/** A piece of the status line, most important first: a narrow screen drops from the end. */
export interface StatusPart {
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'warning' | 'bad' | 'dim';
}

/** The status line's pieces: node, kubelet, interval, route; clock and warnings only where there is something to say. */
export function statusParts(status: Status, now: LocalMs): StatusPart[] {
  const parts: StatusPart[] = [];
  const add = (text: string, tone: StatusPart['tone'] = 'plain'): number => parts.push({text, tone});
  if (status.node === null) add('no node yet', 'warning');
  else {
    if (status.node.provider === 'demo') add('DEMO, a simulated node', 'warning');
    add(status.node.name, 'good');
    add(`${status.node.provider} via ${status.node.via}`, 'dim');
  }
  const {facts} = status;
  if (facts?.kubeletVersion != null) add(`kubelet ${facts.kubeletVersion}`);
  if (status.kubeletStartedAt !== null) {
    add(`up ${durationText(toNodeTime(now, status.clock) - status.kubeletStartedAt)}`);
  }
  if (facts?.verbosity != null) add(`--v=${facts.verbosity}`);
  if (facts?.housekeepingIntervalMs != null) {
    const long = facts.housekeepingIntervalMs > 15_000;
    add(`housekeeping ${durationText(facts.housekeepingIntervalMs)}`, long ? 'warning' : 'plain');
  }
  if (status.route !== null) {
    add(`stats ${status.route.label}${status.pollMs === null ? '' : `, ${Math.round(status.pollMs)} ms`}`);
    if (status.route.warning !== null) add(status.route.warning, 'warning');
  }
  if (Math.abs(status.clock.aheadMs) > 50 && Math.abs(status.clock.aheadMs) > status.clock.uncertaintyMs) {
    const side = status.clock.aheadMs > 0 ? 'ahead' : 'behind';
    add(`node clock ${durationText(Math.abs(status.clock.aheadMs))} ${side}`, 'warning');
  }
  return parts;
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
    return {text: `${durationText(now - lastFailure.at)} ago: ${describeFailure(lastFailure.failure)}`, tone: 'bad'};
  }
  return null;
}
