import type {WriteStream} from 'node:tty';
import type {TerminalModes} from './terminal-modes.ts';
import {asciiOnly} from '../model/draw/ascii.ts';

/** What Ink writes before and behind a frame (mode 2026, https://contour-terminal.org/vt-extensions/synchronized-output/). */
const frameBegins = '\u001B[?2026h';
const frameEnds = '\u001B[?2026l';

/**
 * The terminal as the screen writes to it. While the alternate screen is up nothing wraps at the right edge: a character
 * that this terminal draws wider than others do costs its own row the end, and never moves the rows below. For locales
 * without UTF-8 all text comes out in ASCII.
 */
export function screenTerminal(terminal: WriteStream, unicode: boolean, modes: TerminalModes): WriteStream {
  const own = terminal.write.bind(terminal);
  const rewritten = (text: string) => modes.around(unicode ? text : asciiOnly(text));
  let held = '';
  const write = (text: unknown, ...rest: readonly unknown[]): unknown => {
    if (typeof text !== 'string') return Reflect.apply(own, terminal, [text, ...rest]);
    // Each write costs as much as what a frame is made of: from its beginning to its end it is one.
    if (held !== '' || text === frameBegins) held += rewritten(text);
    if (held === '') return Reflect.apply(own, terminal, [rewritten(text), ...rest]);
    if (text !== frameEnds) return true;
    const frame = held;
    held = '';
    return Reflect.apply(own, terminal, [frame, ...rest]);
  };
  return new Proxy(terminal, {
    get(target, name): unknown {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      // A stream's own methods want the stream, not this stand-in for it.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
