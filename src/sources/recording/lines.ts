import {createReadStream, statSync} from 'node:fs';
import {join} from 'node:path';
import {counted} from '../../util/counted.ts';
import {streamFiles, type Stream} from './files.ts';
import {gzipMembers} from './gzip-members.ts';

/** A poll of 110 pods has 1 MB: what is longer was not recorded here, and may be a small file that unpacks to a huge one. */
const longestLine = 32 << 20;

/** Lines of one stream of a recording, in chunks; `problem` tells at the end what was wrong with its files. */
export interface RecordingLines {
  readonly chunks: AsyncIterable<readonly string[]>;
  problem(): string | null;
}

/**
 * Opens one stream of a recording, all its files one after the other, plain or gzipped; null where there is none. A
 * truncated file (a recorder that was killed, a full disk) gives every whole line that is in it, and a problem instead
 * of an exception.
 */
export function openRecordingLines(dir: string, stream: Stream): RecordingLines | null {
  const names = streamFiles(dir, stream);
  if (names.length === 0) return null;
  const problems: string[] = [];
  async function* read(): AsyncGenerator<readonly string[]> {
    for (const name of names)
      yield* linesOfFile(join(dir, name), name.replace(/\.gz$/, ''), (problem) => problems.push(problem));
  }
  return {chunks: read(), problem: () => (problems.length === 0 ? null : problems.join('; '))};
}

/** What is wrong with a file. `cut`: its last line is missing or half there; `unread`: more is, or lines in its middle. */
export type LinesProblem = 'cut' | 'unread';

/**
 * The lines of one file, plain or (by its name) gzipped, in chunks; `problem` is told what was wrong with it. A gzipped
 * one gives what stands before and behind bytes that are no gzip.
 */
export async function* linesOfFile(
  path: string,
  name: string,
  problem: (sentence: string, kind: LinesProblem) => void,
): AsyncGenerator<readonly string[]> {
  const found = statSync(path, {throwIfNoEntry: false});
  // A pipe is waited for, and a device read, for ever.
  if (found?.isFile() === false) {
    problem(`${name} is no file`, 'unread');
    return;
  }
  // One to which nothing was written yet is no damaged gzip.
  if (found?.size === 0) return;
  const damage = {places: 0, firstAt: 0};
  const isZipped = /\.gz(\.new)?$/.test(path);
  const bytes: AsyncIterable<Uint8Array> = isZipped
    ? gzipMembers(path, ({kind, offset}) => {
        if (kind === 'cut') problem(`${name} ends in the middle`, 'cut');
        else {
          if (damage.places === 0) damage.firstAt = offset;
          damage.places += 1;
        }
      })
    : createReadStream(path, {highWaterMark: 1 << 20});
  const decoder = new TextDecoder();
  // The line that is not complete yet, in pieces; null: it is too long, and left out.
  let rest: string[] | null = [];
  let restLength = 0;
  try {
    for await (const chunk of bytes) {
      const lines = decoder.decode(chunk, {stream: true}).split('\n');
      const tail = lines.pop() ?? '';
      if (lines.length > 0) {
        if (rest === null) lines.shift();
        else lines[0] = rest.join('') + (lines[0] ?? '');
        rest = [];
        restLength = 0;
        yield lines;
      }
      restLength += tail.length;
      if (restLength > longestLine && rest !== null) {
        rest = null;
        problem(`${name} has lines of more than ${longestLine >> 20} MB, which were left out`, 'unread');
      }
      if (tail !== '') rest?.push(tail);
    }
  } catch (error) {
    problem(`${name} cannot be read to its end: ${error instanceof Error ? error.message : String(error)}`, 'unread');
  }
  if (rest !== null && rest.length > 0) yield [rest.join('')];
  if (damage.places > 0) {
    const where = `in ${counted(damage.places, 'place')}, from byte ${damage.firstAt} on`;
    problem(`${name} is damaged ${where}: lines may be missing there`, 'unread');
  }
}
