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

/** `ktop-kind-worker-20260102-150405`, by the local clock: the folder of a recording that is begun by its key. */
export function folderByKey(node: string, now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `ktop-${fileNameOf(node)}-${local.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
}

/** What the recordings of a run have in common. */
export interface Recordings {
  /** The folder that `--record` named; null where a key began them. */
  readonly dir: string | null;
  /** Whether each of several nodes has its own folder below it. */
  readonly areSeveral: boolean;
  /** Folders that nodes were given, though perhaps nothing is in them yet. */
  readonly given: Set<string>;
}

/**
 * The folder for a node that takes the place of another one whose recording is on: it bears the node's name, and a
 * number where it has a recording already (`isFree` says no). Null where there is none to be had.
 */
export function folderOfNext(
  node: string,
  {dir, areSeveral, given}: Recordings,
  isFree: (folder: string) => boolean,
  now: Date,
): string | null {
  const name = fileNameOf(node).replace(/^\.*$/, 'node');
  const below = areSeveral ? '/' : '-';
  const folder = dir === null ? folderByKey(node, now) : `${dir.replace(/\/+$/, '')}${below}${name}`;
  const numbered = Array.from({length: 98}, (_, i) => `${folder}-${i + 2}`);
  const free = [folder, ...numbered].find((one) => !given.has(one) && isFree(one)) ?? null;
  if (free !== null) given.add(free);
  return free;
}
