import type {WriteStream} from 'node:tty';
import type {TerminalModes} from './terminal-modes.ts';
import {asciiOnly} from '../model/draw/ascii.ts';

/**
 * The terminal as the screen writes to it. While the alternate screen is up nothing wraps at the right edge: a character
 * that this terminal draws wider than others do costs its own row the end, and never moves the rows below. For locales
 * without UTF-8 all text comes out in ASCII.
 */
export function screenTerminal(terminal: WriteStream, unicode: boolean, modes: TerminalModes): WriteStream {
  const own = terminal.write.bind(terminal);
  const rewritten = (text: string) => modes.around(unicode ? text : asciiOnly(text));
  const write = (text: unknown, ...rest: readonly unknown[]): unknown =>
    Reflect.apply(own, terminal, [typeof text === 'string' ? rewritten(text) : text, ...rest]);
  return new Proxy(terminal, {
    get(target, name): unknown {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      // A stream's own methods want the stream, not this stand-in for it.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
