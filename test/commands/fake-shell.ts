import type {CommandResult, NodeShell} from '../../src/nodes/node.ts';

type Answer = Partial<CommandResult> | Error;

/** What a node answers to a command line: always the same, or what it answers now. */
export type Answers = Readonly<Record<string, Answer | (() => Answer)>>;

/** A shell that answers from a table of command lines, and remembers what it was asked. */
export function fakeShell(answers: Answers): {readonly shell: NodeShell; readonly asked: string[]} {
  const asked: string[] = [];
  const shell: NodeShell = {
    run: (argv) => {
      const line = argv.join(' ');
      asked.push(line);
      const found = answers[line] ?? new Error(`unexpected: ${line}`);
      const answer = typeof found === 'function' ? found() : found;
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve({exitCode: 0, stdout: '', stderr: '', ...answer});
    },
    follow: () => {
      throw new Error('nothing is followed here');
    },
    copyIn: () => Promise.reject(new Error('nothing is copied here')),
  };
  return {shell, asked};
}
