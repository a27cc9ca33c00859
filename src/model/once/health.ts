import {describeFailure, type Failure} from '../failure.ts';
import {safeLine, safeName} from '../draw/safe-text.ts';
import type {Forecast} from '../housekeeping/forecast.ts';
import {countdownShort, targetName} from '../housekeeping/format.ts';
import {crashLoopStarts, isLate, type Status} from '../screen/status.ts';
import type {Selected} from '../selection/select.ts';
import type {LocalMs, NodeMs} from '../time.ts';

/**
 * How a node is at one moment: `healthy`, its kubelet answers, and what is watched is there and fresh; `unhealthy`, it was
 * looked at and something is wrong; `unknown`, it could not be looked at.
 */
export interface Health {
  readonly state: 'healthy' | 'unhealthy' | 'unknown';
  /** What is wrong, a safe sentence each; none where it is healthy. */
  readonly problems: readonly string[];
}

/** The exit code that a script knows each by. */
export const exitCodeOf: Readonly<Record<Health['state'], number>> = {healthy: 0, unhealthy: 1, unknown: 2};

/** What is known of a node at one moment. */
export interface Looked {
  readonly status: Status;
  readonly now: LocalMs;
  readonly nodeNow: NodeMs;
  /** What is watched; null before the first answer. */
  readonly selected: Selected | null;
  /** Whether the user has said what is to be watched. */
  readonly isChosen: boolean;
  /** Of what is watched. */
  readonly forecasts: readonly Forecast[];
}

/** What is wrong with the node: what could not be found out comes last, and decides only where nothing else is known. */
export function healthOf(looked: Looked): Health {
  const {status} = looked;
  if (status.node === null)
    return {state: 'unknown', problems: [whyNot(status.nodeFailure, 'the node was not reached')]};
  const wrong = [...kubeletProblems(looked), ...watchedProblems(looked)];
  const unseen = unseenProblems(looked);
  if (wrong.length > 0) return {state: 'unhealthy', problems: [...wrong, ...unseen]};
  return {state: unseen.length > 0 ? 'unknown' : 'healthy', problems: unseen};
}

function kubeletProblems({status, now, nodeNow}: Looked): string[] {
  const {facts, stats, lastPollAt} = status;
  const problems: string[] = [];
  const starts = crashLoopStarts(status, nodeNow);
  if (starts > 0) problems.push(`crash loop: ${starts} starts in the last minute`);
  const isAnswering = stats?.kind === 'following' && lastPollAt !== null;
  const unit = facts?.unitState ?? null;
  // A kubelet that answers runs, whatever the unit is called.
  if (!isAnswering && unit !== null && !unit.startsWith('active')) problems.push(`kubelet ${safeLine(unit)}`);
  else if (!isAnswering && unit !== null && isSilent(failureOf(status))) {
    problems.push(whyNot(failureOf(status), 'the kubelet does not answer'));
  }
  if (lastPollAt !== null && isLate(status, now)) {
    problems.push(`no answer for ${Math.round((now - lastPollAt) / 1000)} s`);
  }
  return problems;
}

function watchedProblems({selected, isChosen, forecasts}: Looked): string[] {
  if (selected === null) return [];
  const {missing, labelsUnknown, targets} = selected;
  const none = isChosen && targets.length === 0 && missing.length === 0 && !labelsUnknown;
  const late = forecasts.filter(({phase}) => phase === 'overdue');
  return [
    ...missing.map((name) => `no such pod: ${safeName(name)}`),
    ...(none ? ['no pod is what is to be watched'] : []),
    ...late.map((forecast) => `samples late: ${targetName(forecast.target)} ${countdownShort(forecast)}`),
  ];
}

function unseenProblems({status, selected}: Looked): string[] {
  const problems: string[] = [];
  if (status.lastPollAt === null) problems.push(whyNot(failureOf(status), 'the kubelet was not asked yet'));
  if (selected?.labelsUnknown === true) problems.push('the labels of pods are unknown: who is watched cannot be told');
  return problems;
}

function failureOf({stats}: Status): Failure | null {
  return stats !== null && 'failure' in stats ? stats.failure : null;
}

/** Whether nobody answered, rather than refused us, or was not asked yet. */
function isSilent(failure: Failure | null): boolean {
  return (
    failure !== null && (failure.code === 'unreachable' || failure.code === 'timeout' || failure.code === undefined)
  );
}

const whyNot = (failure: Failure | null, otherwise: string): string =>
  failure === null ? otherwise : describeFailure(failure);
