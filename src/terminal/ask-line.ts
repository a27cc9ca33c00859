import {createInterface} from 'node:readline';
import {safeLine} from '../model/draw/safe-text.ts';

/**
 * Asks for a line on the terminal: `lines` are shown, the last of them in front of the cursor. Null where the user left
 * without an answer (ctrl-C, ctrl-D). No line holds a break or a control character, whatever names stand in it.
 */
export function askLine(lines: readonly string[]): Promise<string | null> {
  // The screen that was here before lets go of the terminal: without a hold on it the program would end with the question.
  process.stdin.ref();
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  return new Promise((resolve) => {
    terminal.once('SIGINT', () => terminal.close());
    // Also after an answer; then it is settled already.
    terminal.once('close', () => resolve(null));
    terminal.question(lines.map((line) => safeLine(line)).join('\n'), (line) => {
      resolve(line);
      terminal.close();
    });
  });
}
