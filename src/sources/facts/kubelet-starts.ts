import type {LocalMs, NodeMs} from '../../model/time.ts';
import {elapsedMs} from '../../util/elapsed.ts';

/** A start of the kubelet that is to be told. */
export interface KubeletStart {
  readonly at: NodeMs;
  readonly pid: number | null;
}

/** The kubelet's process as a look at the node found it. */
export interface FoundProcess {
  /** Differs for any two processes, also where a rebooted node gives the same pid again. */
  readonly id: string;
  readonly pid: number | null;
  readonly startedAt: NodeMs;
  /** By how much the node's clock is ahead of one of ours that nobody sets, in ms; null where it is not known. */
  readonly aheadMs?: number | null;
}

/** What an answer of the kubelet says of its process, beside the figures. */
export interface AnsweredStart {
  readonly startedAt: NodeMs;
  /** As in `FoundProcess`, to a second. */
  readonly aheadMs: number | null;
}

/**
 * The one tolerance: the same moment, told by systemd, by the process and by an answer's header, of which some know
 * whole seconds only.
 */
const sameMs = 1000;
/** A header has the second of the program's first line, on a slow node up to a second after the process began. */
const answeredMs = 2 * sameMs;
/** A start that was heard of and that no look confirmed is told after all. */
const patienceMs = 1200;

/**
 * Makes one start out of the three ways to learn of it: systemd's line in the journal, the header of an answer, and the
 * process itself, whose own start is the truth. Also those are told that the journal alone knows, of a kubelet that died
 * before it was looked at.
 */
export class KubeletStarts {
  #found: FoundProcess | null = null;
  #answered: AnsweredStart | null = null;
  /** A start that only a header told of: its process has not been looked at yet. */
  #isUnconfirmed = false;
  #reported: KubeletStart | null = null;
  #observed: readonly {readonly at: NodeMs; readonly observedAt: LocalMs}[] = [];

  /** The journal has a line of a start at `at`. */
  observed(at: NodeMs, now: LocalMs): void {
    this.#observed = [...this.#observed, {at, observedAt: now}];
  }

  /**
   * An answer of the kubelet names the start of its process. Returns what is to be told at once: a start that is another
   * than before, unless the node's clock was set by as much, or the difference is one of rounding.
   */
  answered(start: AnsweredStart): readonly KubeletStart[] {
    const before = this.#answered;
    this.#answered = start;
    if (before === null) return [];
    const laterMs = movedMs(before, start);
    // Small steps must not add up to a large one, nor hide one.
    if (laterMs === 0 && Math.abs(steppedMs(before, start)) <= answeredMs) this.#answered = before;
    const told = {at: start.startedAt, pid: null};
    if (laterMs <= 0 || (this.#reported !== null && Math.abs(this.#reported.at - told.at) <= answeredMs)) return [];
    this.#reported = told;
    this.#isUnconfirmed = true;
    return [told];
  }

  /** A look that began at `askedAt` found this process, or none. Returns what is to be told, oldest first. */
  probed(process: FoundProcess | null, askedAt: LocalMs, now: LocalMs): readonly KubeletStart[] {
    // What was heard during the look is a question for the next one.
    const settled = this.#observed.filter(
      ({observedAt}) =>
        // A clock that was set back says nothing of the order.
        (observedAt <= askedAt || observedAt > now) && (process !== null || elapsedMs(observedAt, now) > patienceMs),
    );
    this.#observed = this.#observed.filter((one) => !settled.includes(one));
    const before = this.#found;
    this.#found = process ?? before;
    // At first the journal brings starts of long ago. Later ones that the process does not account for are others.
    const known = before ?? process;
    const others = settled.filter(
      ({at}) =>
        (known === null || at > known.startedAt + sameMs) && (process === null || at < process.startedAt - sameMs),
    );
    const starts: KubeletStart[] = others.map(({at}) => ({at, pid: null}));
    if (process !== null && before !== null && before.id !== process.id && !isSameProcess(before, process)) {
      starts.push({at: process.startedAt, pid: process.pid});
    }
    const news = starts.filter((start) => !this.#isTold(start));
    const [newest] = starts.slice(-1);
    // A start that was told without its pid gets it: the next pid is another start, however soon it comes.
    this.#reported = newest ?? this.#reported;
    if (process !== null) this.#isUnconfirmed = false;
    return news;
  }

  #isTold(start: KubeletStart): boolean {
    if (this.#reported === null) return false;
    return (
      isSameStart(this.#reported, start) ||
      (this.#isUnconfirmed && Math.abs(this.#reported.at - start.at) <= answeredMs)
    );
  }
}

/** Seen by commands and over HTTPS, one process may have two ids. Two pids are two processes, however soon. */
function isSameProcess(one: FoundProcess, other: FoundProcess): boolean {
  return (one.pid === null || other.pid === null || one.pid === other.pid) && movedMs(one, other) === 0;
}

function isSameStart(one: KubeletStart, other: KubeletStart): boolean {
  const alike = one.pid === null || other.pid === null || one.pid === other.pid;
  return alike && Math.abs(one.at - other.at) <= sameMs;
}

type Start = Pick<FoundProcess, 'startedAt' | 'aheadMs'>;

/**
 * By how much one start is later than the other, in ms; 0 where they are one. A start that is computed from the time
 * since boot moves with the node's clock: what that was set by meanwhile does not count.
 */
function movedMs(before: Start, after: Start): number {
  const moved = after.startedAt - before.startedAt;
  const stepped = steppedMs(before, after);
  // Both are known to a second where an answer told them.
  const isStep = Math.abs(stepped) > answeredMs;
  const later = isStep && Math.abs(moved) > sameMs ? moved - stepped : moved;
  return Math.abs(later) <= (isStep ? answeredMs : sameMs) ? 0 : later;
}

/** By how much the node's clock was set between two answers, in ms; 0 where that is not known. */
function steppedMs(before: Start, after: Start): number {
  return before.aheadMs == null || after.aheadMs == null ? 0 : after.aheadMs - before.aheadMs;
}
