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
