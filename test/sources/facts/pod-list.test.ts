import {expect, test} from 'vitest';
import {podResources} from '../../../src/model/selection/pod-facts.ts';
import {parsePodList} from '../../../src/sources/facts/pod-list.ts';

const cpu = (requests: string, limits: string) => ({requests: {cpu: requests}, limits: {cpu: limits}});
const pod = (name: string, spec: object, status: object = {}) => ({
  metadata: {name, namespace: 'd', uid: name},
  spec,
  status,
});

test('what is set for a whole pod counts before its containers, and what is in force before what is wanted', () => {
  const items = [
    pod('budget', {resources: cpu('500m', '1'), containers: [{name: 'a'}, {name: 'b', resources: {}}]}),
    pod('mixed', {resources: cpu('1', '2'), containers: [{name: 'a', resources: cpu('100m', '1500m')}, {name: 'b'}]}),
    pod(
      'resized',
      {containers: [{name: 'a', resources: cpu('2', '2')}]},
      {containerStatuses: [{name: 'a', resources: cpu('500m', '500m')}]},
    ),
    pod('whole', {resources: cpu('2', '2'), containers: [{name: 'a'}]}, {resources: cpu('1', '1')}),
  ];
  const told = (parsePodList(JSON.stringify({items})) ?? []).map((each) => {
    const {requestNanoCores, limitNanoCores} = podResources(each);
    return [each.name, requestNanoCores, limitNanoCores];
  });
  expect(told).toEqual([
    ['budget', 0.5e9, 1e9],
    ['mixed', 1e9, 2e9],
    ['resized', 0.5e9, 0.5e9],
    ['whole', 1e9, 1e9],
  ]);
});

test('a list that is nested beyond all sense is none, as its levels would fill the memory', () => {
  expect(parsePodList(`{"items":[${'['.repeat(2000)}${']'.repeat(2000)}]}`)).toBeNull();
});
