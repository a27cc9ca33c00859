import {join} from 'node:path';
import type {NodeWish} from '../nodes/node-words.ts';

/** A node's name as the name of a file: nothing that it may hold leads out of a folder. */
export function fileNameOf(node: string): string {
  return node.replaceAll(/[^\w.-]+/g, '-').slice(0, 80);
}

/** A folder below `dir` for each of several nodes, by its name; names that would share one are numbered. */
export function recordingFolders(dir: string, nodes: readonly NodeWish[]): readonly string[] {
  const taken = new Set<string>();
  return nodes.map(({label}) => {
    const name = fileNameOf(label).replace(/^\.*$/, 'node');
    let free = name;
    for (let i = 2; taken.has(free); i += 1) free = `${name}-${i}`;
    taken.add(free);
    return join(dir, free);
  });
}
