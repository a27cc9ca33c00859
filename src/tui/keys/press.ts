import type {Key} from 'ink';
import {characterPress, type KeyPress} from '../../model/screen/key.ts';

const special: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'return'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/**
 * Ink's input as key presses. Several characters that arrive in one read (fast typing, a slow link, a paste) are
 * several presses: otherwise a key typed right behind another is lost.
 */
export function pressesOf(input: string, key: Key): KeyPress[] {
  const found = special.find(([field]) => key[field] === true);
  if (found !== undefined) {
    const modifier = key.ctrl ? 'ctrl+' : key.shift ? 'shift+' : '';
    return [{name: modifier + found[1], text: ''}];
  }
  if (key.ctrl) return [{name: `ctrl+${input}`, text: ''}];
  if (key.meta) return [{name: `meta+${input}`, text: ''}];
  return Array.from(input, characterPress);
}
