import type {CommandName} from '../model/event.ts';
import {clearArgvs} from './clear.ts';
import {restartArgv} from './restart.ts';

/** What a user is asked before a node is changed, by a key or on the command line alike. */
export interface Question {
  readonly text: string;
  /** What will be run, a command a line, as it is typed by hand. */
  readonly commands: readonly string[];
  readonly warning: string | null;
}

/** The question before a command; `by` is how a command is run on the node: `docker exec kind-worker`. */
export function questionOf(
  command: CommandName,
  node: {readonly name: string; readonly commandPrefix: string},
  unit: string,
): Question {
  const typed = (argv: readonly string[]) => `${node.commandPrefix} ${argv.join(' ')}`.trim();
  if (command === 'restart') {
    return {text: `Restart the kubelet on ${node.name}?`, commands: [typed(restartArgv(unit))], warning: null};
  }
  // journald can only remove whole archived files, and these hold all units.
  const warning = 'Removes the archived journal of ALL units of the node.';
  return {text: `Clear the journal of ${node.name}?`, commands: clearArgvs.map(typed), warning};
}
