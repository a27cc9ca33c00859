import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {clip, printableJson} from '../model/draw/safe-text.ts';
import {maskSecrets} from '../model/secrets.ts';

/** One line of the log of what was done to nodes. */
export interface ActionEntry {
  readonly time: Date;
  readonly node: string;
  /** The name of the action: `restart`. */
  readonly action: string;
  /** What is run, as it is typed by hand. */
  readonly commands: readonly string[];
  readonly outcome: 'started' | 'done' | 'failed';
  /** What came of it, in a sentence. */
  readonly detail: string;
  /** Milliseconds since it was begun; null at its beginning. */
  readonly durationMs: number | null;
}

/** Takes an entry; answers why it could not be kept, or null. */
export type ActionsLog = (entry: ActionEntry) => string | null;

const mostBytes = 1024 * 1024;
const longestText = 2000;

/**
 * The log of what was done to nodes: `$XDG_STATE_HOME/ktop/actions.log`, a JSON object a line, for the user alone (0600).
 * A full one becomes `actions.log.1` and takes the place of the one before. No link is followed, no secret written.
 */
export function actionsLog(env: Readonly<Record<string, string | undefined>>): ActionsLog {
  const base = env.XDG_STATE_HOME;
  const folder = join(base === undefined || base === '' ? join(homedir(), '.local', 'state') : base, 'ktop');
  return (entry) => {
    try {
      append(folder, lineOf(entry));
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function lineOf(entry: ActionEntry): string {
  const text = (one: string): string => clip(maskSecrets(one), longestText);
  return `${printableJson(
    JSON.stringify({
      time: entry.time.toISOString(),
      node: text(entry.node),
      action: entry.action,
      commands: entry.commands.slice(0, 20).map(text),
      outcome: entry.outcome,
      detail: text(entry.detail),
      durationMs: entry.durationMs === null ? null : Math.round(entry.durationMs),
    }),
  )}\n`;
}

function append(folder: string, line: string): void {
  mkdirSync(folder, {recursive: true, mode: 0o700});
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is no directory of its own`);
  const path = join(folder, 'actions.log');
  let file = open(path);
  try {
    const {size, ino} = fstatSync(file);
    // Another ktop may have set it aside a moment ago.
    if (size + line.length > mostBytes && lstatSync(path).ino === ino) {
      renameSync(path, `${path}.1`);
      closeSync(file);
      file = open(path);
    }
    // One write, at the end of the file wherever that is: lines of several ktops do not mix.
    writeSync(file, line);
  } finally {
    closeSync(file);
  }
}

/** Opens the log itself: no link to another file, no pipe that would wait for a reader. */
function open(path: string): number {
  const {O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK} = constants;
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  const stats = fstatSync(file);
  if (!stats.isFile() || stats.nlink !== 1) {
    closeSync(file);
    throw new Error(`${path} is no file of its own`);
  }
  if ((stats.mode & 0o077) !== 0) fchmodSync(file, 0o600);
  return file;
}
