import {describeFailure} from '../failure.ts';
import type {CommandStep, Event, JournalEntry, StreamState} from '../event.ts';
import type {Target} from '../target.ts';
import {sameClock, toNodeTime, type ClockOffset, type LocalMs, type NodeMs} from '../time.ts';
import type {JournalLine, Rule} from './line.ts';
import {LineRing} from './ring.ts';
import {TickRules} from './tick-rules.ts';
import {TickWatch} from './tick-watch.ts';

export interface JournalBufferOptions {
  /** Lines kept. */
  readonly scrollback: number;
  /** Characters kept, whatever number of lines they are. */
  readonly mostCharacters?: number;
  readonly kubeletUnit: string;
  /** Whose housekeeping ticks are drawn between the lines. */
  readonly watched: () => readonly Target[];
  /** How far the node's clock is ahead, as all panes take it; without it this one goes by the `clock` events. */
  readonly clock?: () => ClockOffset;
}

/** Keeps what came: the journal's lines, and between them what happened, as rules. */
export class JournalBuffer {
  readonly ring: LineRing;
  /** Housekeeping ticks of the watched targets, in their places between the lines. */
  readonly ticks: TickRules;
  /** Entries that came at all, since the start or the last clearing. */
  seen = 0;
  /** When the newest entry was written, by the node's clock. */
  newestAt: number | null = null;
  stream: StreamState | null = null;
  #compared: ClockOffset = sameClock;
  readonly #options: JournalBufferOptions;
  #stoppedAt: number | null = null;
  #clearedAt = -1;
  /** When the newest entry at the last clearing was written. */
  #clearedUpTo = Number.NEGATIVE_INFINITY;
  readonly #tickWatch = new TickWatch();

  constructor(options: JournalBufferOptions) {
    this.#options = options;
    this.ring = new LineRing(options.scrollback, options.mostCharacters);
    this.ticks = new TickRules(this.ring);
  }

  /** Takes over all that another one holds. */
  takeOver(other: JournalBuffer): void {
    this.ring.takeOver(other.ring);
    this.ticks.takeOver(other.ticks);
    this.seen = other.seen;
    this.newestAt = other.newestAt;
    this.stream = other.stream;
    this.#compared = other.#compared;
    this.#stoppedAt = other.#stoppedAt;
    this.#clearedAt = other.#clearedAt;
    this.#clearedUpTo = other.#clearedUpTo;
    this.#tickWatch.takeOver(other.#tickWatch);
  }

  /** A local moment by the node's clock, in which all times here are. */
  nodeTime(at: LocalMs): NodeMs {
    return toNodeTime(at, this.#clock);
  }

  get #clock(): ClockOffset {
    return this.#options.clock?.() ?? this.#compared;
  }

  /** Folds an event; says whether all lines before it were cleared. */
  apply(event: Event): {readonly cleared: boolean} {
    switch (event.type) {
      case 'journal':
        for (const entry of event.entries) this.#take(entry);
        break;
      case 'journal-stream':
        this.stream = event.state;
        break;
      case 'journal-gap':
        // What was cleared from here is missed by nobody.
        if (this.ring.high === this.#clearedAt || (event.after ?? Infinity) <= this.#clearedUpTo) break;
        // It is told of after lines that followed it.
        this.#ruleNow('gap', event.at, gapText(event));
        break;
      case 'clock':
        this.#compared = event.offset;
        break;
      case 'command':
        if (event.step.kind === 'failed') {
          // The status line has no room for all of it, and shows it only until something else is to be said.
          this.#ruleNow('action', event.at, `${event.command} failed: ${describeFailure(event.step.failure)}`);
        }
        if (event.step.kind !== 'done') break;
        if (event.command !== 'clear') {
          // A restart has the rule of the start, at the node's own time of it.
          if (event.command !== 'restart') this.#ruleNow('action', event.at, `${event.command}: ${event.step.line}`);
          break;
        }
        this.#clear(event.at, event.step);
        return {cleared: true};
      case 'poll':
        for (const tick of this.#tickWatch.observe(event.poll, this.#options.watched(), this.#clock)) {
          this.ticks.add(tick);
        }
        break;
      default:
    }
    return {cleared: false};
  }

  #take(entry: JournalEntry): void {
    this.seen += 1;
    this.newestAt = entry.at;
    if (entry.identifier === 'systemd') this.#noteService(entry);
    else if (entry.identifier === 'systemd-journald' && entry.message.startsWith('Suppressed ')) {
      this.#rule('suppressed', entry.at, entry.message);
      return;
    }
    this.#push(entry);
  }

  #push(line: JournalLine): void {
    this.ring.push(line);
    this.ticks.passed(this.ring.high - 1, line.at);
    this.ticks.forget(this.ring.low);
  }

  /** A restart is drawn once, before systemd's own line of it. */
  #noteService({unit, message, at}: JournalEntry): void {
    if (unit !== this.#options.kubeletUnit && unit !== `${this.#options.kubeletUnit}.service`) return;
    if (message.startsWith('Started ')) {
      const down = this.#stoppedAt === null ? '' : `, ${Math.round(at - this.#stoppedAt)} ms after it stopped`;
      this.#rule('start', at, `${this.#options.kubeletUnit} started${down}`);
      this.#stoppedAt = null;
    } else if (this.#stoppedAt === null && /^Stopping |: Main process exited/.test(message)) this.#stoppedAt = at;
  }

  /** Of something that happened here: no rule may be older than the line above it. */
  #ruleNow(kind: Rule['rule'], at: LocalMs, text: string): void {
    this.#rule(kind, Math.max(this.nodeTime(at), this.newestAt ?? -Infinity), text);
  }

  #rule(kind: Rule['rule'], at: number, text: string): void {
    this.#push({rule: kind, at, text});
  }

  /** Takes away what the node no longer has; what was read since the journal was rotated is still there, and stays. */
  #clear(at: LocalMs, {line, keptSince}: Extract<CommandStep, {kind: 'done'}>): void {
    const kept = this.#linesSince(keptSince ?? Infinity);
    this.#clearedUpTo = Math.min(this.newestAt ?? Number.NEGATIVE_INFINITY, (keptSince ?? Infinity) - 0.001);
    this.ring.clear();
    this.ticks.clear();
    // It stands above what was written while it was cleared.
    this.#rule('clear', Math.min(this.nodeTime(at), kept[0]?.at ?? Infinity), line);
    for (const one of kept) this.ring.push(one);
    this.seen = this.ring.entries;
    this.#clearedAt = this.ring.high;
  }

  #linesSince(at: number): readonly JournalLine[] {
    const lines: JournalLine[] = [];
    for (let number = this.ring.firstSince(at); number < this.ring.high; number += 1) {
      const line = this.ring.get(number);
      if (line !== undefined && line.at >= at) lines.push(line);
    }
    return lines;
  }
}

function gapText(gap: Extract<Event, {type: 'journal-gap'}>): string {
  const many = gap.atMost === null ? 'an unknown number of entries' : `up to ${gap.atMost} entries (of all units)`;
  return `gap: ${many} missing, ${gap.reason}`;
}
