import {cellWidth} from './width.ts';

const ascii = /^[\x00-\x7f]*$/;
const others = /[^\x00-\x7f]/gu;

/** What looks most like it; of the same width. */
const likeness: Readonly<Record<string, string>> = {
  ...of('─╌┄┈—–', '-'),
  ...of('·│', '|'),
  ...of('…≈ø', '~'),
  ...of('╭╮╰╯├┤┴┬└┘┌┐╳', '+'),
  ...of('█▓', '#'),
  ...of('▒░', ':'),
  ...of('↑', '^'),
  ...of('←', '<'),
  ...of('≠', '!'),
  ...of('×', 'x'),
  ...of('●', '*'),
  ...of('▌┃', '>'),
  ...of('’', "'"),
};

/** The same text for a terminal that draws ASCII only: each character by one that looks like it, or `?`, as wide. */
export function asciiOnly(text: string): string {
  if (ascii.test(text)) return text;
  return text.replace(others, (character) => likeness[character] ?? '?'.repeat(cellWidth(character)));
}

function of(characters: string, alike: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(characters, (character) => [character, alike]));
}
