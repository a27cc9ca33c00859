import type {Node} from '../nodes/node.ts';
import type {ConnectionOptions} from '../nodes/options.ts';

/**
 * Finds the node that the user named. Rejects with a `NodeError` that tells a mistake from somebody who is down, and at
 * once when the signal aborts.
 */
export async function connect(connection: ConnectionOptions, signal: AbortSignal): Promise<Node> {
  const {findNode} = await import('../nodes/find-node.ts');
  return findNode({...connection, node: connection.node ?? ''}, signal);
}

/** Whether the user has said which node; without that there is nothing to connect to. */
export async function isNamed({node, via, ssh}: ConnectionOptions): Promise<boolean> {
  if (node !== null || ssh !== null) return true;
  if (via === null) return false;
  const {loadProvider} = await import('../nodes/providers/registry.ts');
  return !(await loadProvider(via)).needsName;
}
