import type {CommandContext} from '../../src/commands/command.ts';
import {commands, type TableName} from '../../src/commands/commands.ts';
import type {CommandStep} from '../../src/model/event.ts';
import {localMs} from '../../src/model/time.ts';
import {fakeShell, type Answers} from './fake-shell.ts';

/** Runs a command on a node that answers from a table; resolves with its steps and what it asked the node. */
export async function run(
  name: TableName,
  answers: Answers,
  context: Partial<CommandContext> = {},
): Promise<{readonly steps: readonly CommandStep[]; readonly asked: readonly string[]}> {
  const {shell, asked} = fakeShell(answers);
  const steps: CommandStep[] = [];
  const running = commands[name].run({
    shell,
    unit: 'kubelet',
    commandPrefix: 'docker exec kind-worker',
    now: () => localMs(90),
    answered: () => new Promise(() => undefined),
    unanswered: () => null,
    signal: new AbortController().signal,
    ...context,
  });
  for await (const step of running) steps.push(step);
  return {steps, asked};
}
