import {expect, test} from 'vitest';
import {bindingFor, bindings} from '../../src/tui/keymap.ts';
import type {Pane} from '../../src/model/screen/layout.ts';

const panes: readonly Pane[] = ['journal', 'cpu', 'housekeeping'];

test('no pane takes away a key that works everywhere, and no key means two things in one place', () => {
  for (const {keys, pane, run} of bindings) {
    for (const key of keys) {
      const same = bindings.filter(
        (other) => other.keys.includes(key) && (other.pane === pane || other.pane === 'all'),
      );
      expect(same, `${key} in ${pane}`).toHaveLength(1);
      for (const place of pane === 'all' ? panes : [pane]) expect(bindingFor(key, place)?.run, key).toBe(run);
    }
  }
});
