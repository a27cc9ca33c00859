import {createInterface} from 'node:readline';

/** Asks for a line on the terminal; null where the user left without one (ctrl-C, ctrl-D). */
export function askLine(question: string): Promise<string | null> {
  // The screen that was here before lets go of the terminal: without a hold on it the program would end with the question.
  process.stdin.ref();
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  return new Promise((resolve) => {
    terminal.once('SIGINT', () => terminal.close());
    // Also after an answer; then it is settled already.
    terminal.once('close', () => resolve(null));
    terminal.question(question, (line) => {
      resolve(line);
      terminal.close();
    });
  });
}
