import type {KeyPress} from '../model/screen/key.ts';

/** What lies over the panes and has keys of its own. */
export interface OverlayView {
  /** Takes a key; false where that closed it. */
  press(press: KeyPress): boolean;
  /** It was closed. */
  left(): void;
}
