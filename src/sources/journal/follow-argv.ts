import type {FollowEnd} from '../../nodes/node.ts';
import {lastLine} from '../../util/last-line.ts';
import {exportFields} from './export-format.ts';

/** What of the journal a follower reads. */
export interface FollowOptions {
  /** systemd units, interleaved by time. */
  readonly units: readonly string[];
  /** How many of the newest entries to begin with, where `since` does not say. */
  readonly lines: number;
  readonly since: string | null;
  readonly boot: string | null;
  /**
   * Only entries that match this are sent at all (`journalctl --grep`, PCRE2), and those that tell of a restart. Where
   * journalctl refuses it, all are sent, and the stream warns.
   */
  readonly sourceGrep: string | null;
}

/** Which boot of the node a journalctl reads. */
export type ReadBoot =
  /** Nothing was read yet: what the options say. */
  | {readonly kind: 'first'}
  /** From the cursor on, in whatever boot (null), or in the one that the user asked for. */
  | {readonly kind: 'same'; readonly id: string | null}
  /** To its end: the rest of one that was being read, or one that came and went meanwhile. */
  | {readonly kind: 'over'; readonly id: string; readonly resumes: boolean}
  /** From its beginning, and followed. */
  | {readonly kind: 'now'; readonly id: string};

/** Reads the journals of other machines, too, where some lie on the node. */
export const everyMachine = '--merge';

/**
 * The command line of a follower. It resumes *at* the cursor and drops that entry itself: with a filter such as `-u`,
 * `--after-cursor` skips one more entry where the one it names is gone (systemd issue 30288, before version 256).
 */
export function followArgv(options: FollowOptions, cursor: string | null, boot: ReadBoot): string[] {
  const argv = [
    'journalctl',
    ...(boot.kind === 'over' ? [] : ['--follow']),
    '--quiet',
    '--no-pager',
    '--output=export',
    `--output-fields=${exportFields}`,
  ];
  for (const unit of options.units) argv.push(`--unit=${unit}`);
  if (options.sourceGrep !== null) argv.push(...grepArgv(options.sourceGrep));
  if (boot.kind === 'now') return [...argv, '--no-tail', `--boot=${boot.id}`];
  if (boot.kind === 'over')
    return [...argv, `--boot=${boot.id}`, ...(boot.resumes && cursor !== null ? [`--cursor=${cursor}`] : [])];
  if (boot.kind === 'same' && boot.id !== null) argv.push(`--boot=${boot.id}`);
  else if (options.boot !== null) argv.push(`--boot=${options.boot}`);
  // From systemd 251 on a follower shows the current boot only, which of all options this alone lifts.
  else argv.push(everyMachine);
  if (boot.kind === 'same' && cursor !== null) return [...argv, '--no-tail', `--cursor=${cursor}`];
  // With --since, --lines would count from the beginning.
  return options.since === null
    ? [...argv, `--lines=${options.lines}`]
    : [...argv, '--no-tail', `--since=${options.since}`];
}

/** What must come whatever the pattern is: systemd's words on a unit's life, and journald's on what it suppressed. */
const alwaysSent = ['^Started ', '^Stopping ', ': Main process exited', '^Suppressed '];

/** A pattern without capitals ignores case in journalctl; that is said here, because what is added has some. */
function grepArgv(pattern: string): string[] {
  const caseSensitive = /[A-Z]/.test(pattern) ? 'yes' : 'no';
  return [`--grep=${sentPattern(pattern)}`, `--case-sensitive=${caseSensitive}`];
}

/** In a group of its own, so that flags or a backslash at its end stay its own. */
export const sentPattern = (pattern: string): string => [`(?:${pattern})`, ...alwaysSent].join('|');

/**
 * `Bad pattern "(": missing closing parenthesis`, `Compiled without pattern matching support`, `PCRE2 support is not
 * compiled in.`, `unrecognized option '--grep=…'` (systemd before 237).
 */
export function refusesGrep({exitCode, stderr}: FollowEnd): boolean {
  return exitCode !== null && exitCode !== 0 && /pattern|pcre2|'--(grep|case-sensitive)/i.test(lastLine(stderr));
}
