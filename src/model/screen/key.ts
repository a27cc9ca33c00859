/**
 * One key press. `name` is what the keymap knows it by (`r`, `G`, `space`, `up`, `pageup`, `shift+tab`, `ctrl+c`);
 * `text` is what it would type into a line, empty for keys that type nothing.
 */
export interface KeyPress {
  readonly name: string;
  readonly text: string;
}

const controlNames: Readonly<Record<string, string>> = {
  '\r': 'return',
  '\n': 'return',
  '\t': 'tab',
  '\u001B': 'escape',
  '\u007F': 'backspace',
  '\b': 'backspace',
  ' ': 'space',
};

/** A typed character, as a press. Control characters without a name of their own come out as `ctrl+x`. */
export function characterPress(character: string): KeyPress {
  const name = controlNames[character];
  if (name !== undefined) return {name, text: character === ' ' ? ' ' : ''};
  const code = character.codePointAt(0) ?? 0;
  if (code < 32) return {name: `ctrl+${String.fromCharCode(code + 96)}`, text: ''};
  return {name: character, text: character};
}

/**
 * The key of a binding, by the binding's name, as a sentence tells it; null where the user took it away, or where there
 * is no keyboard. No sentence names a key of its own: the user may have given it to something else.
 */
export type KeyNames = (binding: string) => string | null;

/** Where there is no keyboard: sentences end before they would name a key. */
export const noKeys: KeyNames = () => null;

/** What a sentence says of a binding's key; nothing where there is none. */
export function ofKey(keys: KeyNames, binding: string, say: (key: string) => string): string {
  const key = keys(binding);
  return key === null ? '' : say(key);
}

/** What the user wants a key to do, by the name of the binding. */
export interface KeyWish {
  readonly binding: string;
  readonly keys: readonly string[];
  /** Where it was said, for the message about what is wrong with it: `~/.config/ktop/config.yaml:7`. */
  readonly where: string;
}

const namedKeys = [
  ...['up', 'down', 'left', 'right', 'pageup', 'pagedown', 'home', 'end'],
  ...['return', 'escape', 'tab', 'backspace', 'delete', 'space'],
];
const otherNames: Readonly<Record<string, string>> = {
  enter: 'return',
  esc: 'escape',
  pgup: 'pageup',
  pgdn: 'pagedown',
  pgdown: 'pagedown',
  del: 'delete',
  ' ': 'space',
};

/** A key as a user writes it (`R`, `ctrl-p`, `Enter`, `shift+tab`) by its name in the keymap; null where there is none. */
export function keyNamed(text: string): string | null {
  if (Array.from(text).length === 1) return otherNames[text] ?? (/^\P{Cc}$/u.test(text) ? text : null);
  const [, modifier = '', rest = ''] = /^(?:(ctrl|shift|meta|alt)[+-])?(.+)$/is.exec(text) ?? [];
  const lower = rest.toLowerCase();
  const name = otherNames[lower] ?? lower;
  const isNamed = namedKeys.includes(name);
  switch (modifier.toLowerCase()) {
    case '':
      return isNamed ? name : null;
    case 'ctrl':
      // A terminal sends these as return, tab, backspace and escape.
      if (/^[a-z]$/.test(name)) return /^[himj]$/.test(name) ? null : `ctrl+${name}`;
      return isNamed && name !== 'space' ? `ctrl+${name}` : null;
    case 'shift':
      return isNamed && name !== 'space' ? `shift+${name}` : null;
    default:
      return Array.from(rest).length === 1 ? `meta+${rest}` : null;
  }
}
