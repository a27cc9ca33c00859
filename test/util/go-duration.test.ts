import {expect, test} from 'vitest';
import {goDurationMs} from '../../src/util/go-duration.ts';

test('a long text that is no duration after all is told from one at once', () => {
  expect(goDurationMs('1h31h'.repeat(10_000))).toBe(10_000 * (3_600_000 + 31 * 3_600_000));
  expect(goDurationMs(`${'1h31h'.repeat(10_000)}x`)).toBeNull();
  expect([goDurationMs('1.5s'), goDurationMs('1.s'), goDurationMs('.5s'), goDurationMs('.s')]).toEqual([
    1500,
    1000,
    500,
    null,
  ]);
});
