import {describeFailure} from '../model/failure.ts';
import {AmbiguousName, type NodeChoice, type NodeError} from '../nodes/node-error.ts';
import {askLine} from '../terminal/ask-line.ts';
import {complain, isTerminal, noteLine} from '../terminal/print.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {cellWidth, pad} from '../model/draw/width.ts';

/**
 * Says why there is no node to watch. Where several have the name it lists them and, on a terminal, asks which one is
 * meant; null where the user, or a script, leaves it open.
 */
export async function whichNode(unresolved: NodeError): Promise<NodeChoice | null> {
  complain(describeFailure(unresolved.failure));
  if (!(unresolved instanceof AmbiguousName)) return null;
  const {choices} = unresolved;
  const titles = choices.map(({title}) => safeLine(title));
  const width = Math.max(...titles.map(cellWidth));
  for (const [index, {command}] of choices.entries()) {
    noteLine(`  ${index + 1}  ${pad(titles[index] ?? '', width)}  ${command}`);
  }
  if (!process.stdin.isTTY || !isTerminal('stderr')) return null;
  for (;;) {
    const line = await askLine([`Which one? [1-${choices.length}] `]);
    if (line === null) {
      noteLine('');
      return null;
    }
    const choice = choices[Number(line) - 1];
    if (choice === undefined) continue;
    noteLine(`Without this question: ${choice.command}`);
    return choice;
  }
}
