import {endOf, type GuardEnd} from '../../model/deploy/guard-log.ts';
import type {JobLine} from '../../model/job-log.ts';
import type {CommandContext} from '../command.ts';
import {runJob} from '../job/run-job.ts';
import {guardScript} from './guard-script.ts';
import type {Look} from './look.ts';

/** What must pass on the node until the guard has surely ended: two restarts, each with its patience. */
const spareMs = 60_000;

/**
 * Starts the guard on the node and tells its log as it grows. Returns the end; null where the guard is gone without one
 * (it was killed), or we were called off. `state` is written down for it first, null where that is there already. Rejects
 * where it could not be started, or nobody answers any more.
 */
export async function* runGuard(
  context: CommandContext,
  {folder}: Look,
  what: {
    readonly verb: 'run' | 'undo';
    readonly id: string;
    readonly state: Readonly<Record<string, string>> | null;
    readonly timeoutMs: number;
  },
): AsyncGenerator<JobLine, GuardEnd | null> {
  const {verb, id, state, timeoutMs} = what;
  const files = {guard: guardScript, ...(state !== null && {state: stateText(state)})};
  const mostMs = 2 * Math.max(timeoutMs, 30_000) + spareMs;
  const job = {title: 'deploy', folder, unit: 'ktop-deploy', script: 'guard', files, args: [verb, id], mostMs};
  for await (const line of runJob(context, job)) {
    yield line;
    const end = endOf(line);
    if (end !== null) return end;
  }
  return null;
}

/** A `name=value` a line; a value is one line, whatever a program called its version. */
function stateText(state: Readonly<Record<string, string>>): string {
  const lines = Object.entries(state).map(([name, value]) => `${name}=${value.replace(/[^\x20-\x7e]/g, '?')}`);
  return `${lines.join('\n')}\n`;
}

/** Tells the guard that the new kubelet was seen to answer. Never rejects: without it the guard watches a little longer. */
export async function confirm({shell, signal}: CommandContext, {folder}: Look, id: string): Promise<void> {
  await shell.run(['sh', `${folder}/guard`, 'ok', id], {signal}).catch(() => null);
}
