import type {NodeShell} from '../nodes/node.ts';
import {parseJsonObject, textAt, listAt, at} from '../util/json.ts';
import type {UnitState} from './unit-state.ts';

/** Where the journal (of a unit, or all of it) ended; null in place of it: the journal did not say. */
export interface JournalEnd {
  /** The cursor of the newest entry, null where there was none. */
  readonly cursor: string | null;
}

/** What is remembered of the moment before a restart, so that nothing older is quoted as its outcome. */
export interface Before {
  readonly unit: UnitState | null;
  readonly journal: JournalEnd | null;
}

/** With a fatal line klog prints the stacks of all goroutines: 150 lines and more. */
const linesRead = 1000;
const common = ['--no-pager', '--quiet'];

/** Looks where the journal of one unit, or of all (null), ends. Never rejects. */
export async function journalEnd(
  shell: NodeShell,
  unit: string | null,
  options: {readonly signal: AbortSignal; readonly timeoutMs: number},
): Promise<JournalEnd | null> {
  const ofUnit = unit === null ? [] : [`--unit=${unit}`];
  const argv = ['journalctl', ...ofUnit, '--lines=1', '--output=export', '--output-fields=MESSAGE', ...common];
  try {
    const {exitCode, stdout} = await shell.run(argv, options);
    if (exitCode !== 0) return null;
    const cursor = /^__CURSOR=(.+)$/m.exec(stdout)?.[1];
    if (cursor !== undefined) return {cursor};
    return stdout.trim() === '' ? {cursor: null} : null;
  } catch {
    return null;
  }
}

interface Said {
  readonly message: string;
  readonly cursor: string | null;
  readonly invocation: string | null;
}

/** What systemd says of any unit that ends and starts again; it tells nothing. */
const routine =
  /^(?:Start(?:ed|ing)|Stopp(?:ed|ing)) |: (?:Main process exited|Failed with result|Scheduled restart job|Deactivated|Consumed|Start request repeated)/;
/** What a process dies with: from v1.23 on the kubelet logs an error in place of klog's fatal line. */
const fatal = /^(?:panic|fatal error):|^F\d{4} |^E\d{4} .*"command failed"/;
/** A Go panic is followed by its stack, an error of klog by what still runs: the line that tells is not the last. */
const telling = /^(?:panic|fatal error|error):|^[EF]\d{4} |: Failed (?:to|at) /i;

/**
 * Why a unit went down, as it said itself after the restart that followed `before`; null where it said nothing, or where
 * what it said cannot be told from what it had said before. Text of the node: untrusted.
 */
export async function lastWords(
  shell: NodeShell,
  unit: string,
  before: Before,
  signal: AbortSignal,
): Promise<string | null> {
  const fields = '--output-fields=MESSAGE,_SYSTEMD_INVOCATION_ID';
  const argv = ['journalctl', `--unit=${unit}`, `--lines=${linesRead}`, '--output=json', fields, ...common];
  const {stdout} = await shell.run(argv, {timeoutMs: 15_000, signal});
  return wordsIn(stdout, before);
}

/** The same of a journal that was read already: a line of `journalctl --output=json` an entry. */
export function wordsIn(journal: string, before: Before): string | null {
  const entries = journal
    .split('\n')
    .filter((line) => line !== '')
    .map(entryOf);
  return tellingLine(sinceRestart(entries, before));
}

/**
 * The same of one start of a unit, by its invocation id: what it said itself, and what systemd said of it.
 * Rejects where the journal cannot be read.
 */
export async function wordsOfStart(
  shell: NodeShell,
  invocation: string,
  {signal, isUp}: {readonly signal: AbortSignal; readonly isUp: boolean},
): Promise<string | null> {
  const own = [`_SYSTEMD_INVOCATION_ID=${invocation}`, '+', `INVOCATION_ID=${invocation}`];
  const argv = ['journalctl', ...own, `--lines=${linesRead}`, '--output=json', '--output-fields=MESSAGE', ...common];
  const {stdout} = await shell.run(argv, {timeoutMs: 15_000, signal});
  const lines = stdout.split('\n').filter((line) => line !== '');
  const entries = lines.map(entryOf);
  // What one that still runs has said last is nothing special.
  return tellingLine(isUp ? entries.filter(({message}) => telling.test(message.trim())) : entries);
}

/** The line that tells why, without klog's header. */
function tellingLine(entries: readonly Said[]): string | null {
  const own = entries.map(({message}) => message.trim()).filter((line) => line !== '' && !routine.test(line));
  // The next process may be complaining of lesser things already.
  const words = own.findLast((line) => fatal.test(line)) ?? own.findLast((line) => telling.test(line)) ?? own.at(-1);
  return words?.replace(/^[IWEF]\d{4} [\d:.]+ +\d+ /, '') ?? null;
}

/** The entries that were written after the restart, as far as one can know. */
function sinceRestart(entries: readonly Said[], {unit, journal}: Before): readonly Said[] {
  const known = journal?.cursor == null ? -1 : entries.findIndex((entry) => entry.cursor === journal.cursor);
  const stopping = entries.findLastIndex(({message}) => message.startsWith('Stopping '));
  // A unit that waits to be started again is not stopped by a restart: such a line then tells of an older one.
  const isMark = stopping >= 0 && (journal !== null || unit === null || unit.active === 'active');
  if (journal === null && !isMark) return [];
  const from = Math.max(known, isMark ? stopping : -1) + 1;
  return entries.slice(from).filter(({invocation}) => invocation === null || invocation !== unit?.invocation);
}

/** One line of `--output=json`. A message that is not UTF-8 comes as a list of bytes. */
function entryOf(line: string): Said {
  const entry = parseJsonObject(line);
  if (entry === undefined) return {message: line, cursor: null, invocation: null};
  const bytes = listAt(entry, 'MESSAGE').filter((byte) => typeof byte === 'number');
  const text = at(entry, 'MESSAGE');
  return {
    message: typeof text === 'string' ? text : Buffer.from(bytes).toString('utf8'),
    cursor: textAt(entry, '__CURSOR') ?? null,
    invocation: textAt(entry, '_SYSTEMD_INVOCATION_ID') ?? null,
  };
}
