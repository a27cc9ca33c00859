/** Reports of the mouse's buttons (1000), in coordinates of any size (1006). */
const mouseOn = '\u001B[?1000h\u001B[?1006h';
const mouseOff = '\u001B[?1006l\u001B[?1000l';

/**
 * What the screen changes of the terminal besides what Ink does: while the alternate screen is up nothing wraps at the
 * right edge (DECAWM), and the mouse reports to ktop where the user wants that. Both go with the alternate screen, whoever
 * ends it and how, and come back with it.
 */
export class TerminalModes {
  #mouse: boolean;

  constructor(mouse: boolean) {
    this.#mouse = mouse;
  }

  /** Whether the mouse is ktop's; where not, the terminal selects text with it. */
  get mouse(): boolean {
    return this.#mouse;
  }

  /** Takes the mouse, or gives it back; returns what tells the terminal so. */
  toggleMouse(): string {
    this.#mouse = !this.#mouse;
    return this.#mouse ? mouseOn : mouseOff;
  }

  /** What is written to the terminal, with the modes put where the alternate screen begins and ends. */
  around(text: string): string {
    if (!text.includes('\u001B[?1049')) return text;
    return text
      .replaceAll('\u001B[?1049h', `\u001B[?1049h\u001B[?7l${this.#mouse ? mouseOn : ''}`)
      .replaceAll('\u001B[?1049l', `${mouseOff}\u001B[?7h\u001B[?1049l`);
  }
}
