import {expect, test} from 'vitest';
import {namedNodes} from '../../src/nodes/named-nodes.ts';
import {connectionFor, type NodeWish} from '../../src/nodes/node-words.ts';
import {noConnection} from '../../src/nodes/options.ts';
import type {ProviderName} from '../../src/nodes/providers/names.ts';

const listed = [
  {name: 'kind-control-plane', provider: 'kind'},
  {name: 'kind-worker', provider: 'kind'},
  {name: 'minikube-m02', provider: 'minikube'},
] as const;

const wish = (word: string): NodeWish => ({label: word, connection: connectionFor(word, noConnection)});
const list = (only: ProviderName | null) => {
  const nodes = listed.filter(({provider}) => only === null || provider === only);
  const more = {role: null, kubeletVersion: null, state: 'running', reach: ''};
  const problems = only === null ? [{tried: 'podman ps', problem: 'no such program', next: null}] : [];
  return Promise.resolve({nodes: nodes.map((node) => ({...node, ...more})), problems});
};

test('a pattern stands for the nodes that fit it, each with who has it, and a node that is named twice is one', async () => {
  const found = await namedNodes([wish('kind-worker'), wish('kind-*'), wish('minikube:*'), wish('ssh:root@h*')], list);
  expect(found.map(({label, connection: {via, node, ssh}}) => [label, via, node, ssh])).toEqual([
    ['kind-worker', null, 'kind-worker', null],
    ['kind-control-plane', 'kind', 'kind-control-plane', null],
    ['minikube-m02', 'minikube', 'minikube-m02', null],
    ['ssh:root@h*', null, null, 'root@h*'],
  ]);
});

test('a pattern that fits no node says which there are, and who could not be asked', async () => {
  await expect(namedNodes([wish('knid-*')], list)).rejects.toMatchObject({
    kind: 'unknown',
    failure: {
      tried: "--node 'knid-*'",
      problem: expect.stringContaining(
        'kind-control-plane, kind-worker, minikube-m02; podman ps: no such program',
      ) as string,
      next: 'ktop nodes',
    },
  });
});
