import {isUtf8} from 'node:buffer';
import type {JournalEntry} from '../../model/event.ts';
import {nodeMs} from '../../model/time.ts';

/** The fields that a follower asks for; the cursor and the times come unasked. */
export const exportFields = 'MESSAGE,PRIORITY,_PID,_SYSTEMD_UNIT,UNIT,OBJECT_SYSTEMD_UNIT,SYSLOG_IDENTIFIER';

const empty = Buffer.alloc(0);
const newline = 0x0a;
const equals = 0x3d;
/** journald takes no larger value (systemd `DATA_SIZE_MAX`). */
const largestValue = 768 * 1024 * 1024;
/** So much of one value is kept: a kubelet's line has 48 KB at most, what is sent to journald by its own protocol may have more. */
const keptBytes = 1 << 20;
/** An entry that is not complete with so much is not worth its memory. */
const largestEntry = 4 << 20;
/** systemd allows a field's name 64 characters. */
const longestName = 64;
/** How an entry begins behind the empty line that ended the one before. */
const nextEntry = Buffer.from('\n\n__CURSOR=');

/**
 * Reads the journal export format (`journalctl -o export`; systemd, "Journal Export Formats") as it arrives: lines
 * `NAME=value`, or for values that are not plain text `NAME`, eight bytes of length and the value; an empty line ends
 * an entry. Of the formats that carry a cursor it is the quickest on both ends, it frames lines of any length and
 * needs no unescaping: twice the entries per second of JSON with the same fields.
 *
 * Takes time and memory linear in what comes: a value is cut at 1 MiB, with a mark that says so. What is no export
 * (a file that was damaged) is skipped up to the next entry and counted.
 */
export class ExportParser {
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** An unfinished entry is not looked at again before so many bytes are there. */
  #neededBytes = 0;
  #unit = '';
  #identifier = '';
  /** Where the value that is not complete yet begins in the pending bytes; null where a name is not complete. */
  #openValue: {readonly start: number; readonly size: number | null} | null = null;
  /** So many bytes of a binary value are still to be left out; `Infinity`: up to the end of the line. */
  #leaveOut = 0;
  /** Where the entry that is being read begins in what was given to `#read`. */
  #entryStart = 0;
  #cutBytes = 0;
  #damaged = false;
  #begun = false;
  #skipped = 0;

  /** How many entries, or what stood in their place, could not be read since this was asked last. */
  takeSkipped(): number {
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }

  /** Whether the bytes so far end within an entry; what is skipped as damaged counts already. */
  get isWithinEntry(): boolean {
    return !this.#damaged && (this.#pendingBytes > 0 || this.#leaveOut > 0);
  }

  /**
   * Takes the next bytes and appends the entries that they complete to `out`. Throws where not even the first bytes are
   * of this format.
   */
  push(chunk: Uint8Array, out: JournalEntry[]): void {
    let fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#leaveOut > 0) {
      const lineEnd = this.#leaveOut === Infinity ? fresh.indexOf(newline) : Math.min(fresh.length, this.#leaveOut);
      const left = lineEnd === -1 ? fresh.length : lineEnd;
      this.#cutBytes += left;
      this.#leaveOut = this.#leaveOut === Infinity ? (lineEnd === -1 ? Infinity : 0) : this.#leaveOut - left;
      fresh = fresh.subarray(left);
    }
    if (fresh.length === 0) return;
    this.#pending.push(fresh);
    this.#pendingBytes += fresh.length;
    // A value that is not complete: not worth a look before its end is there, or so much that it is cut.
    if (this.#pendingBytes < this.#neededBytes) return;
    const [first = empty] = this.#pending;
    const bytes = this.#pending.length === 1 ? first : Buffer.concat(this.#pending);
    this.#keep(this.#damaged ? this.#afterDamage(bytes, out) : this.#readAll(bytes, out));
  }

  #keep(rest: Buffer): void {
    this.#pending = rest.length > 0 ? [rest] : [];
    this.#pendingBytes = rest.length;
  }

  /** Reads what is complete; returns the rest, of which no value is longer than what is kept of it. */
  #readAll(bytes: Buffer, out: JournalEntry[]): Buffer {
    const had = out.length;
    const end = this.#read(bytes, out);
    this.#begun ||= out.length > had;
    if (end === null) {
      if (!this.#begun) throw new Error('journalctl wrote something that is not its export format');
      return this.#afterDamage(this.#startDamage(bytes.subarray(this.#entryStart)), out);
    }
    const rest = bytes.subarray(end);
    const open = this.#openValue;
    const kept = open === null ? 0 : bytes.length - open.start;
    if (open !== null && kept > keptBytes) return this.#cut(rest, open.start - end, open.size);
    // Fields without number.
    return rest.length > largestEntry ? this.#startDamage(rest) : rest;
  }

  /** Leaves out the end of a value that is too long, of which `rest` holds the beginning. */
  #cut(rest: Buffer, start: number, size: number | null): Buffer {
    const value = rest.subarray(start, start + keptBytes);
    this.#cutBytes += rest.length - start - keptBytes;
    this.#neededBytes = 0;
    if (size === null) {
      this.#leaveOut = Infinity;
      return rest.subarray(0, start + keptBytes);
    }
    // With the length of what is left, so that it reads as any other value.
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(keptBytes));
    this.#leaveOut = size - (rest.length - start);
    return Buffer.concat([rest.subarray(0, start - 8), length, value]);
  }

  #startDamage(bytes: Buffer): Buffer {
    this.#damaged = true;
    this.#skipped += 1;
    this.#neededBytes = 0;
    this.#cutBytes = 0;
    return bytes;
  }

  #afterDamage(bytes: Buffer, out: JournalEntry[]): Buffer {
    const found = bytes.indexOf(nextEntry);
    if (found === -1) return bytes.subarray(Math.max(0, bytes.length - nextEntry.length + 1));
    this.#damaged = false;
    return this.#readAll(bytes.subarray(found + 2), out);
  }

  /** Reads all complete entries; returns where the first incomplete one begins, or null where it is none. */
  #read(bytes: Buffer, out: JournalEntry[]): number | null {
    // One byte is one character here, so a place in the text is the same place in the bytes; text searches are quicker.
    const text = bytes.toString('latin1');
    let entryStart = (this.#entryStart = 0);
    let at = 0;
    let cursor = '';
    let micros = 0;
    let unit = '';
    let spokenOf = '';
    let identifier = '';
    let pid: number | null = null;
    let priority = 6;
    let message: string | null = null;
    let raw: string | null = null;
    this.#neededBytes = 0;
    this.#openValue = null;
    for (;;) {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) {
        const start = text.indexOf('=', at) + 1;
        if (start > 0) this.#openValue = {start, size: null};
        else if (bytes.length - at > longestName) return null;
        return entryStart;
      }
      if (lineEnd === at) {
        if (cursor !== '') {
          const entry = {
            cursor,
            at: nodeMs(micros / 1000),
            unit: spokenOf === '' ? unit : spokenOf,
            identifier,
            pid,
            priority,
            message: this.#cutBytes === 0 ? (message ?? '') : `${message ?? ''} … (${this.#cutBytes} bytes more)`,
          };
          out.push(raw === null ? entry : {...entry, raw});
          this.#cutBytes = 0;
        }
        at = entryStart = this.#entryStart = lineEnd + 1;
        cursor = unit = spokenOf = identifier = '';
        pid = message = raw = null;
        priority = 6;
        micros = 0;
        continue;
      }
      // Values are copied out, so that an entry in the ring does not hold on to the whole chunk that it came in.
      const nameEnd = at + lengthOfName(text, at);
      const isUsual = nameEnd < lineEnd && text.charCodeAt(nameEnd) === equals;
      let valueStart = (isUsual ? nameEnd : text.indexOf('=', at)) + 1;
      let valueEnd = lineEnd;
      if (valueStart === 0 || valueStart > lineEnd) {
        valueStart = lineEnd + 9;
        if (lineEnd - at > longestName) return null;
        if (bytes.length < valueStart) return entryStart;
        const size = Number(bytes.readBigUInt64LE(lineEnd + 1));
        if (size > largestValue) return null;
        valueEnd = valueStart + size;
        if (bytes.length <= valueEnd) {
          this.#neededBytes = Math.min(valueEnd + 1, valueStart + keptBytes + 1) - entryStart;
          this.#openValue = {start: valueStart, size};
          return entryStart;
        }
        if (bytes[valueEnd] !== newline) return null;
      }
      switch (text.charCodeAt(at)) {
        case 0x4d: // M
          if (text.startsWith('MESSAGE', at)) {
            message = bytes.toString('utf8', valueStart, valueEnd);
            // Free for plain ASCII: such a string cannot hold this character, and V8 knows it.
            if (message.includes('\ufffd') && !isUtf8(bytes.subarray(valueStart, valueEnd))) {
              raw = bytes.toString('latin1', valueStart, valueEnd);
            }
          }
          break;
        case 0x50: // P
          if (text.startsWith('PRIORITY', at)) priority = digits(text, valueStart, valueEnd) ?? 6;
          break;
        case 0x53: // S
          if (text.startsWith('SYSLOG_ID', at))
            identifier = this.#identifier = again(this.#identifier, text, valueStart, valueEnd);
          break;
        case 0x55: // U
        case 0x4f: // O
          if (text.startsWith('UNIT', at) || text.startsWith('OBJECT_SYSTEMD_UNIT', at)) {
            spokenOf = bytes.toString('utf8', valueStart, valueEnd);
          }
          break;
        case 0x5f: // _
          switch (text.charCodeAt(at + 1)) {
            case 0x50: // _PID
              if (text.startsWith('_PID', at)) pid = digits(text, valueStart, valueEnd);
              break;
            case 0x53: // _SYSTEMD_UNIT
              if (text.startsWith('_SYSTEMD_UNIT', at))
                unit = this.#unit = again(this.#unit, text, valueStart, valueEnd);
              break;
            case 0x5f:
              if (text.startsWith('__CURSOR', at)) cursor = bytes.toString('latin1', valueStart, valueEnd);
              else if (text.startsWith('__REALTIME', at)) micros = digits(text, valueStart, valueEnd) ?? 0;
          }
      }
      at = valueEnd + 1;
    }
  }
}

/**
 * How long the name at `at` is if it is the usual one that begins like this: where `=` stands there it need not be looked
 * for, which is a tenth of all that reading takes.
 */
function lengthOfName(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case 0x4d: // MESSAGE
      return 7;
    case 0x50: // PRIORITY
      return 8;
    case 0x53: // SYSLOG_IDENTIFIER
      return 17;
    case 0x5f:
      switch (text.charCodeAt(at + 1)) {
        case 0x42: // _BOOT_ID
          return 8;
        case 0x50: // _PID
          return 4;
        case 0x53: // _SYSTEMD_UNIT
          return 13;
        case 0x5f:
          switch (text.charCodeAt(at + 2)) {
            case 0x43: // __CURSOR
              return 8;
            case 0x4d: // __MONOTONIC_TIMESTAMP
              return 21;
            case 0x52: // __REALTIME_TIMESTAMP
              return 20;
          }
      }
  }
  return 0;
}

/** Units and identifiers repeat from entry to entry: one string for all of them. */
function again(last: string, text: string, start: number, end: number): string {
  return last.length === end - start && text.startsWith(last, start)
    ? last
    : Buffer.from(text.slice(start, end), 'latin1').toString('utf8');
}

/** A whole number in decimal digits; null where it is none. */
function digits(text: string, start: number, end: number): number | null {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9 || at - start > 15) return null;
    value = value * 10 + digit;
  }
  return end > start ? value : null;
}
