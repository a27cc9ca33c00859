import {expect, test} from 'vitest';
import {copyProgressText} from '../../../src/model/deploy/copy-progress.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';

const mi = 1_048_576;

test('a copy shows its share, bytes, rate and what is left, in whatever width there is', () => {
  const progress = {sentBytes: 20 * mi, totalBytes: 80 * mi, elapsedMs: 2000};
  expect(copyProgressText(progress, 52)).toMatch(/^█+░+ 25% 20Mi of 80Mi, 10Mi\/s, 6 s left$/);
  for (let width = 24; width < 120; width += 1) {
    expect(cellWidth(copyProgressText(progress, width))).toBeLessThanOrEqual(width);
    expect(copyProgressText(progress, width)).toContain('25% 20Mi of 80Mi');
  }
});

test('an empty file, the first moment and the end have no rate to divide by', () => {
  expect(copyProgressText({sentBytes: 0, totalBytes: 0, elapsedMs: 0}, 60)).toContain('100%');
  expect(copyProgressText({sentBytes: 0, totalBytes: 80 * mi, elapsedMs: 9000}, 60)).not.toMatch(/NaN|Infinity|–/);
  expect(copyProgressText({sentBytes: 80 * mi, totalBytes: 80 * mi, elapsedMs: 9000}, 60)).not.toContain('left');
});
