import {createReadStream, existsSync} from 'node:fs';
import {join} from 'node:path';
import {createGunzip} from 'node:zlib';

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
    let rest = '';
    try {
      for await (const chunk of bytes) {
        const text = rest + decoder.decode(chunk, {stream: true});
        const lines = text.split('\n');
        rest = lines.pop() ?? '';
        yield lines;
      }
    } catch (error) {
      problem = `${name} ends in the middle: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      file.destroy();
    }
    if (rest !== '') yield [rest];
  }
  return {chunks: read(), problem: () => problem};
}
