import type {LocalMs, NodeMs} from '../../model/time.ts';

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
}

/** The same moment, told by systemd and by the process itself. */
const sameMs = 1000;
/** A start that was heard of and that no look confirmed is told after all. */
const patienceMs = 1200;

/**
 * Makes one start out of the two ways to learn of it: systemd's line in the journal, and the process itself, whose own
 * start is the truth. Also those are told that the journal alone knows, of a kubelet that died before it was looked at.
 */
export class KubeletStarts {
  #found: FoundProcess | null = null;
  #reported: KubeletStart | null = null;
  #observed: readonly {readonly at: NodeMs; readonly observedAt: LocalMs}[] = [];

  /** The journal has a line of a start at `at`. */
  observed(at: NodeMs, now: LocalMs): void {
    this.#observed = [...this.#observed, {at, observedAt: now}];
  }

  /** A look that began at `askedAt` found this process, or none. Returns what is to be told, oldest first. */
  probed(process: FoundProcess | null, askedAt: LocalMs, now: LocalMs): readonly KubeletStart[] {
    // What was heard during the look is a question for the next one.
    const settled = this.#observed.filter(
      ({observedAt}) => observedAt <= askedAt && (process !== null || now - observedAt > patienceMs),
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
    if (process !== null && before !== null && before.id !== process.id && !sameProcess(before, process)) {
      starts.push({at: process.startedAt, pid: process.pid});
    }
    const news = starts.filter(({at, pid}) => this.#reported === null || !sameStart(this.#reported, {at, pid}));
    this.#reported = news.at(-1) ?? this.#reported;
    return news;
  }
}

/** Seen by commands and over HTTPS, one process may have two ids. Two pids are two processes, however soon. */
const sameProcess = (one: FoundProcess, other: FoundProcess): boolean =>
  sameStart({at: one.startedAt, pid: one.pid}, {at: other.startedAt, pid: other.pid});

function sameStart(one: KubeletStart, other: KubeletStart): boolean {
  const alike = one.pid === null || other.pid === null || one.pid === other.pid;
  return alike && Math.abs(one.at - other.at) <= sameMs;
}
