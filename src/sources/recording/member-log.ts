import {createWriteStream, openSync, type WriteStream} from 'node:fs';
import {finished} from 'node:stream/promises';
import {constants, createGzip, type Gzip} from 'node:zlib';

/** A new file, and never what a link points to. */
const newFile = 'wx';
/** What is written is in the file after so long: whoever is killed loses no more. */
const flushMs = 700;
/** At the latest after so many bytes of lines: what size a file has is known by what came out. */
const flushBytes = 128 << 10;
/** A member is whole after so long, or so many bytes before compression: from its start one can read without the rest. */
const memberMs = 30_000;
const memberBytes = 8 << 20;

export interface MemberLogOptions {
  readonly failed: (error: unknown) => void;
  /** A member begins at this byte of the file. */
  readonly began: (offset: number) => void;
}

/**
 * A file of lines in gzip, for its owner only. It is a row of members (RFC 1952, 2.2), each readable without those before
 * it, and is flushed every second: `zcat` reads all but the last second of one whose writer was killed.
 */
export class MemberLog {
  readonly #options: MemberLogOptions;
  readonly #file: WriteStream;
  #gzip: Gzip | null = null;
  #isEnding = false;
  /** Lines that came while a member was being ended. */
  #waiting: string[] = [];
  #bytes = 0;
  #memberBytes = 0;
  #memberSince = 0;
  #unflushed = 0;
  #timer: NodeJS.Timeout | null = null;

  /** Throws where there is a file or a link at `path`, or none can be made. */
  constructor(path: string, options: MemberLogOptions) {
    this.#options = options;
    this.#file = createWriteStream(path, {fd: openSync(path, newFile, 0o600)});
    this.#file.on('error', options.failed);
  }

  /** Bytes in the file so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a line. Never throws: a full disk is told to `failed`. */
  write(line: string): void {
    if (this.#isEnding) {
      this.#waiting.push(line);
      return;
    }
    const isWhole =
      this.#memberBytes > memberBytes || (this.#memberBytes > 0 && performance.now() - this.#memberSince > memberMs);
    if (this.#gzip !== null && isWhole) {
      this.#waiting.push(line);
      this.#endMember();
      return;
    }
    const gzip = (this.#gzip ??= this.#beginMember());
    gzip.write(`${line}\n`);
    this.#memberBytes += line.length;
    this.#unflushed += line.length;
    if (this.#unflushed > flushBytes) this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), flushMs).unref();
  }

  /** Ends the file; all that was written is in it when this resolves. Rejects where it could not be written. */
  async close(): Promise<void> {
    while (this.#gzip !== null) {
      if (!this.#isEnding) this.#endMember();
      await finished(this.#gzip).catch(() => (this.#gzip = null));
    }
    this.#file.end();
    await finished(this.#file);
  }

  #flush(): void {
    this.#stopTimer();
    this.#unflushed = 0;
    if (!this.#isEnding) this.#gzip?.flush(constants.Z_SYNC_FLUSH);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #beginMember(): Gzip {
    this.#memberBytes = 0;
    this.#memberSince = performance.now();
    this.#options.began(this.#bytes);
    const gzip = createGzip();
    gzip.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#file.writable) this.#file.write(chunk);
    });
    gzip.on('error', this.#options.failed);
    gzip.on('end', () => {
      this.#gzip = null;
      this.#isEnding = false;
      for (const line of this.#waiting.splice(0)) this.write(line);
    });
    return gzip;
  }

  #endMember(): void {
    this.#stopTimer();
    this.#isEnding = true;
    this.#gzip?.end();
  }
}
