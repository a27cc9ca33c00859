import type {Pane} from '../model/screen/layout.ts';
import type {Actions, Binding} from './keys/binding.ts';
import type {PaletteRow} from './overlay.ts';

/**
 * All that keys can do, from their table: what the focused pane's keys do first. What is impossible now says why instead of
 * being done; what belongs to a pane gives it the focus (`focus`).
 */
export function paletteRows(
  bindings: readonly Binding[],
  actions: Actions,
  focus: (pane: Pane) => void,
): readonly PaletteRow[] {
  const rows = bindings
    .filter(({name}) => name !== 'palette')
    .map((binding) => {
      const disabled = binding.disabled?.(actions) ?? null;
      return {
        name: binding.name,
        text: disabled === null ? binding.what : `${binding.what} — not now: ${disabled}`,
        right: binding.keys.join(' '),
        dim: disabled !== null,
        pane: binding.pane,
        run: (): void => {
          if (disabled !== null) return actions.notify(disabled);
          if (binding.pane !== 'all') focus(binding.pane);
          binding.run(actions, binding.keys[0] ?? '');
        },
      };
    });
  const isNear = ({pane}: {readonly pane: Pane | 'all'}): boolean => pane === 'all' || pane === actions.focus;
  return [...rows.filter(isNear), ...rows.filter((row) => !isNear(row))];
}
