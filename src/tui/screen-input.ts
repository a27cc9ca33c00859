import type {ReadStream} from 'node:tty';
import {TerminalInput, type MouseEvent} from '../model/screen/terminal-input.ts';
import {sleep} from '../util/sleep.ts';

/** What to do with what came from the terminal besides keys. */
export interface InputListeners {
  readonly onMouse: (events: readonly MouseEvent[]) => void;
  readonly onBackground: (colour: string) => void;
}

/**
 * The terminal as the screen reads it: its answers and the mouse's reports are taken out, keys are left. One for the whole
 * life of a screen, so that an answer that comes late is no key either.
 */
export class ScreenInput {
  readonly #terminal: ReadStream;
  readonly #input = new TerminalInput();
  #listeners: InputListeners | null = null;

  constructor(terminal: ReadStream) {
    this.#terminal = terminal;
  }

  /** Says who takes what is no key, from now on. */
  listen(listeners: InputListeners): void {
    this.#listeners = listeners;
  }

  /** The stream without what nobody typed. */
  get stream(): ReadStream {
    return new Proxy(this.#terminal, {
      get: (target, name): unknown => {
        if (name === 'read') return () => this.#read();
        const value: unknown = Reflect.get(target, name);
        // A stream's own methods want the stream, not this stand-in for it.
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #read(): string | null {
    for (;;) {
      const chunk = readText(this.#terminal);
      if (chunk === null) return null;
      const {keys, mouse, background} = this.#input.take(chunk);
      if (mouse.length > 0) this.#listeners?.onMouse(mouse);
      if (background !== null) this.#listeners?.onBackground(background);
      if (keys !== '') return keys;
    }
  }

  /**
   * Asks the terminal for the colour of its background (OSC 11) and waits `patienceMs` for it at most; null where it does
   * not tell. Behind the question goes one that every terminal answers (DA1), so that one which knows no colours costs no
   * time-out. What was typed meanwhile is put back, for the screen to read.
   */
  async askBackground(write: (sequence: string) => void, patienceMs: number): Promise<string | null> {
    const terminal = this.#terminal;
    const answered = new AbortController();
    let colour: string | null = null;
    let typed = '';
    const onReadable = (): void => {
      for (;;) {
        const chunk = readText(terminal);
        if (chunk === null) return;
        const {keys, background, attributes} = this.#input.take(chunk);
        typed += keys;
        colour ??= background;
        if (background !== null || attributes) answered.abort();
      }
    };
    terminal.setEncoding('utf8');
    terminal.setRawMode(true);
    terminal.on('readable', onReadable);
    write('\u001B]11;?\u001B\\\u001B[c');
    await sleep(patienceMs, answered.signal);
    // On a busy machine the answer may have waited as long as the timer: what is there is read first.
    await new Promise((resolve) => void setImmediate(resolve));
    terminal.off('readable', onReadable);
    if (typed !== '') terminal.unshift(typed, 'utf8');
    return colour;
  }
}

/** The stream decodes itself (`setEncoding`). */
function readText(terminal: ReadStream): string | null {
  const chunk: unknown = terminal.read();
  return typeof chunk === 'string' ? chunk : null;
}
