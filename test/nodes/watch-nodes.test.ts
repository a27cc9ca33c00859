import {expect, test, vi} from 'vitest';
import type {Listing, ListQuestion, Provider} from '../../src/nodes/providers/provider.ts';
import type {ProviderName} from '../../src/nodes/providers/names.ts';
import {watchNodes, type GrowingList} from '../../src/nodes/watch-nodes.ts';

const answers = new Map<ProviderName, (question: ListQuestion) => Promise<Listing>>();
vi.mock('../../src/nodes/providers/registry.ts', () => ({
  loadProvider: (name: ProviderName): Promise<Partial<Provider>> =>
    Promise.resolve({name, list: answers.get(name) ?? (() => Promise.resolve({nodes: []}))}),
}));

const node = (name: string, provider: ProviderName) => ({
  ...{name, provider, role: null, kubeletVersion: null, state: 'running', reach: ''},
});

test('the list grows as providers answer; a slow one and one that fails hold nobody back', async () => {
  const slow = Promise.withResolvers<Listing>();
  answers.set('kind', () => Promise.resolve({nodes: [node('kind-worker', 'kind')]}));
  answers.set('ssh', () => Promise.reject(new Error('broken')));
  answers.set('api', () => slow.promise);
  const lists: GrowingList[] = [];
  const ended = watchNodes({env: {}}, null, (list) => lists.push(list), new AbortController().signal);
  await vi.waitFor(() => expect(lists.at(-1)?.waiting).toEqual(['api']));
  expect(lists.at(-1)?.nodes.map(({name}) => name)).toEqual(['kind-worker']);
  expect(lists.at(-1)?.problems.map(({problem}) => problem)).toEqual(['broken']);
  slow.resolve({nodes: [node('kind-worker', 'api'), node('node-7', 'api')]});
  await ended;
  expect(lists.at(-1)?.nodes.map(({name, provider}) => `${name} ${provider}`)).toEqual([
    'kind-worker kind',
    'node-7 api',
  ]);
});
