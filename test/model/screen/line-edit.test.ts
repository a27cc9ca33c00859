import {expect, test} from 'vitest';
import {characterPress} from '../../../src/model/screen/key.ts';
import {editLine, lineEdit, type LineEdit} from '../../../src/model/screen/line-edit.ts';

const type = (line: LineEdit, ...names: string[]): LineEdit =>
  names.reduce((now, name) => editLine(now, name.length === 1 ? characterPress(name) : {name, text: ''}), line);

test('typing goes in at the cursor, which counts whole characters', () => {
  expect(type(lineEdit('a😀c'), 'left', 'left', 'b')).toEqual({text: 'ab😀c', cursor: 2});
  expect(type(lineEdit('a😀'), 'backspace')).toEqual({text: 'a', cursor: 1});
});

test('the keys of readline work on words and ends', () => {
  expect(type(lineEdit('sync loop'), 'ctrl+w')).toEqual({text: 'sync ', cursor: 5});
  expect(type(lineEdit('sync loop'), 'home', 'delete', 'end', 'x')).toEqual({text: 'ync loopx', cursor: 9});
  expect(type(lineEdit('sync loop'), 'left', 'ctrl+u')).toEqual({text: 'p', cursor: 0});
});

test('a key that types nothing leaves the line alone', () => {
  const line = lineEdit('x');
  expect(editLine(line, {name: 'pageup', text: ''})).toBe(line);
});
