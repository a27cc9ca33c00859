import {expect, test} from 'vitest';
import {paneLayout} from '../../../src/model/screen/layout.ts';

test('at every size from 60×15 up the panes and the status fill the screen and never pass it', () => {
  for (let height = 15; height <= 60; height += 1) {
    for (let width = 60; width <= 250; width += 7) {
      const layout = paneLayout({width, height}, null);
      if (layout.kind !== 'all') throw new Error(`no panes at ${width}×${height}`);
      expect(layout.cpu.height + layout.journal.height + layout.statusRows).toBe(height);
      expect(layout.cpu.width + 1 + layout.housekeeping.width).toBe(width);
      expect(layout.journal.height).toBeGreaterThanOrEqual(5);
      expect(layout.housekeeping.width).toBeGreaterThanOrEqual(28);
    }
  }
});

test('below 60×15 nothing but a sentence fits', () => {
  expect(paneLayout({width: 59, height: 40}, null).kind).toBe('too-small');
  expect(paneLayout({width: 120, height: 14}, 'cpu').kind).toBe('too-small');
});
