import type {CommandResult, NodeShell} from '../../src/nodes/node.ts';

/** A shell that answers from a table of command lines, and remembers what it was asked. */
export function fakeShell(answers: Readonly<Record<string, Partial<CommandResult> | Error>>): {
  readonly shell: NodeShell;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const shell: NodeShell = {
    run: (argv) => {
      const line = argv.join(' ');
      asked.push(line);
      const answer = answers[line] ?? new Error(`unexpected: ${line}`);
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
