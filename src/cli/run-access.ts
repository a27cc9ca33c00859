import {accessText, applyAccess, removeAccess} from '../commands/access.ts';
import {daemonSetText} from '../commands/daemonset.ts';
import {nodesText} from './run-nodes.ts';
import {describeFailure, toFailure} from '../model/failure.ts';
import type {ListOptions} from '../nodes/options.ts';
import {complain, noteText, printJson, printLine, printText} from '../terminal/print.ts';

/** Prints the nodes that can be seen, and the notes on how they were asked for. Resolves with the exit code. */
export async function printNodes(
  options: ListOptions,
  {json, notes}: {readonly json: boolean; readonly notes: readonly string[]},
): Promise<number> {
  for (const note of notes) complain(`${note} (left out)`);
  const {stdout, stderr, exitCode} = await nodesText(options, json);
  if (json) printJson(stdout);
  else printText(stdout);
  noteText(stderr);
  return exitCode;
}

/** Prints, applies or removes what gives ktop its rights. Resolves with the exit code. */
export async function changeAccess(
  change: 'print' | 'apply' | 'remove',
  options: {
    readonly proxy: boolean;
    readonly verbosity: boolean;
    readonly pipeline: boolean;
    readonly daemonset: string | null;
    readonly connection: ListOptions;
  },
): Promise<number> {
  const {daemonset, connection} = options;
  if (change === 'print') {
    if (daemonset !== null) {
      printText(await daemonSetText(daemonset));
      return 0;
    }
    const {yaml, notes} = await accessText(options);
    noteText(notes);
    printText(yaml);
    return 0;
  }
  try {
    const steps = change === 'apply' ? applyAccess(options, connection) : removeAccess(connection);
    for await (const step of steps) printLine(step);
    return 0;
  } catch (error) {
    complain(describeFailure(toFailure(error, `${change} the rights of ktop`)));
    return 1;
  }
}
