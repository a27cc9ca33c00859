import {findNode} from '../nodes/find-node.ts';
import type {Node} from '../nodes/node.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import {loadProvider} from '../nodes/providers/registry.ts';

/**
 * Finds the node that the user named. Rejects with a `NodeError` that tells a mistake from somebody who is down, and at
 * once when the signal aborts.
 */
export async function connect(connection: ConnectionOptions, signal: AbortSignal): Promise<Node> {
  return findNode({...connection, node: connection.node ?? ''}, signal);
}

/**
 * Begins to look for the node before anybody can be told what comes of it: the engine answers while the screen is loaded.
 * Whoever asks first gets that, and calls it off with the signal; from then on it is looked for when it is asked for.
 */
export function connectAhead(connection: ConnectionOptions): (signal: AbortSignal) => Promise<Node> {
  const called = new AbortController();
  let ahead: Promise<Node> | null = connect(connection, called.signal);
  // Its failure is for whoever asks.
  ahead.catch(() => undefined);
  return (signal) => {
    if (ahead === null) return connect(connection, signal);
    const first = ahead;
    ahead = null;
    const abort = (): void => called.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, {once: true});
    return first;
  };
}

/** Whether the user has said which node; without that there is nothing to connect to. */
export async function isNamed({node, via, ssh}: ConnectionOptions): Promise<boolean> {
  if (node !== null || ssh !== null) return true;
  if (via === null) return false;
  return !(await loadProvider(via)).needsName;
}
