import {expect, test} from 'vitest';
import {characterPress} from '../../../src/model/screen/key.ts';
import {fitting, listAfter, openList} from '../../../src/model/screen/list-choice.ts';

const items = [
  {name: 'journal.write-screen', text: 'write the lines on the screen to a file'},
  {name: 'restart', text: 'restart the kubelet'},
  {name: 'journal.write', text: 'write all matching lines'},
];
const names = (filter: string) => fitting(items, filter).map(({name}) => name);

test('a filter finds names first, then words, then letters in their order', () => {
  expect(names('')).toEqual(items.map(({name}) => name));
  expect(names('restart')).toEqual(['restart']);
  expect(names('journal.write')).toEqual(['journal.write', 'journal.write-screen']);
  expect(names('file lines')).toEqual(['journal.write-screen']);
  expect(names('jws')).toEqual(['journal.write-screen']);
  expect(names('zzz')).toEqual([]);
});

test('the cursor stays on its name while the list grows above it', () => {
  let list = openList;
  const press = (name: string, from = items) => {
    const after = listAfter(list, name.length === 1 ? characterPress(name) : {name, text: ''}, from);
    if (after.kind === 'chosen') return after.item.name;
    list = after.list;
    return null;
  };
  press('down');
  expect(press('return', [{name: 'new', text: ''}, ...items])).toBe('restart');
  press('j');
  expect(press('return')).toBe('journal.write-screen');
});
