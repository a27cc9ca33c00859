import {createWriteStream} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {safeLine} from '../model/draw/safe-text.ts';
import {exportText, isRule, type JournalLine} from '../model/journal/line.ts';
import {counted} from '../util/counted.ts';

/**
 * Writes lines to a new file that only the user can read (logs hold secrets), each whole and byte by byte as the node
 * wrote it, rules as comments between them; `~` is the user's home, as in a shell. Resolves with what to tell the user,
 * safe to draw; a file that is there already is left alone.
 */
export async function writeLines(typed: string, lines: readonly JournalLine[]): Promise<string> {
  const path = withHome(typed.trim(), homedir());
  const name = safeLine(path);
  try {
    await pipeline(Readable.from(chunks(lines)), createWriteStream(path, {flags: 'wx', mode: 0o600}));
    const entries = entryCount(lines);
    const rules = lines.length - entries;
    return `${counted(entries, 'line')}${rules === 0 ? '' : ` and ${counted(rules, 'rule')}`} written to ${name}`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') return `${name} is there already: nothing was written`;
    const problem = problems[code] ?? safeLine(error instanceof Error ? error.message : String(error));
    return `cannot write ${name}: ${problem}`;
  }
}

/** How many of the lines are entries of the journal, not rules. */
export function entryCount(lines: readonly JournalLine[]): number {
  return lines.reduce((count, line) => (isRule(line) ? count : count + 1), 0);
}

/** A path as a shell takes it: `~` and what begins with `~/` are in the home folder. */
export function withHome(path: string, home: string): string {
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
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
