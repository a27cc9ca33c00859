import type {WriteStream} from 'node:tty';
import {asciiOnly} from '../model/draw/ascii.ts';

/** The same terminal, but what is written to it as text comes out in ASCII: for locales without UTF-8. */
export function asciiTerminal(terminal: WriteStream): WriteStream {
  const own = terminal.write.bind(terminal);
  const write = (text: unknown, ...rest: readonly unknown[]): unknown =>
    Reflect.apply(own, terminal, [typeof text === 'string' ? asciiOnly(text) : text, ...rest]);
  return new Proxy(terminal, {
    get(target, name): unknown {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      // A stream's own methods want the stream, not this stand-in for it.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
