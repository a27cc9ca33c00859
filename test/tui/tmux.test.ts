import {expect, test} from 'vitest';
import {isSeen} from '../../src/tui/tmux.ts';

test.for([
  ['1 0 1', true, 'it is the pane in use'],
  ['1 0 0', true, 'it is beside the one in use'],
  ['1 1 1', true, 'it is zoomed'],
  ['1 1 0', false, 'another pane is zoomed'],
  ['0 0 1', false, 'another window is shown'],
  ['', true, 'tmux does not answer'],
  ['1', true, 'tmux does not know the question'],
] as const)('a pane of which tmux says "%s" counts as seen: %s (%s)', ([answer, seen]) => {
  expect(isSeen(`${answer}\n`)).toBe(seen);
});
