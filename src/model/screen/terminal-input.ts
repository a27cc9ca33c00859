/** What a mouse did, in cells of the screen from 0. */
export interface MouseEvent {
  readonly kind: 'press' | 'wheel-up' | 'wheel-down';
  readonly column: number;
  readonly row: number;
}

/** What came from the terminal, told apart. */
export interface TerminalRead {
  /** What was typed or pasted: all that is nothing else, in its order. */
  readonly keys: string;
  readonly mouse: readonly MouseEvent[];
  /** The colour of the background (OSC 11), as the terminal wrote it. */
  readonly background: string | null;
  /** Whether it said what kind of terminal it is (DA1): each one does, so whatever was asked before is answered by then. */
  readonly attributes: boolean;
}

/** A whole answer or mouse report: an OSC 10, 11 or 12, the attributes, a mouse in SGR coordinates. */
const report =
  /\x1b\]1([012]);([^\x07\x1b\x9c]{0,100})(?:\x07|\x1b\\|\x9c)|\x1b\[\?[\d;]{0,60}c|\x1b\[<(\d{1,4});(\d{1,6});(\d{1,6})([Mm])/g;
/** The beginning of one at the end of a read. Not a lone escape, or what a user can type behind it: that is a key. */
const begun = /\x1b(?:\](?:1(?:[012](?:;[^\x07\x1b\x9c]{0,100}\x1b?)?)?)?|\[\?[\d;]{0,60}|\[<[\d;]{0,20})$/;
/** The rest of an OSC whose escape came in the read before, and went on as a key. */
const torn = /^\]1[012];[^\x07\x1b\x9c]{0,100}(?:\x07|\x1b\\|\x9c)/;
const tornBegun = /^\](?:1(?:[012](?:;[^\x07\x1b\x9c]{0,100}\x1b?)?)?)?$/;

/**
 * Takes out of the terminal's input what nobody typed: its answers, whenever they come and however they are cut into
 * reads, and what the mouse did. What is left are keys, in their order.
 */
export class TerminalInput {
  #held = '';
  #afterEscape = false;

  /** Tells what came in one read apart. */
  take(chunk: string): TerminalRead {
    const mouse: MouseEvent[] = [];
    let background: string | null = null;
    let attributes = false;
    const whole = this.#held + chunk;
    if (this.#afterEscape && tornBegun.test(whole)) {
      this.#held = whole;
      return {keys: '', mouse, background, attributes};
    }
    const text = this.#afterEscape ? whole.replace(torn, '') : whole;
    const keys = text.replace(report, (found: string, what?: string, colour?: string, ...cells: readonly string[]) => {
      if (what === '1') background = colour ?? null;
      else if (found.endsWith('c') && what === undefined) attributes = true;
      else if (found.startsWith('\x1b[<')) mouse.push(...mouseEvent(cells));
      return '';
    });
    this.#held = begun.exec(keys)?.[0] ?? '';
    const typed = keys.slice(0, keys.length - this.#held.length);
    if (chunk !== '') this.#afterEscape = typed.endsWith('\x1b');
    return {keys: typed, mouse, background, attributes};
  }
}

/** From xterm's SGR report: the button with its modifiers as bits, column and row from 1, `M` pressed and `m` released. */
function mouseEvent([button = '', column = '', row = '', end]: readonly string[]): readonly MouseEvent[] {
  const bits = Number(button);
  const place = {column: Number(column) - 1, row: Number(row) - 1};
  if (end !== 'M' || place.column < 0 || place.row < 0) return [];
  const isMove = (bits & 32) !== 0;
  if ((bits & 64) !== 0)
    return (bits & 2) === 0 ? [{kind: (bits & 1) === 0 ? 'wheel-up' : 'wheel-down', ...place}] : [];
  return (bits & 3) === 0 && !isMove ? [{kind: 'press', ...place}] : [];
}
