import {describe, expect, it} from 'vitest';
import {bindingFor} from '../../../src/tui/keymap.ts';
import {rowText} from '../../../src/model/draw/canvas.ts';
import {characterPress} from '../../../src/model/screen/key.ts';
import {overlayAfter, type Overlay} from '../../../src/tui/overlay.ts';
import {pickPods} from '../../../src/tui/keys/cpu.ts';
import {seen} from '../../model/cpu/sample.ts';
import {playScene, roomOf} from '../../model/cpu/scene.ts';

const draw = (room: ReturnType<typeof roomOf>) => {
  const view = room.view({width: 67, height: 12}, {now: seen(301), unicode: true, utcOffsetMs: 0});
  return [view.left, ...view.rows.map(rowText)].join('\n');
};

describe('the keys of the CPU pane', () => {
  it('are bound where the pane has the focus', () => {
    for (const key of ['m', 'b', 'l', '+', '-', 'up', 'down', 'pageup', 'pagedown']) {
      expect(bindingFor(key, 'cpu')?.pane).toBe('cpu');
    }
    expect(bindingFor('p', 'journal')?.what).toContain('pods');
  });

  it('choose pods in the picker by typing', () => {
    const room = roomOf({pods: ['web']});
    playScene(room);
    let overlay: Overlay | null = pickPods(room);
    for (const character of 'db\r') {
      overlay = overlay && overlayAfter(overlay, characterPress(character), () => undefined);
    }
    expect(overlay).toBeNull();
    expect(draw(room)).toMatch(/A db/);
    expect(draw(room)).not.toContain('web');
  });

  it('leave everything as it was when the picker is closed with Esc', () => {
    const room = roomOf({pods: ['web']});
    playScene(room);
    const before = draw(room);
    expect(overlayAfter(pickPods(room), {name: 'escape', text: ''}, () => undefined)).toBeNull();
    expect(draw(room)).toBe(before);
  });

  it('change the window, the scale and the view, and say so', () => {
    const room = roomOf({pods: ['web']});
    playScene(room);
    expect(room.changeWindow(1)).toBe('window 10 min');
    expect(draw(room)).toContain('10 min');
    expect(room.toggleFixed()).toContain('limit');
    expect(draw(room)).toContain('0–500m fixed');
    expect(room.toggleFixed()).toBe('the scale follows the values');
    room.toggleMemory();
    expect(draw(room)).toContain('memory working set');
  });
});
