import type {KeyPress} from '../model/screen/key.ts';
import type {Pane} from '../model/screen/layout.ts';

interface BoundKeys {
  readonly name: string;
  readonly keys: readonly string[];
}

/** The keys as the user has them, as far as a view asks for them. */
export interface KeyTable {
  /** The first key of a binding; null where the user has taken it away. */
  keyOf(name: string): string | null;
  /** What a key means in a pane. */
  bindingFor(key: string, pane: Pane): BoundKeys | undefined;
  /** What a key means wherever the focus is. */
  bindingOfAll(key: string): BoundKeys | undefined;
}

/** What lies over the panes and has keys of its own. */
export interface OverlayView {
  /** Takes a key; false where that closed it. */
  press(press: KeyPress): boolean;
  /** It was closed. */
  left(): void;
}
