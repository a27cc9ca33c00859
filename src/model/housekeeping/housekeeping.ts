import type {Poll, Sample} from '../event.ts';
import {systemTarget, type Target, targetKey} from '../target.ts';
import {type ClockOffset, type NodeMs, sameClock, toNodeTime} from '../time.ts';
import {BaseBelief} from './base-belief.ts';
import {CgroupNames, type ToldTick} from './cgroup-names.ts';
import type {Forecast, IntervalState, Phase} from './forecast.ts';
import {NextTick, type Segment} from './next-tick.ts';
import {TickClock} from './tick-clock.ts';
import {
  burstMs,
  isOtherContainer,
  movedBy,
  type PollMoment,
  restartMs,
  settledMs,
  TargetTrack,
} from './target-track.ts';
import {addWaitSegments, survival} from './wait.ts';

const none: ReadonlySet<Sample> = new Set();
const kubeletKey = targetKey(systemTarget('kubelet'));
/** Targets that no answer has named for so long are forgotten. */
const forgetAfterMs = 120_000;
/** The base is learned from so many targets; the ticks of the others cost less then. */
const mostLearners = 24;
/** What a restart at any poll has against it, in nats: they are rare, and a false one costs the known states. */
const priorNats = -12;
/** What a target that has not ticked in these seconds says against a restart, in nats. */
const silentNats = 1.5;

/**
 * The housekeeping forecast of one node: takes in polls and what is known of the kubelet, and tells of each container
 * and pod when its next sample will be taken. Pure: the present comes as an argument.
 */
export class Housekeeping {
  readonly #belief = new BaseBelief();
  readonly #cgroups = new CgroupNames();
  readonly #tracks = new Map<string, TargetTrack>();
  #offset: ClockOffset = sameClock;
  /** Whether somebody compared the clocks. */
  #isCompared = false;
  readonly #ticksClock = new TickClock();
  #polled: PollMoment | null = null;
  /** The newest sample of the kubelet's own cgroup. */
  #kubelet: Sample | null = null;
  #restartedMs = Number.NEGATIVE_INFINITY;
  /** Until then no restart is made out from the ticks alone. */
  #lockedUntilMs = Number.NEGATIVE_INFINITY;
  /** Targets that ticked in the last seconds: the poll that showed it, the one before, and what it says of a restart. */
  readonly #ticked = new Map<string, {readonly afterMs: number; readonly seenMs: number; readonly nats: number}>();

  /** The base interval in ms: what the command line said, else what the ticks say, and how sure that is. */
  get base(): {readonly intervalMs: number; readonly probability: number; readonly told: boolean} {
    return {
      intervalMs: this.#belief.bestMs,
      probability: this.#belief.weight(this.#belief.best),
      told: this.#belief.toldMs === this.#belief.bestMs,
    };
  }

  /** `--housekeeping-interval` as read from the node; null or nonsense leaves the base to be learned. */
  tellBase(intervalMs: number | null): void {
    if (intervalMs === null || !this.#belief.tell(intervalMs)) return;
    for (const track of this.#tracks.values()) track.regrid();
  }

  /** How far the node's clock is ahead of ours: as somebody compared them, else as the ticks tell. */
  get offset(): ClockOffset {
    return this.#offset;
  }

  /** The clocks were compared. A jump of the node's clock moves everything that is remembered in its time. */
  clock(offset: ClockOffset): void {
    const wasCompared = this.#isCompared;
    this.#isCompared = true;
    const byMs = offset.aheadMs - this.#offset.aheadMs;
    this.#setClock(offset, wasCompared && Math.abs(byMs) > 500 ? this.#ticksClock.nodeMovedMs(byMs) : 0);
  }

  #setClock(offset: ClockOffset, nodeMovedMs: number): void {
    const byMs = offset.aheadMs - this.#offset.aheadMs;
    this.#offset = offset;
    if (this.#polled !== null) this.#polled = movedBy(this.#polled, byMs);
    for (const track of this.#tracks.values()) track.clockMoved(byMs, nodeMovedMs);
  }

  /** Compares the clocks by the new ticks of a poll; returns the samples that contradict what is thought of them. */
  #compareClocks({sentAt, receivedAt}: Poll, samples: readonly Sample[]): ReadonlySet<Sample> {
    const odd = new Set<Sample>();
    this.#ticksClock.polled(receivedAt);
    let moved = false;
    for (const sample of samples) {
      const unseenMs = this.#tracks.get(targetKey(sample.target))?.unseenSinceMs(sample);
      if (unseenMs == null) continue;
      const said = this.#ticksClock.take({
        nodeFromMs: sample.at,
        nodeToMs: sample.at + (sample.precision === 's' ? 1000 : 0),
        sentMs: Math.min(sentAt, unseenMs - this.#offset.aheadMs),
        receivedMs: receivedAt,
      });
      if (said !== 'agrees') odd.add(sample);
      moved ||= said === 'moved';
    }
    if (this.#isCompared) return none;
    const {offset} = this.#ticksClock;
    const byMs = offset.aheadMs - this.#offset.aheadMs;
    if (moved || Math.abs(byMs) > 20) this.#setClock(offset, moved ? this.#ticksClock.nodeMovedMs(byMs) : 0);
    return odd;
  }

  /** A kubelet process started: every timer starts afresh with an immediate tick, perhaps from another base. */
  kubeletStarted(at: NodeMs): void {
    // It may be known already: from the ticks, or from another line of the journal.
    if (at > this.#restartedMs - 15_000 && at < this.#restartedMs + 3000) return;
    this.#restart(at, Math.max(at, this.#polled?.receivedMs ?? at));
  }

  /** The kubelet's own line told of a tick of a cgroup: the next one is known, not estimated. */
  told(cgroup: string, tick: ToldTick): void {
    this.#cgroups.heard(cgroup, tick);
    this.#useTold();
  }

  /** Whether a sample is known to be there that no answer has shown yet: a poll would show it at once. */
  isBehind(wanted: (target: Target) => boolean): boolean {
    return [...this.#tracks.values()].some((track) => track.isBehind && wanted(track.target));
  }

  #useTold(): void {
    for (const {target, tick} of this.#cgroups.told()) this.#tracks.get(targetKey(target))?.told(tick);
  }

  /** Takes in one poll. Samples of the node and of its system containers are left out: others tick them on demand. */
  observe(poll: Poll): void {
    const samples = poll.samples.filter((sample) => sample.target.pod !== '' && Number.isFinite(sample.at));
    const odd = this.#compareClocks(poll, samples);
    const moment = this.#moment(poll);
    const restartedMs = this.#kubeletIsAnother(poll.samples, moment) ?? this.#looksRestarted(samples, moment);
    if (restartedMs !== null) this.#restart(restartedMs, moment.receivedMs);
    for (const sample of samples) {
      const key = targetKey(sample.target);
      const track = this.#tracks.get(key);
      if (track === undefined) this.#tracks.set(key, new TargetTrack(sample, moment, this.#belief));
      const isNew = track?.observe(sample, moment, odd.has(sample)) !== 'unchanged';
      if (isNew && sample.uid !== null) this.#cgroups.sampled(sample.target, sample.uid, sample.at);
    }
    this.#useTold();
    this.#belief.learnDoubtful(moment.receivedMs - 2 * burstMs);
    this.#polled = moment;
    let learners = 0;
    for (const [key, track] of this.#tracks) {
      track.learns = learners++ < mostLearners;
      if (moment.receivedMs - track.polled.receivedMs > forgetAfterMs) this.#tracks.delete(key);
    }
    if (this.#belief.isOpen) this.#learnFromSilence(moment);
  }

  #learnFromSilence(moment: PollMoment): void {
    const likelihood = new Float64Array(this.#belief.grid.bases.length).fill(1);
    for (const track of this.#tracks.values()) {
      if (track.learns && track.polled === moment) track.silence(likelihood);
    }
    this.#belief.silent(likelihood);
  }

  /** The forecasts of all targets (or of those wanted) for one moment, in the order in which they were first seen. */
  forecasts(now: NodeMs, wanted: (target: Target) => boolean = () => true): Forecast[] {
    return [...this.#tracks.values()].filter(({target}) => wanted(target)).map((track) => this.#forecast(track, now));
  }

  /** The forecast of one target; null where it was never seen. */
  forecast(key: string, now: NodeMs): Forecast | null {
    const track = this.#tracks.get(key);
    return track === undefined ? null : this.#forecast(track, now);
  }

  #forecast(track: TargetTrack, now: NodeMs): Forecast {
    const segments: Segment[] = [];
    const {phase, states, overdueMs} = this.#describe(track, now, segments);
    return {
      target: track.target,
      phase,
      at: now,
      lastTickAt: track.lastTickAt,
      ageMs: Math.max(0, now - track.tickMs),
      worstAgeMs: Math.max(track.worstAgeMs, phase === 'gone' ? 0 : now - track.tickMs),
      states,
      next: new NextTick(segments, now),
      overdueMs,
      exact: phase === 'ticking' && track.exactNextMs !== null,
      idle: track.idle,
      waits: track.waits,
    };
  }

  /** Fills `into` with the pieces of the next tick's distribution and says what kind of moment it is. */
  #describe(
    track: TargetTrack,
    now: number,
    into: Segment[],
  ): {phase: Phase; states: IntervalState[]; overdueMs: number} {
    const gone = this.#polled !== null && track.polled.receivedMs < this.#polled.receivedMs;
    if (track.state === 'starting') {
      // First ticks come some seconds after the process started, when the kubelet has found its containers.
      addWaitSegments(into, 1, now - 1, 2500, now);
      into.push({from: now, to: now + 2500, mass: 1});
      return {phase: gone ? 'gone' : 'starting', states: [], overdueMs: 0};
    }
    const exact = track.exactNextMs;
    if (exact !== null && now < exact + 1000) {
      // The line is written a moment after the sample, and the timer fires a moment late: 1 ms in all, 4 ms at most.
      const soon = Math.max(now, exact - 1);
      into.push({from: soon, to: soon + 4, mass: 0.9}, {from: soon + 4, to: soon + 60, mass: 0.1});
      return {phase: gone ? 'gone' : 'ticking', states: this.#states(track, now).list, overdueMs: 0};
    }
    const from = track.state === 'runtime' ? track.runtimeSinceMs : track.tickMs;
    if (track.state === 'runtime' && now > from + 2 * this.#belief.bestMs + 5000) {
      const gap = this.#polled === null ? 1000 : Math.max(100, now - this.#polled.receivedMs + 1000);
      into.push({from: now, to: now + gap, mass: 1});
      return {phase: gone ? 'gone' : 'runtime', states: [], overdueMs: 0};
    }
    const {list, latestMs} = this.#states(track, now, from, into);
    if (gone) return {phase: 'gone', states: list, overdueMs: 0};
    if (track.state === 'runtime') return {phase: 'starting', states: list, overdueMs: 0};
    return {phase: now > latestMs ? 'overdue' : 'ticking', states: list, overdueMs: Math.max(0, now - latestMs)};
  }

  /** The interval states given that the tick has not come, over all likely bases; and the end of the last window. */
  #states(
    track: TargetTrack,
    now: number,
    from = track.tickMs,
    into: Segment[] = [],
  ): {list: IntervalState[]; latestMs: number} {
    const byInterval = new Map<number, number>();
    let total = 0;
    let latestMs = 0;
    for (const base of this.#belief.likely) {
      // What the silence says of the base is in its weight: here it only tells the states of one base apart.
      const states = track.filter.states(base).map(({intervalMs, probability}) => ({
        intervalMs,
        probability,
        alive: probability * survival(now - from, intervalMs),
      }));
      const ofBase = states.reduce((sum, {alive}) => sum + alive, 0);
      if (!(ofBase > 0)) continue;
      const scale = this.#belief.weight(base) / ofBase;
      for (const {intervalMs, probability, alive} of states) {
        const weight = scale * alive;
        if (weight < 1e-5) continue;
        addWaitSegments(into, scale * probability, from, intervalMs, now);
        total += weight;
        byInterval.set(intervalMs, (byInterval.get(intervalMs) ?? 0) + weight);
        const isPlausible = this.#belief.weight(base) * probability > 0.01;
        if (isPlausible) latestMs = Math.max(latestMs, from + 2 * intervalMs);
      }
    }
    const list = [...byInterval].map(([intervalMs, alive]) => ({
      intervalMs,
      probability: total > 0 ? alive / total : 0,
    }));
    list.sort((a, b) => b.probability - a.probability);
    return {list, latestMs};
  }

  /**
   * The kubelet's own cgroup, where the summary names it (v1.32), is made anew with each process: its counter falls and
   * its start moves. Returns after which moment.
   */
  #kubeletIsAnother(samples: readonly Sample[], moment: PollMoment): number | null {
    const before = this.#kubelet;
    const now = samples.find(({target}) => targetKey(target) === kubeletKey);
    if (now === undefined) return null;
    this.#kubelet = now;
    const isAnother = before !== null && isOtherContainer(before, now);
    if (!isAnother || moment.receivedMs < this.#lockedUntilMs) return null;
    return Math.max(before.at, now.startedAt ?? 0);
  }

  /**
   * Timers of several targets out of their turn at once, or of all at the same moment: that is a new kubelet, whoever
   * restarted it. Weighs the ticks of the last seconds against chance; returns after which moment it was started.
   */
  #looksRestarted(samples: readonly Sample[], moment: PollMoment): number | null {
    // Where everything ticks all the time nothing is odd; and the states are found again in seconds.
    if (this.base.intervalMs < burstMs) return null;
    const afterMs = this.#polled?.sentMs ?? moment.sentMs;
    let known = 0;
    for (const sample of samples) {
      const key = targetKey(sample.target);
      const track = this.#tracks.get(key);
      if (track === undefined) continue;
      known++;
      const nats = track.speaksForRestart(sample, moment);
      if (nats !== null) this.#ticked.set(key, {afterMs, seenMs: moment.receivedMs, nats});
    }
    let evidence = priorNats;
    for (const [key, {seenMs, nats}] of this.#ticked) {
      if (seenMs < moment.receivedMs - restartMs) this.#ticked.delete(key);
      else evidence += nats;
    }
    evidence -= silentNats * Math.max(0, known - this.#ticked.size);
    if (evidence < 0 || this.#ticked.size < 2) return null;
    // No kubelet restarts all the time: then it is the base that we have wrong, and the ticks will tell it.
    const lockedMs = this.#lockedUntilMs;
    this.#lockedUntilMs = moment.receivedMs + settledMs;
    if (this.base.probability < 0.9 || moment.receivedMs < lockedMs) return null;
    const sinceMs = Math.min(...[...this.#ticked.values()].map((one) => one.afterMs));
    this.#ticked.clear();
    return sinceMs;
  }

  #restart(afterMs: number, nowMs: number): void {
    this.#restartedMs = nowMs;
    this.#lockedUntilMs = nowMs + settledMs;
    this.#belief.restarted();
    for (const track of this.#tracks.values()) track.restarted(afterMs, nowMs + 2 * burstMs);
  }

  #moment(poll: Poll): PollMoment {
    const {uncertaintyMs} = this.#offset;
    return {
      sentMs: toNodeTime(poll.sentAt, this.#offset),
      receivedMs: toNodeTime(poll.receivedAt, this.#offset),
      // Clocks that nobody compared are taken as the same until the ticks contradict it.
      uncertaintyMs: Number.isFinite(uncertaintyMs) ? uncertaintyMs : 0,
    };
  }
}
