import type {CommandName, CommandStep, Event, NodeFacts, NodeIdentity, RouteState, StreamState} from './event.ts';
import type {Failure} from './failure.ts';
import {sameClock, type ClockOffset, type LocalMs, type NodeMs} from './time.ts';

/** A command that changes the node, as far as it has come. */
export interface RunningCommand {
  readonly command: CommandName;
  readonly startedAt: LocalMs;
  readonly at: LocalMs;
  readonly step: CommandStep;
}

/** What the status line shows, and what every pane must know of the node. */
export interface Status {
  readonly node: NodeIdentity | null;
  readonly nodeFailure: Failure | null;
  readonly facts: NodeFacts | null;
  readonly kubeletStartedAt: NodeMs | null;
  readonly clock: ClockOffset;
  readonly route: RouteState | null;
  readonly journal: StreamState | null;
  readonly stats: StreamState | null;
  readonly lastPollAt: LocalMs | null;
  /** How long the last poll took, both requests together. */
  readonly pollMs: number | null;
  readonly command: RunningCommand | null;
  readonly lastFailure: {readonly at: LocalMs; readonly failure: Failure} | null;
}

export const emptyStatus: Status = {
  node: null,
  nodeFailure: null,
  facts: null,
  kubeletStartedAt: null,
  clock: sameClock,
  route: null,
  journal: null,
  stats: null,
  lastPollAt: null,
  pollMs: null,
  command: null,
  lastFailure: null,
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
      return withStream({...status, stats: event.state}, event.state);
    case 'poll':
      return {
        ...status,
        lastPollAt: event.poll.receivedAt,
        pollMs: event.poll.receivedAt - event.poll.sentAt,
      };
    case 'facts':
      return {
        ...status,
        facts: event.facts,
        kubeletStartedAt: event.facts.kubeletStartedAt ?? status.kubeletStartedAt,
      };
    case 'kubelet-started':
      return {...status, kubeletStartedAt: event.at};
    case 'clock':
      return {...status, clock: event.offset};
    case 'route':
      return {...status, route: event.route};
    case 'command':
      return foldCommand(status, event.command, event.step, event.at);
    default:
      return status;
  }
}

function withStream(status: Status, state: StreamState): Status {
  if (state.kind === 'reconnecting' || state.kind === 'unavailable') {
    return {...status, lastFailure: {at: state.since, failure: state.failure}};
  }
  const healthy = [status.journal, status.stats].every((stream) => stream === null || stream.kind === 'following');
  return healthy && status.command?.step.kind !== 'failed' ? {...status, lastFailure: null} : status;
}

function foldCommand(status: Status, command: CommandName, step: CommandStep, at: LocalMs): Status {
  const startedAt = step.kind === 'started' ? at : (status.command?.startedAt ?? at);
  const next = {...status, command: {command, startedAt, at, step}};
  return step.kind === 'failed' ? {...next, lastFailure: {at, failure: step.failure}} : next;
}

/** What stands over the figures while they cannot be trusted to be new; null while all is well. */
export function statsBanner(status: Status, now: LocalMs): string | null {
  const restarting = restartBanner(status, now);
  if (restarting !== null || status.stats === null || status.stats.kind === 'following') return restarting;
  if (status.lastPollAt === null) return status.stats.kind === 'connecting' ? null : 'no stats';
  return `no answer for ${Math.max(0, Math.round((now - status.lastPollAt) / 1000))} s`;
}

/** Says that the kubelet is being restarted, and for how long now; null while it is not. */
export function restartBanner(status: Status, now: LocalMs): string | null {
  const running = status.command;
  if (running?.command !== 'restart') return null;
  if (running.step.kind !== 'started' && running.step.kind !== 'progress') return null;
  return `kubelet restarting ${((now - running.startedAt) / 1000).toFixed(1)} s`;
}
