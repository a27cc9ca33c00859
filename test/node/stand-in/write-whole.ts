import {writeSync} from 'node:fs';

const clock = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of it before it returns, as a Go program does. systemd's journal stream comes non-blocking: while journald
 * is behind it takes a part or nothing (`EAGAIN`), and what is not offered again is lost before it was ever logged.
 * Throws where nobody reads any more.
 */
export function writeWhole(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(clock, 0, 0, 1);
    }
  }
}
