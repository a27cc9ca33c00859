import {describeFailure} from '../model/failure.ts';
import {AmbiguousName, type NodeChoice, type NodeError} from '../nodes/node-error.ts';
import {askLine} from './ask-line.ts';

/**
 * Says why there is no node to watch. Where several have the name it lists them and, on a terminal, asks which one is
 * meant; null where the user, or a script, leaves it open.
 */
export async function whichNode(unresolved: NodeError): Promise<NodeChoice | null> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`ktop: ${describeFailure(unresolved.failure)}`);
  if (!(unresolved instanceof AmbiguousName)) return null;
  const {choices} = unresolved;
  const width = Math.max(...choices.map(({title}) => title.length));
  for (const [index, {title, command}] of choices.entries()) say(`  ${index + 1}  ${title.padEnd(width)}  ${command}`);
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  for (;;) {
    const line = await askLine(`Which one? [1-${choices.length}] `);
    if (line === null) {
      say('');
      return null;
    }
    const choice = choices[Number(line) - 1];
    if (choice === undefined) continue;
    say(`Without this question: ${choice.command}`);
    return choice;
  }
}
