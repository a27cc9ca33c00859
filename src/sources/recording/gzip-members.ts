import {open, type FileHandle} from 'node:fs/promises';
import {crc32, createInflateRaw, type InflateRaw} from 'node:zlib';

/** What is wrong with a gzip file. */
interface GzipDamage {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** `cut`: the file ends within a member, which a writer that was killed leaves. `broken`: something else stands there. */
  readonly kind: 'cut' | 'broken';
}

const empty = Buffer.alloc(0);
const readBytes = 256 << 10;
/** So much is inflated at once: what comes out of one such piece is lost where its end is broken, and is 16 MB at most. */
const pieceBytes = 16 << 10;
/** A header may bring a name, a comment and 64 KB of extras; what is longer is none of anybody's. */
const longestHeader = 128 << 10;
/** CRC-32 and length of what was packed. */
const trailerBytes = 8;
/** Nobody reads on in a file in which so much was no member: each costs a try. */
const mostTries = 1000;
const magic = Buffer.from([0x1f, 0x8b, 8]);
/** What behind a member must stand in place of bytes that are left out, so that two halves of lines do not become one. */
const lineBreak = Buffer.from('\n');

/**
 * What a file of gzip members (RFC 1952) holds, member by member. Zlib's own stream gives up at the first wrong byte and
 * with it loses what it had unpacked; this gives all that stands before the damage, and goes on at the next member behind
 * it, on a new line. `damaged` is told of each such place. Rejects where the file cannot be opened or read.
 */
export async function* gzipMembers(path: string, damaged: (damage: GzipDamage) => void): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const input = new Input(file);
    let tries = 0;
    // What stands between two members is one damage, however much of it looks like a third.
    let isBehindDamage = false;
    while (tries < mostTries && (await input.more(1))) {
      const start = input.offset;
      const header = await headerAt(input);
      let member: Member = {end: header === 'cut' ? 'cut' : 'broken', bytes: 0};
      if (typeof header === 'number') {
        input.skip(header);
        member = yield* inflated(input);
      }
      if (member.end === 'whole') {
        isBehindDamage = false;
        continue;
      }
      tries += 1;
      const offset = member.bytes === 0 ? start : input.offset;
      input.seek(offset);
      await skipToMember(input);
      const isCut = member.end === 'cut' && !(await input.more(1));
      if (!isBehindDamage || member.bytes > 0) damaged({offset, kind: isCut ? 'cut' : 'broken'});
      isBehindDamage = true;
      if (member.bytes > 0) yield lineBreak;
    }
  } finally {
    await file.close();
  }
}

/** How reading a member ended, and how many unpacked bytes it gave. */
interface Member {
  readonly end: 'whole' | 'cut' | 'broken';
  readonly bytes: number;
}

/** Unpacks one member from behind its header, and leaves the input behind its trailer or where it broke. */
async function* inflated(input: Input): AsyncGenerator<Uint8Array, Member> {
  const inflater = new Inflater();
  let [checksum, bytes] = [0, 0];
  try {
    for (;;) {
      const isMore = await input.more(1);
      const end = isMore ? await inflater.take(input.bytes.subarray(0, pieceBytes)) : 'cut';
      input.skip(inflater.taken());
      for (const chunk of await inflater.out()) {
        checksum = crc32(chunk, checksum);
        bytes += chunk.length;
        yield chunk;
      }
      if (end === 'more') continue;
      if (end !== 'end') return {end, bytes};
      if (!(await input.more(trailerBytes))) return {end: 'cut', bytes};
      const isRight = input.bytes.readUInt32LE(0) === checksum && input.bytes.readUInt32LE(4) === bytes % 2 ** 32;
      if (!isRight) return {end: 'broken', bytes};
      input.skip(trailerBytes);
      return {end: 'whole', bytes};
    }
  } finally {
    inflater.close();
  }
}

/** Bytes of a file from a place on. */
class Input {
  /** What was read and not skipped. */
  bytes: Buffer = empty;
  /** Where `bytes` begins in the file. */
  offset = 0;
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  skip(count: number): void {
    this.bytes = this.bytes.subarray(count);
    this.offset += count;
  }

  /** Goes to another place of the file. */
  seek(offset: number): void {
    if (offset === this.offset) return;
    this.bytes = empty;
    this.offset = offset;
  }

  /** Reads on until so many bytes are there; false where the file has not as many. */
  async more(count: number): Promise<boolean> {
    while (this.bytes.length < count) {
      const next = Buffer.allocUnsafe(readBytes);
      const {bytesRead} = await this.#file.read(next, 0, readBytes, this.offset + this.bytes.length);
      if (bytesRead === 0) return false;
      const fresh = next.subarray(0, bytesRead);
      this.bytes = this.bytes.length === 0 ? fresh : Buffer.concat([this.bytes, fresh]);
    }
    return true;
  }
}

/** How long the header of the member is that begins here; null where none does. */
async function headerAt(input: Input): Promise<number | 'cut' | null> {
  for (;;) {
    const length = headerLength(input.bytes);
    if (length === null || (length > input.bytes.length && input.bytes.length > longestHeader)) return null;
    if (length <= input.bytes.length) return length;
    if (!(await input.more(input.bytes.length + 1))) return 'cut';
  }
}

/** The length of the gzip header (RFC 1952, 2.3) at the start; `Infinity` where it goes on behind the bytes; null: there is none. */
function headerLength(bytes: Buffer): number | null {
  if (!magic.subarray(0, bytes.length).equals(bytes.subarray(0, magic.length))) return null;
  if (bytes.length < 10) return Infinity;
  const flags = bytes.readUInt8(3);
  if ((flags & 0xe0) !== 0) return null;
  let length = 10;
  if ((flags & 4) !== 0) length += length + 2 <= bytes.length ? 2 + bytes.readUInt16LE(length) : Infinity;
  // A name, a comment.
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0 || length > bytes.length) continue;
    const end = bytes.indexOf(0, length);
    length = end === -1 ? Infinity : end + 1;
  }
  return (flags & 2) === 0 ? length : length + 2;
}

/** Goes on to what looks like the next member, behind the first byte; to the end of the file where there is none. */
async function skipToMember(input: Input): Promise<void> {
  input.skip(1);
  for (;;) {
    const found = input.bytes.indexOf(magic);
    if (found !== -1) {
      input.skip(found);
      if (!(await input.more(10)) || looksLikeMember(input.bytes)) return;
      input.skip(1);
      continue;
    }
    input.skip(Math.max(0, input.bytes.length - magic.length + 1));
    if (!(await input.more(input.bytes.length + 1))) {
      input.skip(input.bytes.length);
      return;
    }
  }
}

/** Packed bytes may hold gzip's number by chance: a compressor also says how hard it tried, and on which system. */
function looksLikeMember(bytes: Buffer): boolean {
  const [flags, effort, system] = [bytes.readUInt8(3), bytes.readUInt8(8), bytes.readUInt8(9)];
  return (flags & 0xe0) === 0 && [0, 2, 4].includes(effort) && (system <= 13 || system === 19 || system === 255);
}

/** Zlib's stream, one piece at a time. */
class Inflater {
  readonly #stream: InflateRaw = createInflateRaw({chunkSize: 64 << 10});
  #chunks: Uint8Array[] = [];
  #taken = 0;
  #ended: 'end' | 'broken' | null = null;
  #settle: () => void = () => undefined;

  constructor() {
    this.#stream.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#stream.on('end', () => this.#end('end'));
    this.#stream.on('error', () => this.#end('broken'));
  }

  /** Takes packed bytes; says whether the packed data ends in them. */
  async take(piece: Uint8Array): Promise<'more' | 'end' | 'broken'> {
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      // Behind the end of the data it takes nothing, and calls nobody back.
      this.#stream.write(piece, () => resolve());
    });
    return this.#ended ?? 'more';
  }

  /** How many bytes were used up since this was asked last. */
  taken(): number {
    const taken = this.#stream.bytesWritten - this.#taken;
    this.#taken += taken;
    return taken;
  }

  /** What was unpacked since this was asked last. */
  async out(): Promise<readonly Uint8Array[]> {
    // What it has pushed while nobody flowed comes with the next turn.
    if (this.#stream.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  close(): void {
    this.#stream.destroy();
  }

  #end(how: 'end' | 'broken'): void {
    this.#ended ??= how;
    this.#settle();
  }
}
