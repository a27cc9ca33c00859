import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {NodeShell} from '../../src/nodes/node.ts';

/** Text that goes to the screen as it is, with the cells that each row may fill. */
export class Drawn {
  readonly rows: readonly string[];
  readonly width: number;

  constructor(rows: readonly string[], width = Number.POSITIVE_INFINITY) {
    this.rows = rows;
    this.width = width;
  }
}

/** One that reads what others wrote: its name, valid samples, and how it is called. */
export type Parser = readonly [
  name: string,
  samples: readonly [string, ...string[]],
  parse: (text: string, bytes: Buffer) => unknown,
];

/** Where the inputs of those lie that read files. */
export const folder = mkdtempSync(join(tmpdir(), 'ktop-fuzz-parsers-'));

export const never = new AbortController().signal;

/** The word that a script puts before each part of what it prints: nobody on the node knows it. */
export const nonce = '@@NONCE';

/** A node on which every command prints this text, and ends well. */
export function nodeSaying(text: string): NodeShell {
  return {
    run: (argv) =>
      Promise.resolve({exitCode: 0, stdout: text.replaceAll(nonce, () => argv.at(-1) ?? ''), stderr: text}),
    follow: () => ({
      stdout: bytesOf(text),
      ended: Promise.resolve({exitCode: 0, stderr: ''}),
      stop: () => Promise.resolve(),
    }),
    copyIn: () => Promise.reject(new Error('nothing is copied')),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is there already
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
