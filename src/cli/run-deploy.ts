import type {Action} from '../commands/command.ts';
import {readBuild, type Build} from '../commands/deploy/build.ts';
import {actionOf} from '../commands/deploy/carry-out.ts';
import {listDeploys, planDeploy, planFinish, planRollback} from '../commands/deploy/plan.ts';
import type {NodeError} from '../nodes/node-error.ts';
import type {EventSink, Session} from '../session/session.ts';
import {printLine} from '../terminal/print.ts';
import type {DeployWish} from './deploy-flags.ts';
import {onSession} from './run-command.ts';

/** Begins to read the build that is wished for: meanwhile the node can be found. */
export function beginReading({what}: DeployWish): Promise<Build> | null {
  if (what.kind !== 'file') return null;
  const reading = readBuild(what.file, new AbortController().signal);
  // Who waits for it hears of it.
  reading.catch(() => undefined);
  return reading;
}

/**
 * Looks at the node, and at the build where nobody has begun to read it, and makes the action of both. Rejects with a
 * `FailureError`: nothing was done.
 */
export async function deployAction(
  {what, options}: DeployWish,
  session: Session,
  build: Promise<Build> | null = null,
): Promise<Action | number> {
  const node = session.looking;
  switch (what.kind) {
    case 'file':
      return actionOf(await planDeploy(build ?? readBuild(what.file, node.signal), options, node));
    case 'finish':
      return actionOf(await planFinish(options, node));
    case 'rollback':
      return actionOf(await planRollback(options, node));
    case 'list':
      return 0;
  }
}

/** Prints what lies on the node. Resolves with the exit code, or with why there is no node. */
export function listThere(open: (sink: EventSink) => Session): Promise<number | NodeError> {
  return onSession(open, async (session) => {
    for (const line of await listDeploys(session.looking)) printLine(line);
    return 0;
  });
}
