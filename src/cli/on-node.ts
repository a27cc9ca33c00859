import type {NodeError} from '../nodes/node-error.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import {connect} from '../session/connect.ts';
import type {SessionOptions} from '../session/session.ts';
import {complain} from '../terminal/print.ts';

type FindNode = SessionOptions['connect'];

/** Runs a face on the node that was named. Where the name does not settle it and the user does, it runs once more. */
export async function onNode(
  connection: ConnectionOptions,
  frontend: (find: FindNode) => Promise<number | NodeError>,
  find: FindNode = (signal) => connect(connection, signal),
): Promise<number> {
  for (;;) {
    const end = await frontend(find);
    if (typeof end === 'number') return end;
    const {whichNode} = await import('./choose-node.ts');
    const choice = await whichNode(end);
    if (choice === null) return 2;
    find = async (signal) => choice.open(signal);
  }
}

/** What to do where no node was named. */
export const nameTheNode = 'name the node to watch: ktop --node NAME (ktop nodes lists them), or try: ktop --demo';

/** Says why nothing was done. */
export function refuse(why: string): number {
  complain(why);
  return 2;
}
