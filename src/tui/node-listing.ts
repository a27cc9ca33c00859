import type {ListRow} from '../components/list-screen.tsx';
import {describeFailure} from '../model/failure.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import type {GrowingList} from '../nodes/watch-nodes.ts';

/** A row of the list of nodes. */
export interface NodeRow extends ListRow {
  readonly chosen: ChosenNode;
}

const demo: NodeRow = {
  name: 'demo',
  text: 'a simulated node, to try ktop with',
  right: '',
  dim: false,
  chosen: {node: null, via: 'demo'},
};

/** The nodes that ktop sees, which appear as those who know them answer; the demo stands at the end. */
export class NodeListing {
  readonly #stopped = new AbortController();
  #list: GrowingList | null = null;

  /** Asks for the nodes at once; `changed` is called whenever somebody has answered. */
  constructor(connection: ConnectionOptions, changed: () => void) {
    void this.#run(connection, changed);
  }

  /** What can be chosen now. */
  get rows(): readonly NodeRow[] {
    const nodes = (this.#list?.nodes ?? []).map(({name, provider, role, kubeletVersion, state, reach}): NodeRow => ({
      name,
      text: [provider, role, state, kubeletVersion].filter((one) => one !== null).join(' · '),
      right: reach,
      dim: false,
      chosen: {node: name, via: provider},
    }));
    return [...nodes, demo];
  }

  /** Who has not answered yet, and who could not. */
  get notes(): readonly string[] {
    const list = this.#list;
    if (list === null) return ['looking for nodes …'];
    const waiting = list.waiting.length === 0 ? [] : [`still asking: ${list.waiting.join(', ')} …`];
    const none = list.nodes.length === 0 && waiting.length === 0;
    const hint = none ? ['no nodes here: kind create cluster, minikube start, or ktop --ssh USER@HOST'] : [];
    return [...list.problems.map(describeFailure), ...hint, ...waiting];
  }

  /** Asks no further. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(connection: ConnectionOptions, changed: () => void): Promise<void> {
    const {watchNodes} = await import('../nodes/watch-nodes.ts');
    const only = connection.via === 'demo' ? null : connection.via;
    const told = (list: GrowingList): void => {
      this.#list = list;
      changed();
    };
    await watchNodes({...connection, node: null}, only, told, this.#stopped.signal);
  }
}
