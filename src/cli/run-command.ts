import {commands} from '../commands/commands.ts';
import type {CommandName, CommandStep, Event, NodeIdentity} from '../model/event.ts';
import {describeFailure} from '../model/failure.ts';
import {NodeError} from '../nodes/node-error.ts';
import {Ending} from '../session/ending.ts';
import type {EventSink, Session} from '../session/session.ts';
import {askLine} from '../terminal/ask-line.ts';
import {complain, noteLine} from '../terminal/print.ts';

export interface CommandRequest {
  readonly command: CommandName;
  readonly yes: boolean;
  readonly connection: {readonly unit: string};
}

/** So often a node is looked for. A watch waits for its node for ever; who wants it changed wants to know. */
const mostTries = 3;

/**
 * Runs one command from the command line, its steps as lines. Asks first, as the key does; without a terminal to ask
 * on it wants `--yes`. Resolves with the exit code (0 done, 1 failed, 2 not run), or with why there is no node.
 */
export async function runCommand(
  request: CommandRequest,
  open: (sink: EventSink) => Session,
): Promise<number | NodeError> {
  if (!request.yes && !process.stdin.isTTY) {
    complain(`there is no terminal to ask on; to go ahead: ktop ${request.command} --yes …`);
    return 2;
  }
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
    if (!request.yes && !(await agreed(request, node))) return 2;
    return (await session.command(request.command)) ? 0 : 1;
  };
  try {
    return await Promise.race([run(), givenUp.promise, ending.code]);
  } finally {
    await session.close();
    ending.release();
  }
}

async function agreed(request: CommandRequest, node: NodeIdentity): Promise<boolean> {
  const {text, commands: typed, warning} = commands[request.command].question(node, request.connection.unit);
  const lines = [text, ...typed.map((line) => `  ${line}`), ...(warning === null ? [] : [warning])];
  const reply = await askLine([...lines, 'Go ahead? [y/N] ']);
  return /^y(es)?$/i.test(reply?.trim() ?? '');
}

/** Says what happens; a failure that goes on from one attempt to the next is said once. */
function speaker(): (event: Event) => void {
  let said = '';
  return (event) => {
    if (event.type === 'command') noteLine(request(event.command, event.step));
    if (event.type !== 'node-failed') return;
    const line = describeFailure(event.failure);
    if (line !== said) complain(line);
    said = line;
  };
}

function request(command: CommandName, step: CommandStep): string {
  return `${command}: ${step.kind === 'failed' ? describeFailure(step.failure) : step.line}`;
}
