import {once} from 'node:events';
import {sleep} from '../util/sleep.ts';
import {printableJson, safeLine, safeLines} from '../model/draw/safe-text.ts';

/**
 * The only way to standard output and standard error besides the screen (the linter keeps it so): whatever is handed in,
 * no control character of an outside text gets out. A line is one line: a line break inside is drawn, not obeyed.
 */

/** One line on standard output. */
export function printLine(line: string): void {
  process.stdout.write(`${safeLine(line)}\n`);
}

/** Several lines of our own on standard output; a break between them stays one. */
export function printText(text: string): void {
  process.stdout.write(cleanText(text));
}

/**
 * One or more lines of JSON on standard output, with their ends; they parse to what was handed in. False where the
 * reader does not keep up: then `whenDrained` says when it has.
 */
export function printJson(json: string): boolean {
  return process.stdout.write(printableJson(json));
}

/** Whether the reader of standard output keeps up: what it was given is not waiting here. */
export function outputKeepsUp(): boolean {
  return !process.stdout.writableNeedDrain;
}

/** Resolves when all that was printed was taken, or when a reader has taken nothing of it for `patienceMs`. */
export async function outputTaken(patienceMs: number): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => takenFrom(stream, patienceMs)));
}

async function takenFrom(stream: NodeJS.WriteStream, patienceMs: number): Promise<void> {
  for (let left = Infinity; stream.writableLength < left && stream.writableLength > 0 && !stream.destroyed;) {
    left = stream.writableLength;
    const taken = new AbortController();
    stream.write('', () => taken.abort());
    await sleep(patienceMs, taken.signal);
  }
}

/** Resolves when standard output takes more again, or when `signal` aborts. */
export async function whenDrained(signal: AbortSignal): Promise<void> {
  if (signal.aborted || !process.stdout.writableNeedDrain) return;
  await once(process.stdout, 'drain', {signal}).catch(() => undefined);
}

/** Resolves when all that was printed has reached the readers that are still there. */
export async function allPrinted(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0 && !stream.destroyed) await new Promise((resolve) => stream.write('', resolve));
  }
}

let loss: string | null = null;

/**
 * A reader that has had enough (`| head`) is no mistake, and none of ktop's work depends on it; a disk that is full is
 * one, which `outputLoss` tells. Node would throw either out of the loop. That a terminal is gone is for the screen.
 */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream.isTTY) throw error;
      if (stream === process.stdout && error.code !== 'EPIPE') loss ??= error.message;
    });
  }
}

/** Why what was printed on standard output has not arrived (a full disk), as a sentence; null where it has. */
export async function outputLoss(): Promise<string | null> {
  // Of the last write a stream tells in a turn of the loop of its own.
  await new Promise(setImmediate);
  return loss;
}

/** Calls back when the reader of standard output has gone away (`| head`). */
export function onReaderGone(gone: () => void): void {
  process.stdout.on('error', gone);
}

/** Which of the streams that a screen needs is no terminal, as a sentence; null where both are. */
export function missingTerminal(): string | null {
  if (!isTerminal('stdout')) return 'standard output is not a terminal';
  return process.stdin.isTTY ? null : 'standard input is not a terminal';
}

/** How many cells wide the terminal behind a stream is; null where it is none. */
export function columnsOf(stream: 'stdout' | 'stderr'): number | null {
  return process[stream].isTTY ? process[stream].columns : null;
}

/** Whether the last row on standard error is one that the next takes the place of. */
let isRewritten = false;

/** One line on standard error. */
export function noteLine(line: string): void {
  process.stderr.write(`${isRewritten ? '\r\x1b[K' : ''}${safeLine(line)}\n`);
  isRewritten = false;
}

/** A row on a terminal that takes the place of the one before, until a line follows; `rest` is given the room it has. */
export function rewriteLine(lead: string, rest: (width: number) => string): void {
  const room = (process.stderr.columns || 80) - lead.length - 1;
  process.stderr.write(`\r\x1b[K${safeLine(lead + rest(room))}`);
  isRewritten = true;
}

/** Several lines of our own on standard error. */
export function noteText(text: string): void {
  process.stderr.write(cleanText(text));
}

/** Why something was not done or has failed, on standard error with the program's name before it. */
export function complain(why: string): void {
  noteLine(`ktop: ${why}`);
}

/** Writes an escape sequence that ktop made itself (the clipboard's) to the terminal. */
export function writeSequence(sequence: string): void {
  process.stdout.write(sequence);
}

/** Whether a stream is a terminal that can show a screen, or a question. */
export function isTerminal(stream: 'stdout' | 'stderr'): boolean {
  return process[stream].isTTY;
}

function cleanText(text: string): string {
  return text === '' ? '' : `${safeLines(text).join('\n')}${text.endsWith('\n') ? '\n' : ''}`;
}
