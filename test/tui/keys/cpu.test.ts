import {describe, expect, it} from 'vitest';
import {Keymap} from '../../../src/tui/keymap.ts';
import {rowText} from '../../../src/model/draw/canvas.ts';
import {characterPress} from '../../../src/model/screen/key.ts';
import {overlayAfter, type Overlay} from '../../../src/tui/overlay.ts';
import {pickPods} from '../../../src/tui/keys/cpu.ts';
import {seen} from '../../model/cpu/sample.ts';
import {playScene, paneModelOf} from '../../model/cpu/scene.ts';

const draw = (model: ReturnType<typeof paneModelOf>) => {
  const view = model.view({width: 67, height: 12}, {now: seen(301), unicode: true, utcOffsetMs: 0});
  return [view.title, view.left, ...view.rows.map(rowText)].join('\n');
};

describe('the keys of the CPU pane', () => {
  it('are bound where the pane has the focus', () => {
    for (const key of ['m', 'b', 'l', '+', '-', 'up', 'down', 'pageup', 'pagedown']) {
      expect(Keymap.standard.bindingFor(key, 'cpu')?.pane).toBe('cpu');
    }
    expect(Keymap.standard.bindingFor('p', 'journal')?.what).toContain('pods');
  });

  it('choose pods in the picker by typing', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    let overlay: Overlay | null = pickPods(model);
    for (const character of 'db\r') {
      overlay = overlay && overlayAfter(overlay, characterPress(character), () => undefined);
    }
    expect(overlay).toBeNull();
    expect(draw(model)).toMatch(/A db/);
    expect(draw(model)).not.toContain('web');
  });

  it('leave everything as it was when the picker is closed with Esc', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    const before = draw(model);
    expect(overlayAfter(pickPods(model), {name: 'escape', text: ''}, () => undefined)).toBeNull();
    expect(draw(model)).toBe(before);
  });

  it('change the window, the scale and the view, and say so', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    expect(model.changeWindow(1)).toBe('window 10 min');
    expect(draw(model)).toContain('10 min');
    expect(model.toggleFixed()).toContain('limit');
    expect(draw(model)).toContain('0–500m fixed');
    expect(model.toggleFixed()).toBe('the scale follows the values');
    model.toggleMemory();
    expect(draw(model)).toContain('memory working set');
  });
});
