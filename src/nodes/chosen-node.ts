import type {ConnectionOptions} from './options.ts';
import type {ProviderName} from './providers/names.ts';

/** A node that was chosen from the list. */
export interface ChosenNode {
  /** Null where the provider alone says which one it is. */
  readonly node: string | null;
  readonly via: ProviderName;
}

/** How to reach a node that was chosen from the list: what was said of the way to another one does not hold for it. */
export function connectionTo({node, via}: ChosenNode, before: ConnectionOptions): ConnectionOptions {
  return {...before, node, via, ssh: null, address: null};
}
