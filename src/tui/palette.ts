import type {ListRow} from '../components/list-screen.tsx';
import type {Screen} from './screen.ts';

/** Something that a key does, as the palette offers it. */
export interface PaletteRow extends ListRow {
  readonly run: (screen: Screen) => void;
}

/** All that keys can do, from their table: what the focused pane's keys do first, and none of what is impossible now. */
export function paletteRows(screen: Screen): readonly PaletteRow[] {
  const rows = screen.keymap.bindings
    .filter(({name}) => name !== 'palette')
    .map((binding) => {
      const disabled = binding.disabled?.(screen) ?? null;
      return {
        name: binding.name,
        text: disabled === null ? binding.what : `${binding.what} — not now: ${disabled}`,
        right: binding.keys.join(' '),
        dim: disabled !== null,
        pane: binding.pane,
        run: (on: Screen): void => {
          if (disabled !== null) return on.notify(disabled);
          if (binding.pane !== 'all') on.focus = binding.pane;
          binding.run(on, binding.keys[0] ?? '');
        },
      };
    });
  const isNear = ({pane}: {readonly pane: string}): boolean => pane === 'all' || pane === screen.focus;
  return [...rows.filter(isNear), ...rows.filter((row) => !isNear(row))];
}
