import {durationText} from '../../util/duration.ts';
import {failureInRow, type Failure} from '../failure.ts';
import {clockOffMs} from '../clock-estimate.ts';
import {copyProgressText} from '../deploy/copy-progress.ts';
import type {CommandStep, StreamState} from '../event.ts';
import {crashLoopStarts, isLate, type Status} from './status.ts';
import {safeLine, safeName} from '../draw/safe-text.ts';
import {formatBytes} from '../draw/units.ts';
import {cellWidth} from '../draw/width.ts';
import {counted} from '../../util/counted.ts';
import {toNodeTime, type LocalMs, type NodeMs} from '../time.ts';

/** A piece of the status line, the most important first: a narrow screen takes the short texts, then drops the end. */
export interface StatusPart {
  readonly text: string;
  readonly short?: string;
  readonly tone: 'plain' | 'good' | 'warning' | 'bad' | 'dim';
}

/** What fits: long texts as far as they do, the last ones shortened first; then the last ones are dropped, whole. */
export function fitParts(parts: readonly StatusPart[], separator: string, width: number): readonly StatusPart[] {
  const cells = (some: readonly StatusPart[]) => cellWidth(some.map((part) => part.text).join(separator));
  let fitted = parts;
  for (let at = parts.length - 1; at >= 0 && cells(fitted) > width; at -= 1) {
    fitted = fitted.map((part, i) => (i === at ? {...part, text: part.short ?? part.text} : part));
  }
  while (fitted.length > 1 && cells(fitted) > width) fitted = fitted.slice(0, -1);
  return fitted;
}

/**
 * The status line's pieces: node, kubelet, interval, route; clock and warnings only where there is something to say.
 * `clock` is the one by which all panes tell ages; without it that of the `clock` events.
 */
export function statusParts(told: Status, now: LocalMs, clock = told.clock): StatusPart[] {
  const status = {...told, clock};
  const parts = [
    nodeParts(status),
    recordingPart(status, now),
    warningParts(status),
    kubeletParts(status, now),
    routePart(status, now),
    problemPart(status),
  ];
  return parts.flat().map(safePart);
}

/** Names of nodes, contexts and addresses stand in them. */
function safePart({text, short, tone}: StatusPart): StatusPart {
  return {text: safeName(text), ...(short !== undefined && {short: safeName(short)}), tone};
}

function nodeParts({node}: Status): StatusPart[] {
  if (node === null) return [{text: 'no node yet', tone: 'warning'}];
  if (node.provider === 'demo')
    return [{text: `DEMO: ${node.name}, a simulated node`, short: `DEMO: ${node.name}`, tone: 'warning'}];
  // Which recording it is, is said before.
  if (node.provider === 'recording') return [{text: safeLine(node.name), tone: 'good'}];
  return [
    {text: safeLine(node.name), tone: 'good'},
    {text: `${node.provider}, ${node.transport}`, short: node.transport, tone: 'dim'},
  ];
}

/** That everything is kept, for how long, and how much of it there is by now. */
function recordingPart({recording}: Status, now: LocalMs): StatusPart[] {
  if (recording === null) return [];
  const dir = safeLine(recording.dir);
  if (recording.problem !== null)
    return [{text: `not recording to ${dir} any more`, short: 'not recording', tone: 'bad'}];
  const size = formatBytes(recording.bytes);
  const sinceMs = durationText(now - recording.since);
  return [{text: `recording to ${dir}, ${sinceMs}, ${size}`, short: `rec ${size}`, tone: 'good'}];
}

/** The last part, and the first that gives way: the rest of the answers stands. What it was is told in the pane. */
function problemPart({pollProblems}: Status): StatusPart[] {
  if (pollProblems === null) return [];
  return [{text: `stats: ${counted(pollProblems.problems.length, 'problem')}`, short: 'stats !', tone: 'warning'}];
}

function warningParts({route, clock}: Status): StatusPart[] {
  const parts: StatusPart[] = [];
  if (route?.warning != null) parts.push({text: route.warning, tone: 'warning'});
  const offMs = clockOffMs(clock);
  if (offMs !== null) {
    const off = `${durationText(Math.abs(offMs))} ${offMs > 0 ? 'ahead' : 'behind'}`;
    parts.push({text: `node clock ${off}`, short: `clock ${off}`, tone: 'warning'});
  }
  return parts;
}

function kubeletParts(status: Status, now: LocalMs): StatusPart[] {
  const {facts} = status;
  const parts: StatusPart[] = [];
  if (facts?.kubeletVersion != null) {
    const version = safeLine(facts.kubeletVersion);
    parts.push({text: `kubelet ${version}`, short: version, tone: 'plain'});
  }
  const life = lifePart(status, toNodeTime(now, status.clock));
  if (life !== null) parts.push(life);
  const temporary = status.temporaryVerbosity;
  if (temporary !== null)
    parts.push({text: `v=${temporary} until the next start`, short: `v=${temporary}!`, tone: 'warning'});
  else if (facts?.verbosity != null)
    parts.push({text: `--v=${facts.verbosity}`, short: `v=${facts.verbosity}`, tone: 'plain'});
  if (facts?.housekeepingIntervalMs != null) {
    const base = durationText(facts.housekeepingIntervalMs);
    // Longer than cAdvisor's own maximum: somebody turned metrics down (minikube's --disable-metrics sets 5 m).
    const tone = facts.housekeepingIntervalMs > 15_000 ? 'warning' : 'plain';
    parts.push({text: `housekeeping ${base}`, short: `hk ${base}`, tone});
  }
  return parts;
}

/** Whether the kubelet is up: `up 3 m` only while somebody who would know says so. */
function lifePart({facts, kubeletStartedAt, kubeletStarts, stats, journal}: Status, now: NodeMs): StatusPart | null {
  const isAnswering = stats?.kind === 'following';
  const lately = crashLoopStarts({kubeletStarts, stats}, now);
  if (lately > 0) {
    return {text: `crash loop: ${lately} starts in the last minute`, short: `${lately} starts in 1 m`, tone: 'bad'};
  }
  const unit = facts?.unitState ?? null;
  const isReceived = !isLost(stats) || !isLost(journal);
  if (!isAnswering && isReceived && unit !== null && !unit.startsWith('active')) {
    return {text: `kubelet ${safeLine(unit)}`, short: safeLine(unit), tone: 'bad'};
  }
  if (kubeletStartedAt === null) return null;
  const sinceMs = durationText(now - kubeletStartedAt);
  return isReceived ? {text: `up ${sinceMs}`, tone: 'plain'} : {text: `last start ${sinceMs} ago`, tone: 'plain'};
}

function isLost(stream: StreamState | null): boolean {
  return stream?.kind === 'reconnecting' || stream?.kind === 'unavailable';
}

function routePart(status: Status, now: LocalMs): StatusPart[] {
  const {route, stats, pollMs} = status;
  if (isLost(stats)) return [{text: 'stats lost', tone: 'bad'}];
  if (route === null) return [];
  if (stats?.kind === 'following' && stats.warning !== undefined)
    return [{text: `stats ${route.label}, ${stats.warning}`, short: `${route.kind}, slow`, tone: 'warning'}];
  if (isLate(status, now)) return [{text: `stats ${route.label}, late`, short: `${route.kind}, late`, tone: 'warning'}];
  const took = pollMs === null ? '' : ` ${durationText(pollMs)}`;
  return [{text: `stats ${route.label}${took}`, short: `${route.kind}${took}`, tone: 'plain'}];
}

/** How the keys are told that act on a deploy which was cut off; null where there is no such key. */
export interface CutOffKeys {
  readonly finish: string | null;
  readonly undo: string | null;
}

/** The second line, `width` cells at most: what a command does, else the last error, else nothing. */
export function statusMessage(
  status: Status,
  now: LocalMs,
  width: number,
  keys: CutOffKeys = {finish: null, undo: null},
): StatusPart | null {
  const {command, cutOff, lastFailure, nodeFailure} = status;
  const bad = (lead: string, failure: Failure): StatusPart => ({
    text: lead + failureInRow(failure, width - cellWidth(lead)),
    tone: 'bad',
  });
  if (command !== null) {
    const {step, at} = command;
    if (step.kind === 'started' || step.kind === 'progress')
      return {
        text: `${command.command}: ${runningText(step, width - cellWidth(command.command) - 2)}`,
        tone: 'warning',
      };
    if (step.kind === 'failed' && step.left !== undefined && cutOff !== null && now - at < oldFailureMs) {
      const lead = `${command.command} failed${ago(now - at)}: ${step.failure.tried}:`;
      return {...cutOffPart({...cutOff, failure: {...step.failure, tried: lead}}, width, keys), tone: 'bad'};
    }
    if (
      step.kind === 'failed' &&
      step.left === undefined &&
      !(now - at > oldFailureMs && status.stats?.kind === 'following')
    )
      return bad(`${command.command} failed${ago(now - at)}: `, step.failure);
    if (step.kind === 'done' && now - at < oldNewsMs && (status.hookFailure?.at ?? 0) < at)
      return {text: `${command.command}: ${safeLine(step.line)}`, tone: 'good'};
  }
  const {hookFailure} = status;
  if (cutOff !== null) return cutOffPart(cutOff, width, keys);
  if (hookFailure !== null && now - hookFailure.at < oldNewsMs) return bad('', hookFailure.failure);
  if (nodeFailure !== null) return bad('', nodeFailure);
  if (lastFailure !== null) return bad(ago(now - lastFailure.at, ': '), lastFailure.failure);
  return null;
}

/** It stays until it is finished or undone, and on a narrow screen the keys are what must be read. */
function cutOffPart(
  {command, failure}: NonNullable<Status['cutOff']>,
  width: number,
  {finish, undo}: CutOffKeys,
): StatusPart {
  const does = [...(finish === null ? [] : [`${finish} finishes it`]), ...(undo === null ? [] : [`${undo} undoes it`])];
  if (does.length === 0) return {text: failureInRow(failure, width), tone: 'warning'};
  const whole = safeLine(`${failure.tried} ${failure.problem}; ${does.join(', ')}`);
  const short = `a ${command} was cut off; ${does.join(', ')}`;
  return {text: cellWidth(whole) > width ? short : whole, tone: 'warning'};
}

function runningText(step: Extract<CommandStep, {kind: 'started' | 'progress'}>, width: number): string {
  const isCopy = step.kind === 'progress' && step.copy !== undefined;
  return isCopy ? copyProgressText(step.copy, width) : safeLine(step.line);
}

/** What a command came to is news so long; a failure longer, and for as long as the kubelet does not answer. */
const oldNewsMs = 30_000;
const oldFailureMs = 120_000;

function ago(ms: number, after = ''): string {
  return ms < 1000 ? '' : `${after === '' ? ' ' : ''}${durationText(ms)} ago${after}`;
}
