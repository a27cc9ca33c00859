import type {Action, Question} from '../commands/command.ts';
import type {CommandName, CommandStep, Event, NodeIdentity} from '../model/event.ts';
import {describeFailure, FailureError, type Failure} from '../model/failure.ts';
import {NodeError} from '../nodes/node-error.ts';
import {Ending} from '../session/ending.ts';
import type {EventSink, Session} from '../session/session.ts';
import {askLine} from '../terminal/ask-line.ts';
import {complain, isTerminal, noteLine, printText, rewriteLine} from '../terminal/print.ts';
import {copyProgressText} from '../model/deploy/copy-progress.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import type {Asking} from './arguments.ts';

export interface ActionRequest {
  /** What `ktop …` it is, for messages. */
  readonly command: string;
  readonly asking: Asking;
  readonly unit: string;
  /**
   * The action, made once the node is known: it may have to look there first. A number: it is done already, with this
   * exit code. Rejects with a `FailureError` where it cannot be done.
   */
  readonly prepare: (session: Session, node: NodeIdentity) => Promise<Action | number>;
  /** What is prepared is run at once: the node's lock can be taken meanwhile. */
  readonly isSure?: boolean;
}

/** So often a node is looked for. A watch waits for its node for ever; who wants it changed wants to know. */
export const mostTries = 3;

/**
 * Runs one action from the command line, its steps as lines. Asks first, as the key does; without a terminal to ask on
 * it wants `--yes`. Resolves with the exit code (0 done, 1 failed, 2 not run), or with why there is no node.
 */
export async function runCommand(
  request: ActionRequest,
  open: (sink: EventSink) => Session,
): Promise<number | NodeError> {
  const {asking, command} = request;
  if (refusesToAsk(command, asking)) return 2;
  return onSession(open, async (session, node) => {
    if (request.isSure === true) session.lockAhead(command);
    const action = await request.prepare(session, node);
    if (typeof action === 'number') return action;
    if (asking.dryRun) {
      printText(dryRunText(action.question(node, request.unit)));
      return 0;
    }
    if (!asking.yes && !(await agreed(action, node, request.unit))) return 2;
    const done = await session.command(action);
    await session.settled();
    return done ? 0 : 1;
  });
}

/** Runs something on a node that was reached; a `FailureError` is told, and is exit code 2: nothing was done. */
export async function onSession(
  open: (sink: EventSink) => Session,
  work: (session: Session, node: NodeIdentity) => Promise<number>,
): Promise<number | NodeError> {
  const reached = Promise.withResolvers<NodeIdentity>();
  const givenUp = Promise.withResolvers<number>();
  let tries = 0;
  const ending = new Ending(null);
  const say = speaker();
  const session = open((event) => {
    if (event.type === 'node') reached.resolve(event.node);
    else say(event);
    if (event.type !== 'node-failed' || ++tries < mostTries) return;
    complain(`gave up after ${mostTries} tries to reach the node; nothing was changed`);
    givenUp.resolve(2);
  });
  const run = async (): Promise<number | NodeError> => {
    const node = await Promise.race([reached.promise, session.unresolved]);
    if (node instanceof NodeError) return node;
    try {
      return await work(session, node);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      complain(describeFailure(error.failure));
      return 2;
    }
  };
  try {
    return await Promise.race([run(), givenUp.promise, ending.code]);
  } finally {
    await session.close();
    ending.release();
  }
}

/** Says so where a question would have nobody to answer it. */
export function refusesToAsk(command: string, asking: Asking): boolean {
  if (asking.yes || asking.dryRun || process.stdin.isTTY) return false;
  complain(`there is no terminal to ask on; to go ahead: ktop ${command} --yes …`);
  return true;
}

/** What would be run, for a shell to read: everything else is a comment. */
export function dryRunText({text, commands, warning}: Question): string {
  const comments = [text, ...(warning === null ? [] : [warning])].map((line) => `# ${line}`);
  return `${[...comments, ...commands].map((line) => safeLine(line)).join('\n')}\n`;
}

async function agreed(action: Action, node: NodeIdentity, unit: string): Promise<boolean> {
  const {text, commands: typed, warning} = action.question(node, unit);
  const lines = [text, ...typed.map((line) => `  ${line}`), ...(warning === null ? [] : [warning])];
  const reply = await askLine([...lines, 'Go ahead? [y/N] ']);
  return /^y(es)?$/i.test(reply?.trim() ?? '');
}

/** So often a copy is told of where nobody looks on. */
const tellEvery = 4;

/** Says what happens; a failure that goes on from one attempt to the next is said once. */
function speaker(): (event: Event) => void {
  let [told, said] = [0, ''];
  const complainOnce = (failure: Failure): void => {
    const line = describeFailure(failure);
    if (line !== said) complain(line);
    said = line;
  };
  return (event) => {
    if (event.type === 'command' && event.step.kind === 'progress' && event.step.copy !== undefined) {
      const {copy} = event.step;
      if (isTerminal('stderr')) return rewriteLine(`${event.command}: `, (width) => copyProgressText(copy, width));
      const part = Math.floor((tellEvery * copy.sentBytes) / Math.max(1, copy.totalBytes));
      if (part !== told) noteLine(`${event.command}: ${copyProgressText(copy, 0)}`);
      told = part;
      return;
    }
    if (event.type === 'command') noteLine(stepLine(event.command, event.step));
    if (event.type === 'node-failed') complainOnce(event.failure);
    if (event.type === 'on-restart' && event.failure !== null) complain(describeFailure(event.failure));
  };
}

function stepLine(command: CommandName, step: CommandStep): string {
  return `${command}: ${step.kind === 'failed' ? describeFailure(step.failure) : step.line}`;
}
