import {describe, expect, it} from 'vitest';
import {cellWidth, fit, pad, sliceCells, truncate} from '../../../src/model/draw/width.ts';

describe('widths in cells', () => {
  it('truncates by cells, not by characters', () => {
    expect(truncate('kubelet', 7)).toBe('kubelet');
    expect(truncate('kubelet', 5)).toBe('kube…');
    expect(truncate('容器容器', 5)).toBe('容器…');
    expect(cellWidth(truncate('容器容器', 6))).toBeLessThanOrEqual(6);
    expect(truncate('kubelet', 0)).toBe('');
  });

  it('truncates a text of any length by the cells that it needs', () => {
    const marked = ('e' + '\u0301'.repeat(4)).repeat(1_000_000);
    expect(truncate(marked, 3)).toBe(marked.slice(0, 10) + '…');
    expect(truncate('👍'.repeat(1_000_000), 5)).toBe('👍👍…');
  });

  it('pads and fits to exact widths', () => {
    expect(pad('容', 4)).toBe('容  ');
    expect(pad('7', 3, 'right')).toBe('  7');
    for (const text of ['', 'a', '容器容器容器', 'e\u0301e\u0301', '👍👍👍']) expect(cellWidth(fit(text, 5))).toBe(5);
  });

  it('slices columns and keeps them in place where a wide character is cut', () => {
    expect(sliceCells('abcdef', 2, 4)).toBe('cd');
    expect(sliceCells('容器ab', 1, 5)).toBe(' 器a');
    expect(sliceCells('容器ab', 0, 3)).toBe('容 ');
    expect(sliceCells('e\u0301x', 0, 1)).toBe('e\u0301');
  });
});
