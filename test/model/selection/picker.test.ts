import {describe, expect, it} from 'vitest';
import {characterPress} from '../../../src/model/screen/key.ts';
import {openPicker, pickerAfter, selectionOf, shownItems, type Picker} from '../../../src/model/selection/picker.ts';

const items = [
  {name: 'default/web-a', nanoCores: 5},
  {name: 'default/db', nanoCores: 900},
  {name: 'kube-system/web-b', nanoCores: 70},
  {name: '@kubelet', nanoCores: null},
];

/** Presses keys: each word in brackets is a named one. */
function press(keys: string, picker: Picker = openPicker([])) {
  let state: ReturnType<typeof pickerAfter> = {kind: 'open', picker};
  for (const [, name, character = ''] of keys.matchAll(/\[(\w+)\]|(.)/g)) {
    if (state.kind !== 'open') throw new Error('picked already');
    const key = name === undefined ? characterPress(character) : {name, text: ''};
    state = pickerAfter(state.picker, key, items);
  }
  return state;
}

describe('the picker', () => {
  it('lists the busiest first and keeps what holds every typed word', () => {
    expect(shownItems(items, '').map((item) => item.name)).toEqual([
      'default/db',
      'kube-system/web-b',
      'default/web-a',
      '@kubelet',
    ]);
    expect(shownItems(items, 'WEB kube').map((item) => item.name)).toEqual(['kube-system/web-b']);
  });

  it('takes what is under the cursor', () => {
    expect(press('[return]')).toEqual({kind: 'picked', names: ['default/db']});
    expect(press('web[down][return]')).toEqual({kind: 'picked', names: ['default/web-a']});
    expect(press('[end][pageup][down][return]')).toEqual({kind: 'picked', names: ['kube-system/web-b']});
  });

  it('takes what is ticked, whatever the filter shows then', () => {
    expect(press('web[space]x[return]')).toEqual({kind: 'picked', names: ['kube-system/web-b']});
    expect(press('[space][down][space][return]')).toEqual({kind: 'picked', names: ['default/db', 'default/web-a']});
    expect(press('[space][return]', openPicker(['default/db']))).toEqual({kind: 'picked', names: []});
  });

  it('stays on its pod while the order changes', () => {
    const after = press('[down]');
    if (after.kind !== 'open') throw new Error('picked');
    const changed = items.map((item) => ({...item, nanoCores: item.name === 'default/web-a' ? 1e6 : item.nanoCores}));
    expect(pickerAfter(after.picker, {name: 'return', text: ''}, changed)).toEqual({
      kind: 'picked',
      names: ['kube-system/web-b'],
    });
  });

  it('does nothing where nothing fits', () => {
    expect(press('zzz[return]')).toMatchObject({kind: 'open'});
  });

  it('makes a selection of just these pods, and of the busiest where none is left', () => {
    expect(selectionOf(['default/db', '@kubelet'], 5)).toMatchObject({
      pods: [{namespace: 'default', name: 'db'}],
      system: ['kubelet'],
      top: null,
    });
    expect(selectionOf([], 5)).toMatchObject({pods: [], top: 5});
  });
});
