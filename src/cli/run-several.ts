import type {Question} from '../commands/command.ts';
import type {NodeIdentity} from '../model/event.ts';
import type {NodeWish} from '../nodes/node-words.ts';
import {askLine} from '../terminal/ask-line.ts';
import {complain, noteLine, printText} from '../terminal/print.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {severalNames} from '../model/several-names.ts';
import type {Asking} from './arguments.ts';
import {dryRunText, refusesToAsk, type ActionRequest} from './run-command.ts';

export interface SeveralRequest {
  /** What `ktop …` it is, for messages. */
  readonly command: string;
  readonly asking: Asking;
  readonly unit: string;
  readonly prepare: ActionRequest['prepare'];
  /** Runs an action on one node as it is run where only one is named, without a question. */
  readonly runOn: (node: NodeWish, prepare: ActionRequest['prepare']) => Promise<number>;
}

/**
 * Runs an action on several nodes, one after the other. First it is made ready on all of them, so that nothing is begun
 * where one of them cannot take it; one question names them all; the first that does not succeed is the last. Resolves
 * with the exit code (0 done on all, 1 failed on one, 2 nothing was begun).
 */
export async function runOnSeveral(request: SeveralRequest, nodes: readonly NodeWish[]): Promise<number> {
  const {command, asking, unit, prepare, runOn} = request;
  if (refusesToAsk(command, asking)) return 2;
  const asked: {readonly node: NodeIdentity; readonly question: Question}[] = [];
  for (const wish of nodes) {
    const code = await runOn(wish, async (session, node) => {
      const action = await prepare(session, node);
      if (typeof action === 'number') return action;
      asked.push({node, question: action.question(node, unit)});
      return 0;
    });
    if (code !== 0) {
      complain(`nothing was begun on any node: ${command} is not possible on ${wish.label}`);
      return 2;
    }
  }
  if (asking.dryRun) {
    for (const {question} of asked) printText(dryRunText(question));
    return 0;
  }
  if (!asking.yes && !(await agreed(command, asked))) return 2;
  for (const [index, wish] of nodes.entries()) {
    noteLine(`${command}: ${safeLine(wish.label)} (${index + 1} of ${nodes.length})`);
    const code = await runOn(wish, prepare);
    if (code === 0) continue;
    const rest = nodes.slice(index + 1).map(({label}) => label);
    const left = rest.length === 0 ? 'it was the last one' : `not begun on ${severalNames(rest)}`;
    complain(`${command} did not succeed on ${wish.label}; ${left}`);
    return index === 0 && code === 2 ? 2 : 1;
  }
  return 0;
}

async function agreed(
  command: string,
  asked: readonly {readonly node: NodeIdentity; readonly question: Question}[],
): Promise<boolean> {
  const lines = asked.flatMap(({question: {text, commands, warning}}) => [
    text,
    ...commands.map((line) => `  ${line}`),
    ...(warning === null ? [] : [warning]),
  ]);
  const names = severalNames(asked.map(({node}) => node.name));
  const how = 'one after the other, until one does not succeed';
  const reply = await askLine([...lines, `Go ahead with the ${command} on ${names}, ${how}? [y/N] `]);
  return /^y(es)?$/i.test(reply?.trim() ?? '');
}
