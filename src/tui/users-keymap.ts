import type {KeyWish} from '../model/screen/key.ts';
import {complain} from '../terminal/print.ts';
import {Keymap} from './keymap.ts';

/** The keys as the user wants them; null where some cannot be so, which is said on standard error. */
export function usersKeymap(wishes: readonly KeyWish[]): Keymap | null {
  const {keymap, problems} = Keymap.of(wishes);
  problems.forEach(complain);
  return problems.length === 0 ? keymap : null;
}
