import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {likelyContexts} from '../../../src/nodes/kube/api-lookup.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-lookup-'));
});
afterEach(() => rm(folder, {recursive: true}));

/** The names of what is asked, with a kubeconfig whose context `lab` is whole, `halved` lacks its cluster, `lone` its user. */
async function asked(current: string | null, named: readonly string[], suggested: readonly string[] = []) {
  const contexts = {
    lab: {cluster: 'lab', user: 'me'},
    other: {cluster: 'lab', user: 'me'},
    halved: {cluster: 'gone', user: 'me'},
    lone: {cluster: 'lab', user: 'nobody'},
  };
  const config = {
    'current-context': current,
    clusters: [{name: 'lab', cluster: {server: 'https://lab.test'}}],
    users: [{name: 'me', user: {token: 't'}}],
    contexts: Object.entries(contexts)
      .filter(([name]) => named.includes(name))
      .map(([name, context]) => ({name, context})),
  };
  const file = join(folder, 'config');
  await writeFile(file, JSON.stringify(config));
  const found = await likelyContexts({kubeconfig: file, env: {HOME: folder}}, suggested);
  return found.map((context) => context.name);
}

test.each([
  ['is not there', 'deleted', ['lab'], 'it has no such context, only lab'],
  ['lacks its cluster', 'halved', ['lab', 'halved'], 'its cluster "gone" is not there'],
  ['lacks its user', 'lone', ['lab', 'lone'], 'its user "nobody" is not there'],
])('a current context that %s is told, and no other taken for it', async (_what, current, named, problem) => {
  const tried = `use the kubeconfig's current context "${current}"`;
  const next = 'kubectl config get-contexts';
  await expect(asked(current, named)).rejects.toMatchObject({failure: {code: 'bad-config', tried, problem, next}});
  // The cluster that the node's own name suggests does not depend on it.
  expect(await asked(current, named, ['lab'])).toEqual(['lab']);
});

test('without a current context a single one is taken, and of several one must be named', async () => {
  expect(await asked(null, ['lab'])).toEqual(['lab']);
  expect(await asked('', [])).toEqual([]);
  await expect(asked(null, ['halved'])).rejects.toThrow('its cluster "gone" is not there');
  const problem = 'it has no current context, and several to choose from: lab and other';
  await expect(asked(null, ['lab', 'other'])).rejects.toMatchObject({
    failure: {problem, next: 'ktop --context NAME …'},
  });
});
