import {createReadStream, existsSync} from 'node:fs';
import {join} from 'node:path';
import {createGunzip} from 'node:zlib';

/** A poll of 110 pods has 1 MB: what is longer was not recorded here, and may be a small file that unpacks to a huge one. */
const longestLine = 32 << 20;

/** Lines of one file of a recording, in chunks; `problem` tells at the end what was wrong with the file. */
export interface RecordingLines {
  readonly chunks: AsyncIterable<readonly string[]>;
  problem(): string | null;
}

/**
 * Opens `name` in a recording, plain or as `name.gz`; null where there is neither. A truncated file (a recorder that
 * was killed, a full disk) gives every whole line that is in it, and a problem instead of an exception.
 */
export function openRecordingLines(dir: string, name: string): RecordingLines | null {
  const plain = join(dir, name);
  const path = [plain, `${plain}.gz`].find((candidate) => existsSync(candidate));
  if (path === undefined) return null;
  let problem: string | null = null;
  async function* read(): AsyncGenerator<readonly string[]> {
    const file = createReadStream(path ?? plain, {highWaterMark: 1 << 20});
    const zipped = path?.endsWith('.gz') === true;
    const stream = zipped ? file.pipe(createGunzip({chunkSize: 1 << 18})) : file;
    if (zipped) file.on('error', (error) => stream.destroy(error));
    const bytes: AsyncIterable<Uint8Array> = stream;
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
          problem = `${name} has lines of more than ${longestLine >> 20} MB, which were left out`;
        }
        if (tail !== '') rest?.push(tail);
      }
    } catch (error) {
      problem = `${name} ends in the middle: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      file.destroy();
    }
    if (rest !== null && rest.length > 0) yield [rest.join('')];
  }
  return {chunks: read(), problem: () => problem};
}
