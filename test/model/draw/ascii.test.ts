import {expect, test} from 'vitest';
import {asciiOnly} from '../../../src/model/draw/ascii.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';

test('where the locale has no UTF-8 every character is drawn by an ASCII one as wide; escapes stay', () => {
  const drawn = '\u001b[2m─ cpu \u001b[0m5 lines · 2 min … 宽 é e\u0301 └─┴ ×3';
  const plain = asciiOnly(drawn);
  expect(plain).toBe('\u001b[2m- cpu \u001b[0m5 lines | 2 min ~ ?? ? e +-+ x3');
  expect(cellWidth(plain)).toBe(cellWidth(drawn));
});
