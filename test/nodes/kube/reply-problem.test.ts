import {expect, test} from 'vitest';
import {replyProblem} from '../../../src/nodes/kube/reply-problem.ts';

test.each([
  [
    404,
    '{"kind":"Status","status":"Failure","message":"nodes \\"n1\\" not found","code":404}',
    '404: nodes "n1" not found',
  ],
  [502, 'error trying to reach service: EOF\nmore', '502: error trying to reach service: EOF'],
  [503, ' \n', 'answered with status 503'],
  [
    500,
    'An error has occurred while serving metrics:\n\n2 error(s) occurred:\n* collected metric "a" was collected before\n* b',
    '500: An error has occurred while serving metrics: 2 error(s) occurred: * collected metric "a" was collected before',
  ],
  [500, 'Internal Error:', '500: Internal Error:'],
])('says in one line what a refusal with status %i says', (status, body, said) => {
  expect(replyProblem({status, body})).toBe(said);
});
