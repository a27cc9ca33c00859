import type {KeyPress} from './key.ts';

/** What came in one read of the terminal, as it is meant. */
export type InputRead =
  | {readonly kind: 'keys'; readonly presses: readonly KeyPress[]}
  /** Text that nobody typed key by key. `presses` are those in it that count all the same. */
  | {readonly kind: 'paste'; readonly text: string; readonly presses: readonly KeyPress[]};

/** What follows a paste in this time still belongs to it: a long one comes in several reads. */
const samePasteMs = 50;

/**
 * Tells keys from a paste where the terminal does not mark it (bracketed paste): several different characters in one read
 * were not typed. A key that is held comes several times in one read as well, over a slow link for example: `isHeld` says
 * for which keys that makes sense.
 */
export class InputReader {
  readonly #isHeld: (name: string) => boolean;
  #pastedAtMs = Number.NEGATIVE_INFINITY;

  constructor(isHeld: (name: string) => boolean) {
    this.#isHeld = isHeld;
  }

  /** Takes all that came in one read, at `nowMs` on a clock that never jumps. */
  read(presses: readonly KeyPress[], nowMs: number): InputRead {
    const typed = presses.filter(({text}) => text !== '');
    const [first] = typed;
    if (first === undefined) return {kind: 'keys', presses};
    const goesOn = nowMs - this.#pastedAtMs < samePasteMs;
    const isHeldKey = this.#isHeld(first.name) && typed.every(({name}) => name === first.name);
    if (!goesOn && (typed.length === 1 || isHeldKey)) return {kind: 'keys', presses};
    this.#pastedAtMs = nowMs;
    // Whatever is in it, ctrl-C gets everybody out.
    const urgent = presses.filter(({name}) => name === 'ctrl+c');
    return {kind: 'paste', text: presses.map(textOf).join(''), presses: urgent};
  }
}

const textOf = ({name, text}: KeyPress): string => (name === 'return' ? '\n' : name === 'tab' ? '\t' : text);

/** So much of a paste goes into a line; more was not meant for one. */
const longestPaste = 10_000;

/** Pasted text as it goes into one line: line breaks and tabs are blanks there, and none submits the line. */
export function pastedLine(text: string): string {
  return text
    .slice(0, longestPaste)
    .replace(/[\r\n]+$/, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/\p{Cc}/gu, '');
}
