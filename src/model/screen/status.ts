import {
  restartsKubelet,
  type CommandName,
  type CommandStep,
  type Event,
  type NodeFacts,
  type NodeIdentity,
  type Poll,
  type RecordingState,
  type RouteState,
  type StreamState,
} from '../event.ts';
import {isUnanswered, type Failure} from '../failure.ts';
import {durationText} from '../../util/duration.ts';
import {sameClock, type ClockOffset, type LocalMs, type NodeMs} from '../time.ts';

/** A command that changes the node, as far as it has come. */
interface RunningCommand {
  readonly command: CommandName;
  readonly startedAt: LocalMs;
  readonly at: LocalMs;
  readonly step: CommandStep;
  /** Since when the kubelet is being restarted by it; null while it is not. */
  readonly restartAt: LocalMs | null;
}

/** What the status line shows, and what every pane must know of the node. */
export interface Status {
  readonly node: NodeIdentity | null;
  readonly nodeFailure: Failure | null;
  readonly facts: NodeFacts | null;
  readonly kubeletStartedAt: NodeMs | null;
  /** The newest starts of the kubelet, the oldest first: many in a minute are a crash loop. */
  readonly kubeletStarts: readonly NodeMs[];
  readonly clock: ClockOffset;
  readonly route: RouteState | null;
  readonly journal: StreamState | null;
  readonly stats: StreamState | null;
  readonly lastPollAt: LocalMs | null;
  /** Since when the polls are so far apart; null: as the forecast paces them, at most 5 s. */
  readonly paced: {readonly since: LocalMs; readonly everyMs: number} | null;
  /** How long the last poll took, both requests together. */
  readonly pollMs: number | null;
  readonly command: RunningCommand | null;
  /** A deploy that was found cut off on the node; null where there is none. */
  readonly cutOff: {readonly command: CommandName; readonly failure: Failure} | null;
  /** What the newest answers lacked, a sentence each, and when they came; null where nothing did lately. */
  readonly pollProblems: {readonly at: LocalMs; readonly problems: readonly string[]} | null;
  /** Where what the node says is kept, and how much of it there is; null where it is not. */
  readonly recording: RecordingState | null;
  readonly lastFailure: {readonly at: LocalMs; readonly failure: Failure} | null;
  /** What the user's own command for a restart failed with, the last time. */
  readonly hookFailure: {readonly at: LocalMs; readonly failure: Failure} | null;
  /** `--v` as it was set in the running process, until its end; null where it is the one it was started with. */
  readonly temporaryVerbosity: number | null;
}

export const emptyStatus: Status = {
  node: null,
  nodeFailure: null,
  facts: null,
  kubeletStartedAt: null,
  kubeletStarts: [],
  clock: sameClock,
  route: null,
  journal: null,
  stats: null,
  lastPollAt: null,
  paced: null,
  pollMs: null,
  command: null,
  cutOff: null,
  pollProblems: null,
  recording: null,
  lastFailure: null,
  hookFailure: null,
  temporaryVerbosity: null,
};

/** The status after an event. Streams that come back clear the failure that they had caused. */
export function foldStatus(status: Status, event: Event): Status {
  switch (event.type) {
    case 'node':
      return {...status, node: event.node, nodeFailure: null};
    case 'node-failed':
      return {...status, nodeFailure: event.failure, lastFailure: {at: event.at, failure: event.failure}};
    case 'journal-stream':
      return withStream({...status, journal: event.state}, event.state);
    case 'stats-stream':
      return withStream(withAnswer({...status, stats: event.state}, event.state), event.state);
    case 'poll':
      return {
        ...status,
        lastPollAt: event.poll.receivedAt,
        pollMs: event.poll.receivedAt - event.poll.sentAt,
        pollProblems: problemsAfter(status.pollProblems, event.poll),
      };
    case 'facts':
      return {
        ...status,
        facts: event.facts,
        kubeletStartedAt: event.facts.kubeletStartedAt ?? status.kubeletStartedAt,
      };
    case 'kubelet-started':
      return {
        ...status,
        kubeletStartedAt: event.at,
        kubeletStarts: startsWith(status.kubeletStarts, event.at),
        temporaryVerbosity: null,
      };
    case 'on-restart':
      return {...status, hookFailure: event.failure === null ? null : {at: event.at, failure: event.failure}};
    case 'clock':
      return {...status, clock: event.offset};
    case 'route':
      return {...status, route: event.route};
    case 'recording':
      return {...status, recording: event.recording};
    case 'cut-off':
      return {...status, cutOff: event.failure === null ? null : {command: event.command, failure: event.failure}};
    case 'command':
      return foldCommand(status, event.command, event.step, event.at);
    default:
      return status;
  }
}

/** How long a fault of an answer is shown: not each poll asks for everything. */
const problemMs = 25_000;

function problemsAfter(before: Status['pollProblems'], {receivedAt, problems}: Poll): Status['pollProblems'] {
  if (problems.length > 0) return {at: receivedAt, problems};
  return before !== null && receivedAt - before.at < problemMs ? before : null;
}

function withStream(status: Status, state: StreamState): Status {
  if (state.kind === 'reconnecting' || state.kind === 'unavailable') {
    return {...status, lastFailure: {at: state.since, failure: state.failure}};
  }
  const healthy = [status.journal, status.stats].every((stream) => stream === null || stream.kind === 'following');
  return healthy ? {...status, lastFailure: null} : status;
}

/** A kubelet that answers again ends the failure of its restart: somebody has mended it. */
function withAnswer(status: Status, state: StreamState): Status {
  const {command} = status;
  if (
    state.kind !== 'following' ||
    command === null ||
    !restartsKubelet(command.command) ||
    command.step.kind !== 'failed' ||
    // That it answers ends nothing of it.
    command.step.left !== undefined
  )
    return status;
  const line = `it had failed; the kubelet answers again, ${durationText(state.since - command.startedAt)} after it`;
  return {...status, command: {...command, at: state.since, step: {kind: 'done', line}}};
}

const mostStarts = 60;

/** That several signs tell of one start was settled before: each that comes here is one. */
function startsWith(starts: readonly NodeMs[], at: NodeMs): readonly NodeMs[] {
  return [...starts, at].sort((a, b) => a - b).slice(-mostStarts);
}

function foldCommand(status: Status, command: CommandName, step: CommandStep, at: LocalMs): Status {
  const startedAt = step.kind === 'started' ? at : (status.command?.startedAt ?? at);
  const verbosity = step.kind === 'done' ? step.verbosity : undefined;
  const settles = step.kind === 'done' && (command === 'deploy' || command === 'rollback');
  return {
    ...status,
    ...(settles && {cutOff: null}),
    ...(step.kind === 'failed' && step.left !== undefined && {cutOff: {command, failure: step.left}}),
    command: {command, startedAt, at, step, restartAt: restartOf(status.command, command, step, at)},
    ...(verbosity !== undefined && {temporaryVerbosity: verbosity}),
  };
}

function restartOf(
  before: RunningCommand | null,
  command: CommandName,
  step: CommandStep,
  at: LocalMs,
): LocalMs | null {
  if (step.kind === 'started') return restartsKubelet(command) ? at : null;
  return step.kind === 'progress' ? (before?.restartAt ?? (step.restarting === true ? at : null)) : null;
}

/** What stands over the figures while they cannot be trusted to be new; null while all is well. */
export function statsBanner(status: Status, now: LocalMs): string | null {
  const restarting = restartBanner(status, now);
  if (restarting !== null || status.stats === null) return restarting;
  if (status.stats.kind === 'following' && !isLate(status, now)) return null;
  if (status.lastPollAt === null) return status.stats.kind === 'connecting' ? null : 'no stats';
  // A kubelet that answers that it cannot collect them is not silent.
  const what = 'failure' in status.stats && !isUnanswered(status.stats.failure) ? 'no figures' : 'no answer';
  return `${what} for ${Math.max(0, Math.round((now - status.lastPollAt) / 1000))} s`;
}

/** So many starts in so long are no accident any more. */
const crashLoop = {starts: 3, withinMs: 60_000};

/** How often a kubelet that is in a crash loop was started in the last minute; 0 while it answers, or is in none. */
export function crashLoopStarts({kubeletStarts, stats}: Pick<Status, 'kubeletStarts' | 'stats'>, now: NodeMs): number {
  if (stats?.kind === 'following') return 0;
  const lately = kubeletStarts.filter((at) => now - at < crashLoop.withinMs).length;
  return lately >= crashLoop.starts ? lately : 0;
}

/** Polls are at most so far apart, unless it is said otherwise. */
export const usualPollMs = 5000;
/** And take a moment: a kubelet that has not answered for longer hangs, or its link does. */
const answerWithinMs = 3000;

/** Whether the next answer should have come by now, though nothing is known to have failed. */
export function isLate({lastPollAt, paced}: Status, now: LocalMs): boolean {
  if (lastPollAt === null) return false;
  // Who was asked seldom until a moment ago has had no time to answer.
  const since = Math.max(lastPollAt, paced?.since ?? lastPollAt);
  return now - since > (paced?.everyMs ?? usualPollMs) + answerWithinMs;
}

/** Says that the kubelet is being restarted, and for how long now; null while it is not. */
export function restartBanner(status: Status, now: LocalMs): string | null {
  const since = status.command?.restartAt ?? null;
  return since === null ? null : `kubelet restarting ${((now - since) / 1000).toFixed(1)} s`;
}
