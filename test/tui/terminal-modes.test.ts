import {expect, test} from 'vitest';
import {TerminalModes} from '../../src/tui/terminal-modes.ts';

test('the mouse goes back to the terminal with the alternate screen, and comes with it where it was taken', () => {
  const modes = new TerminalModes(false);
  expect(modes.around('\x1b[?1049h')).toBe('\x1b[?1049h\x1b[?7l');
  expect(modes.toggleMouse()).toBe('\x1b[?1000h\x1b[?1006h');
  expect(modes.around('\x1b[?1049l')).toBe('\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[?1049l');
  expect(modes.around('\x1b[?1049h')).toContain('\x1b[?1000h');
  expect(modes.toggleMouse()).toBe('\x1b[?1006l\x1b[?1000l');
});
