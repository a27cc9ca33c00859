import {hostname, userInfo} from 'node:os';
import type {Action, CommandContext} from '../commands/command.ts';
import {lockNode, type NodeLock} from '../commands/node-lock.ts';
import type {CommandStep} from '../model/event.ts';
import {describeFailure, FailureError, type Failure} from '../model/failure.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {localMs} from '../model/time.ts';
import type {Node, NodeShell} from '../nodes/node.ts';
import type {ActionsLog} from './actions-log.ts';
import {readOnlyText} from './read-only.ts';

export interface ActionFrame {
  readonly node: Node;
  readonly unit: string;
  /** Where it was said that nothing may be changed; null where it may. */
  readonly readOnly: string | null;
  readonly log: ActionsLog;
  /** The node's lock, where it was asked for beforehand. */
  readonly lock?: Promise<NodeLock> | null;
  /** All that the action itself works with, besides the shell. */
  readonly context: Omit<CommandContext, 'shell' | 'commandPrefix' | 'unit'>;
}

/**
 * Runs whatever changes a node, from a key or from the command line alike: not where ktop may only read, one at a time
 * on that node (whoever started the other), its beginning and its end kept in the log of actions. Never throws.
 */
export async function* runAction(action: Action, frame: ActionFrame): AsyncGenerator<CommandStep> {
  const {node, unit, readOnly, log, lock: ahead = null, context} = frame;
  const failed = (tried: string, problem: string, next: string | null = null): CommandStep => ({
    kind: 'failed',
    failure: {tried, problem, next},
  });
  if (readOnly !== null) {
    yield failed(action.name, readOnlyText(action.name, readOnly));
    return;
  }
  if (node.shell.kind === 'none' && action.needsNoShell !== true) {
    yield {kind: 'failed', failure: node.shell.why};
    return;
  }
  const {commands} = action.question(node, unit);
  const startedAt = context.now();
  const note = (outcome: 'started' | 'done' | 'failed', detail: string): string | null =>
    log({
      time: new Date(context.now()),
      node: node.name,
      action: action.name,
      commands,
      outcome,
      detail,
      durationMs: outcome === 'started' ? null : context.now() - startedAt,
    });
  const shell = node.shell.kind === 'shell' ? node.shell.shell : noShell(node.shell.why);
  const lock =
    node.shell.kind === 'none'
      ? null
      : await (ahead ?? lockFor(action.name, {shell: node.shell.shell, signal: context.signal}));
  if (lock?.kind === 'busy') {
    const problem = `something else changes this node now: ${safeLine(lock.who)}; nothing was done`;
    note('failed', problem);
    yield failed(`${action.name} on ${node.name}`, problem);
    return;
  }
  try {
    note('started', '');
    let ended = false;
    for await (const step of action.run({...context, shell, unit, commandPrefix: node.commandPrefix})) {
      ended ||= step.kind === 'done' || step.kind === 'failed';
      yield step.kind === 'done' || step.kind === 'failed' ? withNote(step, note(step.kind, textOf(step))) : step;
    }
    if (!ended) note('failed', 'was called off');
  } finally {
    await lock?.release();
  }
}

function textOf(step: CommandStep): string {
  return step.kind === 'failed' ? describeFailure(step.failure) : step.line;
}

/** The last step, and where the log could not be written, why. */
function withNote(step: CommandStep, unwritten: string | null): CommandStep {
  if (unwritten === null) return step;
  const added = ` (not in the log of actions: ${unwritten})`;
  if (step.kind !== 'failed') return {...step, line: step.line + added};
  return {kind: 'failed', failure: {...step.failure, problem: step.failure.problem + added}};
}

/** Asks for the node's lock for an action of this name. Never rejects; see `lockNode`. */
export function lockFor(
  action: string,
  {shell, signal}: {readonly shell: NodeShell; readonly signal: AbortSignal},
): Promise<NodeLock> {
  return lockNode(shell, holder(action), signal);
}

/** How others are told of us while we work. */
function holder(action: string): string {
  const since = new Date(localMs(Date.now())).toISOString().slice(0, 19);
  return safeLine(`ktop ${action}, of ${userName()} on ${hostname()} (pid ${process.pid}), since ${since}Z`);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? 'somebody');
  }
}

/** On a node without commands: whoever tries one is told why. */
function noShell(why: Failure): NodeShell {
  const refuse = () => Promise.reject(new FailureError(why));
  return {
    run: refuse,
    copyIn: refuse,
    follow: () => {
      throw new FailureError(why);
    },
  };
}
