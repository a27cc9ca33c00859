import {isGlob} from '../model/selection/glob.ts';
import type {ConnectionOptions} from './options.ts';
import {providerNames, type ProviderName} from './providers/names.ts';

/** A node that was named, or a pattern of names: what it is called, and how it is reached. */
export interface NodeWish {
  /** As it was typed; of one that a pattern found, its name. */
  readonly label: string;
  readonly connection: ConnectionOptions;
}

/**
 * What the words behind `--node` mean: a name, or who has it and the name (`kind:kind-worker`, `ssh:root@10.0.0.2`), which
 * no name can look like. Null for `via` where it is left to ktop.
 */
export function readNodeWord(word: string): {readonly via: ProviderName | null; readonly name: string} {
  const [, prefix, name] = /^([a-z]+):(.+)$/s.exec(word) ?? [];
  const via = providerNames.find((one) => one === prefix) ?? null;
  return via === null || name === undefined ? {via: null, name: word} : {via, name};
}

/** Whether a word behind `--node` stands for all nodes that match it. */
export function isNodePattern(word: string): boolean {
  const {via, name} = readNodeWord(word);
  return via !== 'ssh' && isGlob(name);
}

/** How a node of that word is reached; `before` is what was said of the way besides. */
export function connectionFor(word: string, before: ConnectionOptions): ConnectionOptions {
  const {via, name} = readNodeWord(word);
  if (via === null) return {...before, node: name};
  return via === 'ssh' ? {...before, node: null, via: null, ssh: name} : {...before, node: name, via, ssh: null};
}
