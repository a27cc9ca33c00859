import {durationText} from '../../util/duration.ts';
import {toNodeTime, type LocalMs} from '../time.ts';
import {crashLoopStarts, isLate, type Status} from './status.ts';
import type {StatusPart} from './status-text.ts';

/** How a node is, in a word or two: for its tab and its row. */
export interface NodeState {
  /** `fresh`: it answers; all others are told wherever there is room for a word. */
  readonly kind: 'connecting' | 'unreachable' | 'acting' | 'crash-loop' | 'down' | 'late' | 'fresh';
  readonly text: string;
  readonly tone: StatusPart['tone'];
}

/** How a node is at a moment; what is worst, or is being done, wins. */
export function nodeState(status: Status, now: LocalMs): NodeState {
  const {node, nodeFailure, stats, command, lastPollAt} = status;
  const bad = (kind: NodeState['kind'], text: string): NodeState => ({kind, text, tone: 'bad'});
  const late = (kind: NodeState['kind'], text: string): NodeState => ({kind, text, tone: 'warning'});
  if (node === null) {
    return nodeFailure === null
      ? {kind: 'connecting', text: 'connecting', tone: 'dim'}
      : bad('unreachable', 'unreachable');
  }
  if (command?.restartAt != null) return late('acting', 'restarting');
  if (command?.step.kind === 'started' || command?.step.kind === 'progress') {
    return late('acting', `${command.command} …`);
  }
  const starts = crashLoopStarts(status, toNodeTime(now, status.clock));
  if (starts > 0) return bad('crash-loop', `crash loop ${starts}×`);
  if (stats?.kind === 'reconnecting' || stats?.kind === 'unavailable') {
    return bad('down', lastPollAt === null ? 'no stats' : `down ${durationText(now - lastPollAt)}`);
  }
  if (isLate(status, now)) return late('late', `late ${durationText(now - (lastPollAt ?? now))}`);
  return lastPollAt === null
    ? {kind: 'connecting', text: 'connecting', tone: 'dim'}
    : {kind: 'fresh', text: 'fresh', tone: 'good'};
}
