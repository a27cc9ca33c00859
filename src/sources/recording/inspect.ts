import {closeSync, type Dirent, existsSync, lstatSync, openSync, readdirSync, readSync, statSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError, toFailure} from '../../model/failure.ts';
import type {LocalMs} from '../../model/time.ts';
import {isSystem} from '../../model/target.ts';
import {parseJson, at} from '../../util/json.ts';
import {counted} from '../../util/counted.ts';
import {currentFile, isRecording, rotatedFile, streamFiles, streams} from './files.ts';
import {recordingVersion, type RecordingCounts, type RecordingMeta} from './format.ts';
import {linesOfFile} from './lines.ts';
import {recordingMeta, replay} from './replay.ts';

/** One recording as a list tells it. */
export interface RecordingSummary {
  readonly dir: string;
  readonly bytes: number;
  readonly version: number;
  readonly node: string | null;
  readonly kubeletVersion: string | null;
  readonly fromMs: LocalMs | null;
  readonly untilMs: LocalMs | null;
  readonly ticks: number;
  readonly lines: number;
  /** Nobody ended it: its writer was killed, or writes still. */
  readonly isOpen: boolean;
  /** What is wrong with it, a sentence each. */
  readonly problems: readonly string[];
}

/** How deep recordings are looked for below a folder, and how many folders: nobody waits for a whole disk. */
const deepest = 3;
const mostFolders = 5000;

/** The recordings among and below these folders. Rejects with a `FailureError` where one of them is no folder. */
export async function findRecordings(dirs: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  let seen = 0;
  const look = async (dir: string, depth: number): Promise<void> => {
    seen += 1;
    if (isRecording(dir)) {
      found.push(dir);
      return;
    }
    if (depth >= deepest || seen > mostFolders) return;
    const inside = await readdir(dir, {withFileTypes: true}).catch((): Dirent[] => []);
    const folders = inside.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name));
    for (const {name} of folders.sort((a, b) => (a.name < b.name ? -1 : 1))) await look(join(dir, name), depth + 1);
  };
  for (const dir of dirs) {
    try {
      if (!statSync(dir).isDirectory()) throw new Error('it is no folder');
    } catch (error) {
      throw new FailureError(toFailure(error, `list the recordings in ${dir}`), {cause: error});
    }
    await look(dir, 0);
  }
  return found;
}

/**
 * What a recording holds. The counts are those of its recorder, where it ended it; `thorough` reads everything all the
 * same, and holds the files against their index.
 */
export async function inspectRecording(dir: string, thorough: boolean): Promise<RecordingSummary> {
  const meta = await recordingMeta(dir);
  const files = [...streams, 'index' as const].flatMap((stream) => streamFiles(dir, stream));
  const bytes = files.reduce((sum, name) => sum + lstatSync(join(dir, name)).size, 0);
  const problems: string[] = [];
  if (meta.version > recordingVersion) {
    problems.push(`it was written by a newer ktop (version ${meta.version}): what is new in it is not read`);
  }
  if (!existsSync(join(dir, 'meta.json'))) problems.push('there is no meta.json in it');
  const isTold = meta.counts !== null && meta.endedAt !== null;
  const counts = isTold && !thorough ? meta.counts : await countedIn(dir, problems);
  if (thorough) {
    problems.push(...(await indexProblems(dir)));
    if (isTold && counts !== null) problems.push(...countProblems(meta.counts, counts));
  }
  return {
    dir,
    bytes,
    version: meta.version,
    node: meta.node,
    kubeletVersion: meta.kubeletVersion,
    ...spanOf(meta, counts),
    ticks: counts?.ticks ?? 0,
    lines: counts?.lines ?? 0,
    isOpen: meta.endedAt === null,
    problems,
  };
}

function spanOf(meta: RecordingMeta, counts: RecordingCounts | null): Pick<RecordingSummary, 'fromMs' | 'untilMs'> {
  const isSome = counts !== null && counts.untilMs > 0 && Number.isFinite(counts.fromMs);
  return {fromMs: isSome ? counts.fromMs : meta.startedAt, untilMs: isSome ? counts.untilMs : meta.endedAt};
}

async function countedIn(dir: string, problems: string[]): Promise<RecordingCounts | null> {
  let [polls, ticks, lines] = [0, 0, 0];
  let fromMs: LocalMs | null = null;
  let untilMs: LocalMs | null = null;
  for await (const event of replay(dir, (problem) => problems.push(problem))) {
    if (event.type === 'journal') lines += event.entries.length;
    if (event.type !== 'poll') continue;
    const {poll} = event;
    polls += 1;
    ticks += poll.samples.filter(({novelty, target}) => novelty === 'new' && !isSystem(target)).length;
    fromMs ??= poll.sentAt;
    untilMs = poll.receivedAt;
  }
  return fromMs === null || untilMs === null ? null : {fromMs, untilMs, polls, ticks, lines};
}

function countProblems(told: RecordingCounts | null, found: RecordingCounts): string[] {
  if (told === null || told.lines === found.lines) return [];
  return [`meta.json tells of ${counted(told.lines, 'line')}, and there are ${found.lines}`];
}

/** Every member that an index names begins with gzip's magic number (RFC 1952, 2.3.1). */
async function indexProblems(dir: string): Promise<string[]> {
  const problems: string[] = [];
  for (const name of streamFiles(dir, 'index')) {
    const number = Number(/-(\d+)\./.exec(name)?.[1] ?? 0);
    let wrong = 0;
    for await (const lines of linesOfFile(join(dir, name), name, (problem) => problems.push(problem))) {
      wrong += lines.filter((line) => line !== '' && !isMark(dir, number, line)).length;
    }
    if (wrong > 0) problems.push(`${name}: ${counted(wrong, 'entry', 'entries')} beside the mark`);
  }
  return problems;
}

function isMark(dir: string, number: number, line: string): boolean {
  const entry = parseJson(line);
  const [stream, offset] = [streams.find((one) => one === at(entry, 'stream')), at(entry, 'offset')];
  if (stream === undefined || typeof offset !== 'number') return false;
  const file = number === 0 ? currentFile(stream) : rotatedFile(stream, number);
  return beginsMember(join(dir, file), offset);
}

function beginsMember(path: string, offset: number): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(2);
      const read = readSync(file, bytes, 0, 2, offset);
      // The newest member may not have left the compressor yet.
      return read === 0 || bytes.readUInt16BE(0) === 0x1f8b;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** Whether somebody may be writing it now: nobody has ended it, and a file is younger than a moment. */
export function isBeingWritten(dir: string, isOpen: boolean, nowMs: number): boolean {
  if (!isOpen) return false;
  return readdirSync(dir).some((name) => nowMs - lstatSync(join(dir, name)).mtimeMs < 10_000);
}
