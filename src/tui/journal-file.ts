import {createWriteStream} from 'node:fs';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {exportText, isRule, type JournalLine} from '../model/journal/line.ts';

/**
 * Writes lines to a new file that only the user can read (logs hold secrets), each whole and byte by byte as the node
 * wrote it. Resolves with what to tell the user; a file that is there already is left alone.
 */
export async function writeLines(path: string, lines: readonly JournalLine[]): Promise<string> {
  try {
    await pipeline(Readable.from(chunks(lines)), createWriteStream(path, {flags: 'wx', mode: 0o600}));
    return `${lines.length} lines written to ${path}`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') return `${path} is there already: nothing was written`;
    return `cannot write ${path}: ${problems[code] ?? (error instanceof Error ? error.message : String(error))}`;
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it is mounted read-only',
  ENOSPC: 'the disk is full; what was written is not complete',
};

function* chunks(lines: readonly JournalLine[]): Generator<Buffer> {
  for (let at = 0; at < lines.length; at += 500) yield Buffer.concat(lines.slice(at, at + 500).map(bytesOf));
}

function bytesOf(line: JournalLine): Buffer {
  const raw = isRule(line) ? undefined : line.raw;
  return raw === undefined ? Buffer.from(`${exportText(line)}\n`) : Buffer.from(`${raw}\n`, 'latin1');
}

/** `ktop-journal-20261123-200744.log`, by the wall clock here. */
export function defaultFileName(nowMs: number): string {
  const local = new Date(nowMs - new Date(nowMs).getTimezoneOffset() * 60_000).toISOString();
  return `ktop-journal-${local.slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}.log`;
}
