import {expect, test} from 'vitest';
import {backgroundFrom, backgroundOf} from '../../../src/model/screen/background.ts';
import {TerminalInput} from '../../../src/model/screen/terminal-input.ts';

const answer = '\x1b]11;rgb:fdf6/e3e3/0000\x1b\\\x1b[?62;4c';

test('an answer of the terminal is never taken for keys, wherever it is cut and whatever was typed around it', () => {
  const all = `jk${answer}\x1b[Aq`;
  for (let first = 0; first <= all.length; first += 1) {
    for (let second = first; second <= all.length; second += 1) {
      const input = new TerminalInput();
      const reads = [all.slice(0, first), all.slice(first, second), all.slice(second)].map((read) => input.take(read));
      const keys = reads.map((read) => read.keys).join('');
      // What comes right behind an escape that may be the key is either dropped or left whole, as Ink drops it.
      expect(['jk\x1b[Aq', 'jk\x1b\x1b[Aq']).toContain(keys.replace('\x1b[?62;4c', ''));
      expect(reads.map(({background}) => background).filter((one) => one !== null).length).toBeLessThanOrEqual(1);
    }
  }
  const {keys, background, attributes} = new TerminalInput().take(all);
  expect([keys, background, attributes]).toEqual(['jk\x1b[Aq', 'rgb:fdf6/e3e3/0000', true]);
});

test('escape alone is a key at once', () => {
  expect(new TerminalInput().take('\x1b').keys).toBe('\x1b');
});

test('the mouse’s wheel and left button are told with their cell; releases, moves and other buttons are not', () => {
  const {keys, mouse} = new TerminalInput().take(
    'a\x1b[<64;10;5M\x1b[<65;1;1M\x1b[<0;3;4M\x1b[<0;3;4m\x1b[<2;1;1M\x1b[<32;1;1Mb',
  );
  expect(keys).toBe('ab');
  expect(mouse).toEqual([
    {kind: 'wheel-up', column: 9, row: 4},
    {kind: 'wheel-down', column: 0, row: 0},
    {kind: 'press', column: 2, row: 3},
  ]);
});

test('a background is light or dark by what the eye takes for bright', () => {
  expect(['rgb:ffff/ffff/ffff', 'rgb:fd/f6/e3', '#eee8d5', 'rgba:ff/ff/ff/00'].map(backgroundOf)).toEqual(
    Array(4).fill('light'),
  );
  expect(['rgb:0000/0000/0000', 'rgb:00/2b/36', '#282c34', 'rgb:0/0/f'].map(backgroundOf)).toEqual(
    Array(4).fill('dark'),
  );
  expect(['rgb:', 'red', '', 'rgb:gg/00/00'].map(backgroundOf)).toEqual(Array(4).fill(null));
  expect(['15;0', '0;15', '0;default;7', '12;8'].map(backgroundFrom)).toEqual(['dark', 'light', 'light', 'dark']);
  expect(['', undefined, 'default;default', '0;99'].map(backgroundFrom)).toEqual(Array(4).fill(null));
});
