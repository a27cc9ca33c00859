import type {Event, JournalEntry} from '../event.ts';
import {goDurationMs} from '../../util/go-duration.ts';
import {compilePattern, type LinePattern} from './pattern.ts';

export type TickFact = Extract<Event, {type: 'tick-fact'}>;

export type TickPatternResult =
  {readonly ok: true; readonly pattern: TickPattern} | {readonly ok: false; readonly problem: string};

/**
 * Reads housekeeping ticks out of the user's own debug lines. The group `container` (the cgroup's path) must be there;
 * `interval` and `next` are Go durations and may be missing.
 */
export class TickPattern {
  readonly #pattern: LinePattern;

  constructor(pattern: LinePattern) {
    this.#pattern = pattern;
  }

  /** The tick that a line tells of, at the time of its entry; null where it tells of none. */
  read(entry: JournalEntry): TickFact | null {
    const groups = this.#pattern.groups(entry.message);
    const cgroup = groups?.container;
    if (groups === null || cgroup === null || cgroup === undefined) return null;
    const durationMs = (name: string) => goDurationMs(groups[name] ?? '');
    return {type: 'tick-fact', at: entry.at, cgroup, intervalMs: durationMs('interval'), nextMs: durationMs('next')};
  }
}

/** Compiles `--tick-pattern`; a problem says which of its groups is missing or unknown. */
export function compileTickPattern(source: string): TickPatternResult {
  const compiled = compilePattern(source);
  if (!compiled.ok) return compiled;
  if (!compiled.pattern.groupNames.includes('container')) {
    return {ok: false, problem: 'it has no group (?P<container>…); (?P<interval>…) and (?P<next>…) are welcome too'};
  }
  return {ok: true, pattern: new TickPattern(compiled.pattern)};
}
