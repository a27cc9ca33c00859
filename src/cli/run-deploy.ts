import type {Action} from '../commands/command.ts';
import {actionOf} from '../commands/deploy/carry-out.ts';
import {listDeploys, planDeploy, planFinish, planRollback} from '../commands/deploy/plan.ts';
import type {NodeError} from '../nodes/node-error.ts';
import type {EventSink, Session} from '../session/session.ts';
import {printLine} from '../terminal/print.ts';
import type {DeployWish} from './deploy-flags.ts';
import {onSession} from './run-command.ts';

/** Looks at the build and at the node, and makes the action of it. Rejects with a `FailureError`: nothing was done. */
export async function deployAction({what, options}: DeployWish, session: Session): Promise<Action | number> {
  const node = session.looking;
  switch (what.kind) {
    case 'file':
      return actionOf(await planDeploy(what.file, options, node));
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
