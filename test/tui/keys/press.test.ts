import type {Key} from 'ink';
import {expect, test} from 'vitest';
import {pressesOf} from '../../../src/tui/keys/press.ts';

const none: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

test('keys that arrive in one read are told apart, Enter at the end included', () => {
  expect(pressesOf('ab\r', none).map((press) => press.name)).toEqual(['a', 'b', 'return']);
});

test('special keys carry their modifier and type nothing', () => {
  expect(pressesOf('', {...none, tab: true, shift: true})).toEqual([{name: 'shift+tab', text: ''}]);
  expect(pressesOf('z', {...none, ctrl: true})).toEqual([{name: 'ctrl+z', text: ''}]);
});
