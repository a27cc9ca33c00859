import {createInterface} from 'node:readline';

/** Asks for a line on the terminal; null where the user left without one (ctrl-C, ctrl-D). */
export function askLine(question: string): Promise<string | null> {
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
