import {matchesGlob} from '../model/selection/glob.ts';
import {describeFailure} from '../model/failure.ts';
import {connectionTo} from './chosen-node.ts';
import {nodesHere} from './find-node.ts';
import {listNodes, type NodeList} from './list-nodes.ts';
import {NodeError} from './node-error.ts';
import {isNodePattern, type NodeWish} from './node-words.ts';
import type {ConnectionOptions} from './options.ts';
import type {ProviderName} from './providers/names.ts';

/**
 * The nodes that are meant, each once, in the order in which they were named; patterns are compared with what `ktop nodes`
 * lists. Rejects with a `NodeError` where a pattern fits none.
 */
export async function namedNodes(
  wishes: readonly NodeWish[],
  list: (only: ProviderName | null, connection: ConnectionOptions) => Promise<NodeList> = listed,
): Promise<readonly NodeWish[]> {
  const lists = new Map<ProviderName | null, Promise<NodeList>>();
  const found: NodeWish[] = [];
  for (const wish of wishes) {
    const {label, connection} = wish;
    const pattern = connection.node ?? '';
    if (!isNodePattern(label)) {
      add(found, wish);
      continue;
    }
    const {via} = connection;
    const listing = lists.get(via) ?? list(via, connection);
    lists.set(via, listing);
    const {nodes, problems} = await listing;
    const fits = nodes.filter(({name}) => matchesGlob(pattern, name));
    if (fits.length === 0) {
      const here = nodesHere(nodes.map(({name}) => name));
      const problem = [`no node fits; ${here}`, ...problems.map(describeFailure)].join('; ');
      throw new NodeError('unknown', {tried: `--node '${label}'`, problem, next: 'ktop nodes'});
    }
    for (const {name, provider} of fits) {
      add(found, {label: name, connection: connectionTo({node: name, via: via ?? provider}, connection)});
    }
  }
  return found;
}

function listed(only: ProviderName | null, connection: ConnectionOptions): Promise<NodeList> {
  return listNodes({...connection, node: null}, undefined, only);
}

/** Who is named twice, by a name and by a pattern, is watched once. */
function add(found: NodeWish[], {label, connection}: NodeWish): void {
  const {node, ssh, via} = connection;
  const isKnown = found.some(
    ({connection: other}) =>
      other.node === node && other.ssh === ssh && (other.via === null || via === null || other.via === via),
  );
  if (!isKnown) found.push({label, connection});
}
