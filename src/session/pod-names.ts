import type {ConnectionOptions} from '../nodes/options.ts';
import {podLookups, watchPods} from '../sources/facts/pods.ts';
import {connect} from './connect.ts';

/** The pods of a node, as `namespace/name`; rejects where the node cannot be had, and is empty where nobody tells. */
export async function podNames(connection: ConnectionOptions, signal: AbortSignal): Promise<readonly string[]> {
  const node = await connect(connection, signal);
  try {
    for await (const event of watchPods(
      {lookups: podLookups(node.askApi?.bind(node), (signal) => node.openRoute(signal)), everyMs: 60_000},
      signal,
    )) {
      if (event.type !== 'pods' || event.answer.kind !== 'pods') return [];
      return event.answer.pods.map(({namespace, name}) => `${namespace}/${name}`);
    }
    return [];
  } finally {
    await node.close();
  }
}
