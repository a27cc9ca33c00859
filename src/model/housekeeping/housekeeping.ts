import type {Poll, Sample} from '../event.ts';
import {type Target, targetKey} from '../target.ts';
import {type ClockOffset, type NodeMs, sameClock, toNodeTime} from '../time.ts';
import {BaseBelief} from './base-belief.ts';
import type {BaseGrid} from './base-grid.ts';
import {CgroupNames, type ReportedTick} from './cgroup-names.ts';
import type {Figures, Forecast} from './forecast.ts';
import {Forecaster} from './forecast-of.ts';
import {ForecastTable} from './forecast-table.ts';
import {movedBy, type PollMoment} from './poll-moment.ts';
import {RestartWatch, type Seen} from './restart-watch.ts';
import {burstMs, TargetTrack, type Waits} from './target-track.ts';
import {cacheMs} from './rule.ts';
import {TickClock} from './tick-clock.ts';
import {TickOrder} from './tick-order.ts';
import {UnseenBelief} from './unseen-belief.ts';

const none: ReadonlySet<Sample> = new Set();
/** Targets that no answer has named for so long are forgotten. */
const forgetAfterMs = 120_000;
/** The base is learned from so many targets, and fewer where it is known; the ticks of the others cost less then. */
const mostLearners = 24;
const mostWhereKnown = 8;

/** The kubelet's base interval. */
export interface BaseState {
  /** In ms: what the command line said, else what the ticks say. */
  readonly intervalMs: number;
  readonly probability: number;
  readonly reported: boolean;
  /** Old kubelets leave containers out of their answers where the base outlives cAdvisor's cache. */
  readonly dropsContainers: boolean;
}

export interface HousekeepingOptions {
  /** The bases that are thought possible; default: all that can be set. */
  readonly gridOf?: (reportedMs: number | null) => BaseGrid;
  /** Of each target so many of the newest waits are kept. */
  readonly waitsKept?: number;
}

/**
 * The housekeeping forecast of one node: takes in polls and what is known of the kubelet, and tells of each container
 * and pod when its next sample will be taken. Pure: the present comes as an argument.
 */
export class Housekeeping {
  /** Told of each wait between two ticks of a target that were seen one after the other, in ms. */
  onWait: ((target: Target, waitMs: number) => void) | null = null;
  readonly #belief: BaseBelief;
  readonly #options: HousekeepingOptions;
  readonly #waitsKept: number | undefined;
  readonly #forecaster: Forecaster;
  readonly #order: TickOrder;
  readonly #unseenOfPods = new UnseenBelief(false);
  readonly #unseenOfContainers = new UnseenBelief(true);
  #cgroups = new CgroupNames();
  readonly #tracks = new Map<string, TargetTrack>();
  readonly #byTarget = new Map<Target, TargetTrack>();
  #offset: ClockOffset = sameClock;
  #isCompared = false;
  #ticksClock = new TickClock();
  #polled: PollMoment | null = null;
  #dropsContainers = false;
  #polls = 0;
  #restarts = new RestartWatch();
  #restartedMs = Number.NEGATIVE_INFINITY;

  /** `belief` is what is believed of the base already, where somebody does. */
  constructor(options: HousekeepingOptions = {}, belief = new BaseBelief(options.gridOf)) {
    const {waitsKept} = options;
    this.#options = options;
    this.#belief = belief;
    this.#forecaster = new Forecaster(this.#belief);
    this.#order = new TickOrder(this.#forecaster);
    this.#waitsKept = waitsKept;
    this.#unseenOfPods.beside(this.#unseenOfContainers);
    this.#unseenOfContainers.beside(this.#unseenOfPods);
  }

  /**
   * The same state, which goes its own way from here; nobody is told of its waits. `room` is a state that nobody uses any
   * more: its memory is used again.
   */
  copy(room?: Housekeeping): Housekeeping {
    const tracks = room === undefined ? undefined : room.#tracks;
    const copy = new Housekeeping(this.#options, this.#belief.copy());
    copy.#cgroups = this.#cgroups.copy();
    copy.#offset = this.#offset;
    copy.#isCompared = this.#isCompared;
    copy.#ticksClock = this.#ticksClock.copy();
    copy.#polled = this.#polled;
    copy.#dropsContainers = this.#dropsContainers;
    copy.#polls = this.#polls;
    copy.#restarts = this.#restarts.copy();
    copy.#restartedMs = this.#restartedMs;
    for (const track of this.#tracks.values()) {
      const [unseen, waits] = [copy.#unseenOf(track.target), copy.#waitsOf(track.target)];
      copy.#add(track.copy(copy.#belief, unseen, waits, tracks?.get(track.key)));
    }
    // What a track does when it is made is no news of the node's.
    copy.#unseenOfPods.takeOver(this.#unseenOfPods);
    copy.#unseenOfContainers.takeOver(this.#unseenOfContainers);
    return copy;
  }

  /** The base interval in ms: what the command line said, else what the ticks say, and how sure that is. */
  get base(): BaseState {
    return {
      dropsContainers: this.#dropsContainers && this.#belief.bestMs >= cacheMs,
      intervalMs: this.#belief.bestMs,
      probability: this.#belief.weight(this.#belief.best),
      reported: this.#belief.reportedMs === this.#belief.bestMs,
    };
  }

  /** `--housekeeping-interval` as read from the node; null or nonsense leaves the base to be learned. */
  reportBase(intervalMs: number | null): void {
    if (intervalMs === null || !this.#belief.report(intervalMs)) return;
    for (const track of this.#tracks.values()) track.regrid();
  }

  /** How far the node's clock is ahead of ours: as somebody compared them, else as the ticks tell. */
  get offset(): ClockOffset {
    return this.#offset;
  }

  /** Whether somebody compared the clocks; else `offset` is what the ticks tell. */
  get isCompared(): boolean {
    return this.#isCompared;
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
    this.#restarts.clockMoved(byMs);
    for (const track of this.#tracks.values()) track.clockMoved(byMs, nodeMovedMs);
  }

  /** Compares the clocks by the new ticks of a poll; returns the samples that contradict what is thought of them. */
  #compareClocks({sentAt, receivedAt}: Poll, seen: readonly Seen[]): ReadonlySet<Sample> {
    const odd = new Set<Sample>();
    this.#ticksClock.polled(receivedAt);
    let moved = false;
    for (const {sample, track} of seen) {
      const unseenMs = track?.unseenSinceMs(sample);
      if (unseenMs == null) continue;
      const output = this.#ticksClock.take({
        nodeFromMs: sample.at,
        nodeToMs: sample.at + (sample.precision === 's' ? 1000 : 0),
        sentMs: Math.min(sentAt, unseenMs - this.#offset.aheadMs),
        receivedMs: receivedAt,
      });
      if (output !== 'agrees') odd.add(sample);
      moved ||= output === 'moved';
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
  reported(cgroup: string, tick: ReportedTick): void {
    this.#cgroups.observed(cgroup, tick);
    this.#useReported();
  }

  /** Whether a sample is known to be there that no answer has shown yet: a poll would show it at once. */
  isBehind(wanted: (target: Target) => boolean): boolean {
    for (const track of this.#tracks.values()) if (track.isBehind && wanted(track.target)) return true;
    return false;
  }

  #useReported(): void {
    for (const {target, tick} of this.#cgroups.reported()) this.#tracks.get(targetKey(target))?.reported(tick);
  }

  /** Takes in one poll. Samples of the node and of its system containers are left out: others tick them on demand. */
  observe(poll: Poll): void {
    const {news, repeats, hasPodsAlone} = this.#seen(poll);
    const odd = this.#compareClocks(poll, news);
    const moment = this.#moment(poll);
    this.#dropsContainers = hasPodsAlone;
    this.#belief.lateness.answered(poll.receivedAt - poll.sentAt);
    const known = repeats.length;
    const restartedMs = this.#restarts.look({
      samples: poll.samples,
      news,
      repeats: known,
      moment,
      belief: this.#belief,
    });
    if (restartedMs !== null) this.#restart(restartedMs, moment.receivedMs);
    for (const track of repeats) track.repeated(moment);
    for (const {sample, track} of news) {
      if (track === undefined) this.#add(this.#newTrack(sample, moment));
      const isNew = track?.observe(sample, moment, odd.has(sample)) !== 'unchanged';
      if (isNew && sample.uid !== null) this.#cgroups.sampled(sample.target, sample.uid, sample.at);
    }
    this.#useReported();
    this.#belief.learnDoubtful(moment.receivedMs - 2 * burstMs);
    this.#polled = moment;
    let learners = this.#belief.isKnown ? mostWhereKnown : mostLearners;
    for (const [key, track] of this.#tracks) {
      track.learns = learners-- > 0;
      if (moment.receivedMs - track.polled.receivedMs <= forgetAfterMs) continue;
      this.#tracks.delete(key);
      this.#order.remove(track);
      this.#byTarget.clear();
    }
    if (this.#belief.isOpen) this.#learnFromSilence(moment);
  }

  /**
   * The samples of a poll that have a timer of their own, each with what is known of its target; apart from them the
   * targets whose newest sample was shown once more, which are nearly all of a large node.
   */
  #seen({samples}: Poll): {news: Seen[]; repeats: TargetTrack[]; hasPodsAlone: boolean} {
    const news: Seen[] = [];
    const repeats: TargetTrack[] = [];
    const newcomers = new Map<string, number>();
    let containers = 0;
    this.#polls += 1;
    for (const sample of samples) {
      if (sample.target.pod === '' || !Number.isFinite(sample.at)) continue;
      if (sample.target.container !== null) containers += 1;
      const track = this.#trackOf(sample.target);
      if (track !== undefined) {
        const isTwin = track.pollSeen === this.#polls;
        if (!isTwin) track.wasAbsent = track.pollSeen > 0 && track.pollSeen < this.#polls - 1;
        track.pollSeen = this.#polls;
        if (isTwin) takeNewerTwin(sample, track, news, repeats);
        else if (track.isRepeat(sample)) repeats.push(track);
        else news.push({sample, track});
        continue;
      }
      const key = targetKey(sample.target);
      const place = newcomers.get(key);
      const twin = place === undefined ? undefined : news[place];
      if (twin === undefined) newcomers.set(key, news.push({sample, track}) - 1);
      else if (place !== undefined && isNewer(twin.sample, sample)) news[place] = {sample, track};
    }
    return {news, repeats, hasPodsAlone: containers === 0 && news.length + repeats.length > 0};
  }

  /** By the object that stands for the target in all samples; by its name where another one does. */
  #trackOf(target: Target): TargetTrack | undefined {
    const found = this.#byTarget.get(target);
    if (found !== undefined) return found;
    const track = this.#tracks.get(targetKey(target));
    if (track === undefined) return undefined;
    // Who marks samples keeps one object for each target; of who does not nothing piles up.
    if (this.#byTarget.size > 2 * this.#tracks.size + 64) this.#byTarget.clear();
    this.#byTarget.set(target, track);
    return track;
  }

  #add(track: TargetTrack): void {
    this.#tracks.set(track.key, track);
    this.#byTarget.set(track.target, track);
    this.#order.add(track);
  }

  #newTrack(sample: Sample, moment: PollMoment): TargetTrack {
    const {target} = sample;
    return new TargetTrack(sample, moment, this.#belief, this.#unseenOf(target), this.#waitsOf(target));
  }

  #unseenOf({container}: Target): UnseenBelief {
    return container === null ? this.#unseenOfPods : this.#unseenOfContainers;
  }

  #waitsOf(target: Target): Waits {
    return {waited: (waitMs) => this.onWait?.(target, waitMs), waitsKept: this.#waitsKept};
  }

  #learnFromSilence(moment: PollMoment): void {
    const likelihood = this.#belief.likelihood.fill(1);
    for (const track of this.#tracks.values()) {
      if (track.learns && track.polled === moment) track.silence(likelihood);
    }
    this.#belief.silent(likelihood);
  }

  /**
   * The forecasts of all targets (or of those wanted) for one moment, in the order in which they were first seen; the
   * ticks are taken to come after `given`.
   */
  forecasts(now: NodeMs, wanted: (target: Target) => boolean = () => true, given = now): Forecast[] {
    const forecasts: Forecast[] = [];
    for (const track of this.#tracks.values()) {
      if (wanted(track.target)) forecasts.push(this.#forecaster.forecast(track, this.#polled, now, given));
    }
    return forecasts;
  }

  /** All targets by when their next tick comes; a forecast is made of those alone that are asked for it. */
  table(now: NodeMs): ForecastTable {
    return new ForecastTable(this.#order.rows(this.#polled, now), (key) => this.forecast(key, now));
  }

  /** The forecast of one target; null where it was never seen. */
  forecast(key: string, now: NodeMs): Forecast | null {
    const track = this.#tracks.get(key);
    return track === undefined ? null : this.#forecaster.forecast(track, this.#polled, now);
  }

  /** What the figures of a target's newest sample are worth; null where it was never seen. */
  figuresOf(target: Target): Figures | null {
    return this.#trackOf(target)?.figures ?? null;
  }

  #restart(afterMs: number, nowMs: number): void {
    this.#restartedMs = nowMs;
    this.#restarts.restarted(nowMs);
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

/** One name twice in an answer is a pod that was made anew, whose old cgroup is not gone yet. */
function takeNewerTwin(sample: Sample, track: TargetTrack, news: Seen[], repeats: TargetTrack[]): void {
  const place = news.findIndex((one) => one.track === track);
  const first = news[place]?.sample ?? track.sample;
  if (!isNewer(first, sample)) return;
  if (place >= 0) {
    news[place] = {sample, track};
    return;
  }
  repeats.splice(repeats.indexOf(track), 1);
  news.push({sample, track});
}

/** Whether the second of two samples of one name is of the newer container or pod. */
function isNewer(first: Sample, second: Sample): boolean {
  if (first.startedAt !== null && second.startedAt !== null && first.startedAt !== second.startedAt)
    return second.startedAt > first.startedAt;
  return second.at > first.at;
}
