import {ClockEstimate, type ClockReading} from '../../model/clock-estimate.ts';
import type {Event, NodeFacts, Poll} from '../../model/event.ts';
import {localMs, toNodeTime, type ClockOffset, type LocalMs} from '../../model/time.ts';
import {InterruptibleSleep} from '../../util/interruptible-sleep.ts';
import {startsUnit} from '../../model/journal/starts-unit.ts';
import {KubeletStarts, type KubeletStart} from './kubelet-starts.ts';

/** What one look at the node told. */
export interface Probe {
  readonly facts: NodeFacts;
  /** Differs for any two processes of the kubelet; null where none runs, or where it cannot be known. */
  readonly processId: string | null;
  /** `same` where the node runs on our kernel; null where the look told nothing of its clock. */
  readonly clock: ClockReading | 'same' | null;
}

export interface FactsOptions {
  /** Rejects where the node cannot be asked. `urgent`: something has just happened. */
  readonly probe: (signal: AbortSignal, urgent: boolean) => Promise<Probe | null>;
  /** Between two looks while nothing happens. */
  readonly everyMs: number;
  /** The same where the kubelet's own answers tell of its restarts; default `everyMs`. */
  readonly everyMsIfTold?: number;
  /**
   * The same where the journal tells of them: systemd runs the kubelet, its lines are followed, and the node's clock is
   * ours. Default `everyMs`.
   */
  readonly everyMsIfHeard?: number;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  readonly now?: () => LocalMs;
  /** Milliseconds of a clock that nobody sets; `now` where a test has but that. */
  readonly monotonicMs?: () => number;
}

/** The node's clock, of which an answer tells whole seconds, was set if it moves by more against ours. */
const clockWasSetMs = 2500;

/** After a sign of a restart it looks at once and then again for a moment: a restart takes its time. */
const watchfulMs = [700, 1500, 3000, 5000];

/**
 * What is known of the node: the kubelet's version, process, start and flags, its unit's state, and how far its clock is
 * off. It looks now and then, and at once when `hear` is told of something that smells of a restart.
 */
export class FactsSource {
  readonly #options: FactsOptions;
  readonly #now: () => LocalMs;
  readonly #monotonicMs: () => number;
  readonly #clock = new ClockEstimate();
  readonly #starts = new KubeletStarts();
  readonly #sleep = new InterruptibleSleep();
  #probes: readonly number[] = [];
  #hurry = true;
  #last: Probe | null = null;
  #offset: ClockOffset | null = null;
  /** Whether the newest answer said when the kubelet started. */
  #isTold = false;
  #isJournalFollowed = false;
  #answeredAheadMs: number | null = null;

  constructor(options: FactsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => localMs(Date.now()));
    this.#monotonicMs = options.monotonicMs ?? options.now ?? (() => performance.now());
  }

  /**
   * Everything that happens on the node passes by here; what speaks of a restart makes it look. Returns what follows
   * from the event by itself, to be told before it.
   */
  onEvent(event: Event): readonly Event[] {
    const unit = this.#options.unit.replace(/\.service$/, '');
    let smells = false;
    if (event.type === 'command') smells = event.command !== 'clear' && event.step.kind !== 'started';
    if (event.type === 'stats-stream') smells = event.state.kind === 'reconnecting' && event.state.attempt === 1;
    if (event.type === 'journal-stream') this.#isJournalFollowed = event.state.kind === 'following';
    if (event.type === 'journal') {
      for (const entry of event.entries) {
        if (entry.identifier !== 'systemd' || entry.unit.replace(/\.service$/, '') !== unit) continue;
        smells = true;
        if (startsUnit(entry, unit)) this.#starts.observed(entry.at, this.#now());
      }
    }
    const starts = event.type === 'poll' ? this.#answered(event.poll) : [];
    if (event.type === 'poll' && this.#wasClockSet(event.poll)) smells = true;
    if (smells || starts.length > 0) {
      this.#probes = watchfulMs;
      this.#hurry = true;
      this.#sleep.wake();
    }
    return starts.map((start) => ({type: 'kubelet-started', ...start}));
  }

  #wasClockSet({answeredAt}: Poll): boolean {
    if (answeredAt === undefined) return false;
    const [before, now] = [this.#answeredAheadMs, answeredAt - this.#monotonicMs()];
    this.#answeredAheadMs = now;
    return before !== null && Math.abs(now - before) > clockWasSetMs;
  }

  #answered({processStartedAt: startedAt, answeredAt}: Poll): readonly KubeletStart[] {
    this.#isTold = startedAt !== undefined;
    if (startedAt === undefined) return [];
    const aheadMs = answeredAt === undefined ? null : answeredAt - this.#monotonicMs();
    return this.#starts.answered({startedAt, aheadMs});
  }

  /** Runs until the signal aborts. A node that cannot be asked is silent here: the journal and the stats say why. */
  async *events(signal: AbortSignal): AsyncGenerator<Event> {
    const {probe: probeNode} = this.#options;
    for (let urgent = true; !signal.aborted; urgent ||= this.#hurry) {
      this.#hurry = false;
      const askedAt = this.#now();
      const probe = await probeNode(signal, urgent).catch(() => null);
      yield* this.#report(probe, askedAt);
      // What was heard during the look may have happened after it.
      if (this.#wantsProbe()) continue;
      const [next, ...later] = this.#probes;
      this.#probes = later;
      urgent = next !== undefined;
      await this.#sleep.sleep(next ?? this.#everyMs, signal);
    }
  }

  /** Asked anew each time: nobody may look at the node any more. */
  get #everyMs(): number {
    const {everyMs, everyMsIfTold = everyMs, everyMsIfHeard = everyMs} = this.#options;
    if (this.#isTold) return everyMsIfTold;
    const isOfSystemd = this.#last?.facts.unitState?.startsWith('active') === true;
    return this.#isJournalFollowed && isOfSystemd && this.#last?.clock === 'same' ? everyMsIfHeard : everyMs;
  }

  /** Asked anew each time: the compiler would take the value from before the look for granted. */
  #wantsProbe(): boolean {
    return this.#hurry;
  }

  *#report(probe: Probe | null, askedAt: LocalMs): Generator<Event> {
    const now = this.#now();
    if (probe !== null) {
      const offset = this.#offsetOf(probe.clock);
      if (offset !== null && (this.#offset === null || differs(this.#offset, offset))) {
        this.#offset = offset;
        yield {type: 'clock', offset};
      }
      const before = this.#last;
      const facts = before?.processId === probe.processId ? settled(before.facts, probe.facts) : probe.facts;
      if (JSON.stringify(before?.facts) !== JSON.stringify(facts)) yield {type: 'facts', at: now, facts};
      this.#last = {...probe, facts};
    }
    const {processId: id = null, facts = null} = probe ?? {};
    const startedAt = facts?.kubeletStartedAt ?? null;
    const aheadMs = this.#offset === null ? null : toNodeTime(now, this.#offset) - this.#monotonicMs();
    const process = id === null || startedAt === null ? null : {id, startedAt, pid: facts?.kubeletPid ?? null, aheadMs};
    for (const start of this.#starts.probed(process, askedAt, now)) yield {type: 'kubelet-started', ...start};
  }

  #offsetOf(clock: Probe['clock']): ClockOffset | null {
    if (clock === null) return null;
    return clock === 'same' ? {aheadMs: 0, uncertaintyMs: 0} : this.#clock.take(clock);
  }
}

/**
 * The same facts with the start that was read first: it is computed anew each time and differs by a few milliseconds. By
 * more where the node's clock was set: then the start is what it is by the new one, and the uptime does not jump.
 */
function settled(before: NodeFacts, now: NodeFacts): NodeFacts {
  const [first, again] = [before.kubeletStartedAt, now.kubeletStartedAt];
  return first === null || again === null || Math.abs(again - first) > jitterMs
    ? now
    : {...now, kubeletStartedAt: first};
}

/** `/proc/uptime` and `starttime` have hundredths of a second, and `date` runs a process later. */
const jitterMs = 500;

function differs(before: ClockOffset, now: ClockOffset): boolean {
  const notable = Math.max(1, now.uncertaintyMs / 10);
  return Math.abs(before.aheadMs - now.aheadMs) > notable || now.uncertaintyMs < before.uncertaintyMs * 0.8;
}
