import type {CommandStep} from '../model/event.ts';
import {toFailure} from '../model/failure.ts';
import type {NodeShell} from '../nodes/node.ts';

export interface ClearContext {
  readonly shell: NodeShell;
  /** How the user would do it by hand, for messages: `docker exec kind-worker`. */
  readonly commandPrefix: string;
  readonly signal: AbortSignal;
}

/** What is run, one after the other. */
export const clearArgvs: readonly (readonly string[])[] = [
  ['journalctl', '--rotate'],
  ['journalctl', '--vacuum-time=1s'],
];

/** Clears the node's journal: moves the current files to the archive, then removes the archive. */
export async function* clearJournal(context: ClearContext): AsyncGenerator<CommandStep> {
  yield {kind: 'started', line: clearArgvs.map((argv) => `${context.commandPrefix} ${argv.join(' ')}`).join(' && ')};
  let output = '';
  for (const argv of clearArgvs) {
    const tried = `${context.commandPrefix} ${argv.join(' ')}`;
    try {
      const result = await context.shell.run(argv, {timeoutMs: 60_000, signal: context.signal});
      output = result.stderr + result.stdout;
      if (result.exitCode !== 0) {
        const problem = output.trim() || `exit code ${result.exitCode}`;
        yield {kind: 'failed', failure: {tried, problem, next: `${context.commandPrefix} journalctl --disk-usage`}};
        return;
      }
    } catch (error) {
      yield {kind: 'failed', failure: toFailure(error, tried)};
      return;
    }
  }
  yield {kind: 'done', line: `journal cleared${freed(output)}`};
}

/** Reads journalctl's own `Vacuuming done, freed 8.0M of archived journals from …`, one line a directory. */
function freed(output: string): string {
  const sizes = [...output.matchAll(/freed ([\d.]+[BKMGT]?) of/g)].map((match) => match[1] ?? '0B');
  const notable = sizes.filter((size) => size !== '0B');
  return notable.length === 0 ? '' : `, freed ${notable.join(' and ')}`;
}
