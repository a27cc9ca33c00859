import {expect, test} from 'vitest';
import {boundedFailure, describeFailure} from '../../src/model/failure.ts';

test('a failure that quotes outsiders is one safe line, however long and whatever they said', () => {
  const failure = {tried: 'GET \u001b[2Jx', problem: `a\nb${'\u009d'.repeat(200_000)}`, next: 'docker info\u0007'};
  const line = describeFailure(failure);
  expect(line).toMatch(/^GET x: a␤b�+… — try: docker info␇$/);
  expect(line.length).toBeLessThan(2100);
  const bounded = boundedFailure({...failure, code: 'denied'});
  expect(bounded.problem).toHaveLength(2000);
  expect(bounded.code).toBe('denied');
});
