import {accessText, applyAccess, removeAccess} from '../commands/access.ts';
import {nodesText} from './run-nodes.ts';
import {describeFailure, toFailure} from '../model/failure.ts';
import type {ListOptions} from '../nodes/options.ts';

/** Prints the nodes that can be seen. Resolves with the exit code. */
export async function printNodes(options: ListOptions, json: boolean): Promise<number> {
  const {stdout, stderr, exitCode} = await nodesText(options, json);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode;
}

/** Prints, applies or removes what gives ktop its rights. Resolves with the exit code. */
export async function changeAccess(
  change: 'print' | 'apply' | 'remove',
  options: {readonly proxy: boolean; readonly connection: ListOptions},
): Promise<number> {
  const {proxy, connection} = options;
  if (change === 'print') {
    process.stdout.write(accessText({proxy}));
    return 0;
  }
  try {
    const steps = change === 'apply' ? applyAccess({proxy}, connection) : removeAccess(connection);
    for await (const step of steps) process.stdout.write(`${step}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`ktop: ${describeFailure(toFailure(error, `${change} the rights of ktop`))}\n`);
    return 1;
  }
}
