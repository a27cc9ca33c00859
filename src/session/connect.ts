import type {Node} from '../nodes/node.ts';
import type {NodeOptions} from '../nodes/options.ts';
import type {ConnectionOptions} from './options.ts';

/** Finds the node that the user named. Rejects with a `NodeError` that tells a mistake from somebody who is down. */
export async function connect(connection: ConnectionOptions): Promise<Node> {
  if (connection.via === 'demo') {
    const {startDemoNode} = await import('../demo/demo-node.ts');
    return startDemoNode();
  }
  const {findNode} = await import('../nodes/find-node.ts');
  return findNode(nodeOptions(connection));
}

/** Whether the user has said which node; without that there is nothing to connect to. */
export function isNamed({node, via, ssh}: ConnectionOptions): boolean {
  return node !== null || via === 'demo' || via === 'local' || ssh !== null;
}

/** What `nodes/` wants to know, without what the user left open. */
export function nodeOptions({node, ...connection}: ConnectionOptions): NodeOptions {
  const given = Object.entries(connection).filter(([name, value]) => value !== null && name !== 'unit');
  return {node: node ?? '', ...Object.fromEntries(given)};
}
