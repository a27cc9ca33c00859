import {clip, safeLine} from '../draw/safe-text.ts';
import type {CommandStep, Event, JournalEntry} from '../event.ts';
import {safeFailure} from '../failure.ts';
import {crashLoopStarts, type Status} from '../screen/status.ts';
import type {NodeMs} from '../time.ts';

/** What a user who looks elsewhere wants to be told of. */
type NewsKind = 'restart' | 'crash-loop' | 'pattern' | 'deploy';

/** Of each kind there is at most one in this time: who is told ten times a second switches it off. */
const quietMs = 10_000;

/** A notification is a glance: what is longer is cut by every desktop. */
const longest = 200;

/** When and where an event is looked at. */
interface Moment {
  /** The status with the event in it. */
  readonly status: Status;
  /** By the node's clock. */
  readonly nodeNow: NodeMs;
  /** On a clock that never jumps. */
  readonly elapsedMs: number;
}

interface NewsOptions {
  /** The moment since which something is news, by the node's clock as far as that is known by now. */
  readonly since: () => NodeMs;
  /** The pattern that the user looks for; null: none, and then no line is news. */
  readonly pattern: () => string | null;
  /** Whether the journal's filter lets the entry through. */
  readonly shows: (entry: JournalEntry) => boolean;
}

/**
 * Finds what is worth a notification among all that happens: a start of the kubelet, a crash loop that begins, a line that
 * matches the pattern, a deploy that ended. What the node tells of the time before is no news.
 */
export class News {
  readonly #options: NewsOptions;
  readonly #toldAt = new Map<NewsKind, number>();
  #inCrashLoop = false;
  /** The first lines are those that were there before. */
  #hasHistory = false;

  constructor(options: NewsOptions) {
    this.#options = options;
  }

  /** Looks at an event; returns the text of a notification, one safe line, or null. */
  take(event: Event, moment: Moment): string | null {
    const name = moment.status.node?.name ?? 'the node';
    switch (event.type) {
      case 'kubelet-started': {
        const loop = this.#crashLoop(name, moment);
        if (loop !== null) return loop;
        if (event.at < this.#options.since()) return null;
        return this.#tell('restart', moment, () => `${name}: the kubelet was started`);
      }
      case 'stats-stream':
        return this.#crashLoop(name, moment);
      case 'journal':
        return this.#line(event.entries, name, moment);
      case 'command': {
        const {command, step} = event;
        const isEnd = step.kind === 'done' || step.kind === 'failed';
        if (!isEnd || (command !== 'deploy' && command !== 'rollback')) return null;
        return this.#tell('deploy', moment, () => `${name}: ${command} ${outcome(step)}`);
      }
      default:
        return null;
    }
  }

  /** That a crash loop has begun; null where there is none, or it was there before. */
  #crashLoop(name: string, moment: Moment): string | null {
    const starts = crashLoopStarts(moment.status, moment.nodeNow);
    const isNew = starts > 0 && !this.#inCrashLoop;
    this.#inCrashLoop = starts > 0;
    return isNew ? this.#tell('crash-loop', moment, () => `${name}: crash loop, ${starts} starts in a minute`) : null;
  }

  #line(entries: readonly JournalEntry[], name: string, moment: Moment): string | null {
    const isHistory = !this.#hasHistory;
    this.#hasHistory = true;
    const pattern = this.#options.pattern();
    // In a flood the lines between two notifications are not matched.
    if (isHistory || pattern === null || this.#isQuiet('pattern', moment)) return null;
    const since = this.#options.since();
    const found = entries.find((entry) => entry.at >= since && this.#options.shows(entry));
    return found === undefined ? null : this.#tell('pattern', moment, () => `${name}: ${found.message}`);
  }

  #isQuiet(kind: NewsKind, {elapsedMs}: Moment): boolean {
    const before = this.#toldAt.get(kind);
    return before !== undefined && elapsedMs - before < quietMs;
  }

  #tell(kind: NewsKind, moment: Moment, text: () => string): string | null {
    if (this.#isQuiet(kind, moment)) return null;
    this.#toldAt.set(kind, moment.elapsedMs);
    return clip(safeLine(text()), longest);
  }
}

function outcome(step: CommandStep): string {
  if (step.kind === 'failed') return `failed: ${safeFailure(step.failure).problem}`;
  return `is done: ${step.line}`;
}
