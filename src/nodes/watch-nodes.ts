import type {Failure} from '../model/failure.ts';
import {gathered, type NodeList} from './list-nodes.ts';
import type {ListOptions} from './options.ts';
import {providerNames, type ProviderName} from './providers/names.ts';
import type {Listing} from './providers/provider.ts';
import {loadProvider} from './providers/registry.ts';

/** The nodes as far as they are known by now. */
export interface GrowingList extends NodeList {
  /** Who has not answered yet. */
  readonly waiting: readonly ProviderName[];
}

/**
 * Asks everybody for their nodes and tells the list each time somebody has answered, so that a slow one holds nobody back.
 * `only` asks just one. Resolves when all have answered or the signal aborts; never rejects.
 */
export async function watchNodes(
  options: ListOptions,
  only: ProviderName | null,
  told: (list: GrowingList) => void,
  signal: AbortSignal,
): Promise<void> {
  const env = options.env ?? process.env;
  const asked = providerNames.filter((name) => only === null || name === only);
  const listings = new Map<ProviderName, Listing>();
  const tell = (): void => {
    if (signal.aborted) return;
    const inOrder = asked.map((name) => listings.get(name)).filter((listing) => listing !== undefined);
    told({...gathered(inOrder), waiting: asked.filter((name) => !listings.has(name))});
  };
  tell();
  await Promise.all(
    asked.map(async (name) => {
      const listing = await loadProvider(name)
        .then((provider) => provider.list({options, env, signal}))
        .catch((error: unknown): Listing => ({nodes: [], problems: [problemOf(name, error)]}));
      listings.set(name, listing);
      tell();
    }),
  );
}

function problemOf(name: ProviderName, error: unknown): Failure {
  const problem = error instanceof Error ? error.message : String(error);
  return {tried: `list the nodes of ${name}`, problem, next: null};
}
