import {join} from 'node:path';
import {existsSync, lstatSync, readdirSync, statSync} from 'node:fs';

/** What a recording keeps apart: HTTP exchanges, and lines of the journal. */
export const streams = ['polls', 'journal'] as const;
export type Stream = (typeof streams)[number];

/** The file that is being written, or the only one: `polls.jsonl.gz`. */
export function currentFile(stream: Stream | 'index'): string {
  return stream === 'index' ? 'index.jsonl' : `${stream}.jsonl.gz`;
}

/** One that was full, by its number: `polls-00001.jsonl.gz`. */
export function rotatedFile(stream: Stream | 'index', number: number): string {
  return currentFile(stream).replace('.', `-${String(number).padStart(5, '0')}.`);
}

const names = /^(polls|journal|index)(?:-(\d{5,9}))?\.jsonl(?:\.gz)?$/;

/** One file of a recording by its name; null for any other file. */
export function partOf(name: string): {readonly stream: Stream | 'index'; readonly number: number} | null {
  const [, stream, number] = names.exec(name) ?? [];
  if (stream !== 'polls' && stream !== 'journal' && stream !== 'index') return null;
  return {stream, number: number === undefined ? Infinity : Number(number)};
}

/**
 * The files of one stream in the order in which they were written. Where a plain file and its gzipped copy are both
 * there (somebody zipped it and kept both), the plain one stands for both. Empty where there is none.
 */
export function streamFiles(dir: string, stream: Stream | 'index'): readonly string[] {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) return [];
  const found = readdirSync(dir).flatMap((name) => {
    const part = partOf(name);
    return part?.stream === stream ? [{name, number: part.number}] : [];
  });
  const plain = new Set(found.flatMap(({name}) => (name.endsWith('.gz') ? [] : [`${name}.gz`])));
  return found
    .filter(({name}) => !plain.has(name))
    .sort((a, b) => a.number - b.number)
    .map(({name}) => name);
}

/** Whether a folder looks like a recording. */
export function isRecording(dir: string): boolean {
  return streams.some((stream) => streamFiles(dir, stream).length > 0);
}

/** The names of the folders in this one that look like recordings, as ktop makes them for several nodes. */
export function foldersWithRecordings(dir: string): readonly string[] {
  if (!statSync(dir, {throwIfNoEntry: false})?.isDirectory()) return [];
  return readdirSync(dir)
    .filter((name) => statSync(join(dir, name), {throwIfNoEntry: false})?.isDirectory() && isRecording(join(dir, name)))
    .sort();
}

/** Also true of a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false}) !== undefined;
}
