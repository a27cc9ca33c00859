import {ClockEstimate, type ClockReading} from '../../model/clock-estimate.ts';
import type {Event, NodeFacts} from '../../model/event.ts';
import {localMs, type ClockOffset, type LocalMs} from '../../model/time.ts';
import {Waker} from '../../util/interruptible-sleep.ts';
import {startsUnit} from '../journal/follow-journal.ts';
import {KubeletStarts} from './kubelet-starts.ts';

/** What one look at the node told. */
export interface Look {
  readonly facts: NodeFacts;
  /** Differs for any two processes of the kubelet; null where none runs, or where it cannot be known. */
  readonly processId: string | null;
  /** `same` where the node runs on our kernel; null where the look told nothing of its clock. */
  readonly clock: ClockReading | 'same' | null;
}

export interface FactsOptions {
  /** Rejects where the node cannot be asked. `urgent`: something has just happened. */
  readonly look: (signal: AbortSignal, urgent: boolean) => Promise<Look | null>;
  /** Between two looks while nothing happens. */
  readonly everyMs: number;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  readonly now?: () => LocalMs;
}

/** After something that smells of a restart it looks at once and then again for a moment: a restart takes its time. */
const watchfulMs = [700, 1500, 3000, 5000];

/**
 * What is known of the node: the kubelet's version, process, start and flags, its unit's state, and how far its clock is
 * off. It looks now and then, and at once when `hear` is told of something that smells of a restart.
 */
export class FactsSource {
  readonly #options: FactsOptions;
  readonly #now: () => LocalMs;
  readonly #clock = new ClockEstimate();
  readonly #starts = new KubeletStarts();
  readonly #waker = new Waker();
  #looks: readonly number[] = [];
  #hurry = true;
  #last: Look | null = null;
  #offset: ClockOffset | null = null;

  constructor(options: FactsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => localMs(Date.now()));
  }

  /** Everything that happens on the node passes by here; what speaks of a restart makes it look. */
  hear(event: Event): void {
    const unit = this.#options.unit.replace(/\.service$/, '');
    let smells = false;
    if (event.type === 'command') smells = event.command === 'restart' && event.step.kind !== 'started';
    if (event.type === 'stats-stream') smells = event.state.kind === 'reconnecting' && event.state.attempt === 1;
    if (event.type === 'journal') {
      for (const entry of event.entries) {
        if (entry.identifier !== 'systemd' || entry.unit.replace(/\.service$/, '') !== unit) continue;
        smells = true;
        if (startsUnit(entry, unit)) this.#starts.heard(entry.at, this.#now());
      }
    }
    if (!smells) return;
    this.#looks = watchfulMs;
    this.#hurry = true;
    this.#waker.wake();
  }

  /** Runs until the signal aborts. A node that cannot be asked is silent here: the journal and the stats say why. */
  async *events(signal: AbortSignal): AsyncGenerator<Event> {
    const {look: lookAtNode, everyMs} = this.#options;
    for (let urgent = true; !signal.aborted; urgent ||= this.#hurry) {
      this.#hurry = false;
      const askedAt = this.#now();
      const look = await lookAtNode(signal, urgent).catch(() => null);
      yield* this.#tell(look, askedAt);
      // What was heard during the look may have happened after it.
      if (this.#wantsLook()) continue;
      const [next, ...later] = this.#looks;
      this.#looks = later;
      urgent = next !== undefined;
      await this.#waker.pause(next ?? everyMs, signal);
    }
  }

  /** Asked anew each time: the compiler would take the value from before the look for granted. */
  #wantsLook(): boolean {
    return this.#hurry;
  }

  *#tell(look: Look | null, askedAt: LocalMs): Generator<Event> {
    const now = this.#now();
    if (look !== null) {
      const offset = this.#offsetOf(look.clock);
      if (offset !== null && (this.#offset === null || differs(this.#offset, offset))) {
        this.#offset = offset;
        yield {type: 'clock', offset};
      }
      const before = this.#last;
      const facts = before?.processId === look.processId ? settled(before.facts, look.facts) : look.facts;
      if (JSON.stringify(before?.facts) !== JSON.stringify(facts)) yield {type: 'facts', at: now, facts};
      this.#last = {...look, facts};
    }
    const {processId: id = null, facts = null} = look ?? {};
    const startedAt = facts?.kubeletStartedAt ?? null;
    const process = id === null || startedAt === null ? null : {id, startedAt, pid: facts?.kubeletPid ?? null};
    for (const start of this.#starts.looked(process, askedAt, now)) yield {type: 'kubelet-started', ...start};
  }

  #offsetOf(clock: Look['clock']): ClockOffset | null {
    if (clock === null) return null;
    return clock === 'same' ? {aheadMs: 0, uncertaintyMs: 0} : this.#clock.take(clock);
  }
}

/** The same facts with the start that was read first: it is computed anew each time and trembles by a few milliseconds. */
function settled(before: NodeFacts, now: NodeFacts): NodeFacts {
  return {...now, kubeletStartedAt: before.kubeletStartedAt};
}

function differs(before: ClockOffset, now: ClockOffset): boolean {
  const notable = Math.max(1, now.uncertaintyMs / 10);
  return Math.abs(before.aheadMs - now.aheadMs) > notable || now.uncertaintyMs < before.uncertaintyMs * 0.8;
}
