import type {Sample} from '../event.ts';
import {isSameTick} from '../sample-marks.ts';
import {type Target, targetKey} from '../target.ts';
import {nodeMs, type NodeMs} from '../time.ts';
import type {BaseBelief} from './base-belief.ts';
import type {ReportedTick} from './cgroup-names.ts';
import {Equality} from './equality.ts';
import type {Evidence} from './evidence.ts';
import type {Figures, KeptForecast} from './forecast.ts';
import {IntervalFilter} from './interval-filter.ts';
import {apartMs, type Between, movedBetween, movedBy, type PollMoment, takenDuring} from './poll-moment.ts';
import {cacheMs} from './rule.ts';
import {
  hasNoRate,
  isFirstOfTimer,
  isOfFormer,
  isOtherContainer,
  isRepeated,
  merge,
  middle,
  uncertaintyMs,
} from './sample-pair.ts';
import type {UnseenBelief} from './unseen-belief.ts';
import {survival} from './wait.ts';

/** What a sample turned out to be. `early` is a tick before any window: on demand, or a restart nobody told of. */
export type Observation = 'first' | 'unchanged' | 'tick' | 'early' | 'restarted' | 'runtime';

const waitsKept = 60;
/** The probability that is given to a tick which the rule does not allow. */
const rarest = 1e-3;
/** A line and a sample that are no further apart are of one tick (a sample of `/stats/summary` alone has only seconds). */
const reportedMs = 1000;
/** The ticks of so long a time are weighed together for and against a restart. */
export const restartMs = 3500;
/** First ticks of a new kubelet come within this time of each other. */
export const burstMs = 2500;
/** No kubelet is restarted twice in so short a time: what ticks out of its turn has a shorter base. */
export const settledMs = 25_000;

/** What happens to the waits that were seen. */
export interface Waits {
  readonly waited: (waitMs: number) => void;
  /** So many of the newest are kept; 60 where it is undefined. */
  readonly waitsKept: number | undefined;
}

/** Follows one container or pod from poll to poll: finds its ticks and keeps its filter. */
export class TargetTrack {
  readonly target: Target;
  /** Its `targetKey`. */
  readonly key: string;
  /** Whether the base is learned from its ticks too: it need not be from all of hundreds. */
  learns = true;
  /** What is kept of its newest forecast. */
  kept: KeptForecast | null = null;
  /** Number of the poll that named it last: of two samples in one answer one counts. */
  pollSeen = 0;
  /** The poll before the newest one that named it did not. */
  wasAbsent = false;
  readonly #belief: BaseBelief;
  #filter: IntervalFilter;
  readonly #equality: Equality;
  #sample: Sample;
  /** The newest of the container or pod that had this name before. */
  #former: Sample | null = null;
  /** The one of the tick before, whoever's tick that was. */
  #previous: Sample;
  /** cAdvisor has no second sample to make a rate of. */
  #hasNoRate = false;
  /** When pressure will have faded, by the clock that stamped the newest sample; undefined until somebody asks. */
  #fadedAt: number | null | undefined;
  #polled: PollMoment;
  /** Between which answers the newest sample came about, on the node's clock: tells which clock stamped it. */
  #came: Between;
  /** By how much the node's clock was set since the newest sample. */
  #movedMs = 0;
  #state: 'ticking' | 'starting' | 'runtime' = 'ticking';
  /** While values come from the runtime: since when, and whether the timestamp has moved with a poll yet. */
  #runtimeSinceMs = 0;
  #runtimeMoved = false;
  #firstOfRuntime: Sample | null = null;
  /** What it was before a sample that may be the runtime's, or a tick that fell into the request. */
  #doubted: {readonly older: Sample; readonly movedMs: number; readonly before: PollMoment} | null = null;
  /** The newest kubelet that we know of was started after this. */
  #kubeletStartedMs = Number.NEGATIVE_INFINITY;
  /** Until then a tick out of its turn is the first of a new timer: the kubelet has just restarted. */
  #restartingUntilMs = Number.NEGATIVE_INFINITY;
  #worstAgeMs = 0;
  /** The same when the newest sample came. */
  #worstBeforeMs = 0;
  /** The newest tick that the kubelet's own line told of; the sample that we have may be older. */
  #reportedTicks: ReportedTick | null = null;
  #version = 0;
  /** Never changed in place: states that were kept share it. */
  #waits: readonly {readonly waitMs: number; readonly intervalMs: number}[] = [];
  readonly #ofWaits: Waits;
  /** The sample that the newest of these ended with. */
  #waitEndedAt: number | null = null;

  /** `filter` is that of a state which was kept; without it the target is a new one. */
  constructor(
    sample: Sample,
    poll: PollMoment,
    belief: BaseBelief,
    unseen: UnseenBelief,
    ofWaits: Waits,
    filter?: IntervalFilter,
  ) {
    this.#ofWaits = ofWaits;
    this.target = sample.target;
    this.key = targetKey(sample.target);
    this.#sample = sample;
    this.#previous = sample;
    this.#polled = poll;
    this.#came = {fromMs: Number.NEGATIVE_INFINITY, toMs: poll.receivedMs};
    this.#belief = belief;
    this.#equality = new Equality(sample, unseen);
    this.#filter = filter ?? new IntervalFilter(belief.grid, belief.lateness);
    if (filter !== undefined) return;
    this.#worstAgeMs = Math.max(0, poll.receivedMs - sample.at);
    if (isFirstOfContainer(sample, belief)) this.#filter.afresh();
    if (takenDuring(sample, poll)) this.#begin(sample);
  }

  /**
   * The same state, which goes its own way from here, in another node's `belief`; in the room of a track that nobody uses
   * any more, where there is one.
   */
  copy(belief: BaseBelief, unseen: UnseenBelief, ofWaits: Waits, room?: TargetTrack): TargetTrack {
    const filter = this.#filter.copy(belief.lateness, room?.filter);
    const copy = new TargetTrack(this.#sample, this.#polled, belief, unseen, ofWaits, filter);
    copy.learns = this.learns;
    copy.pollSeen = this.pollSeen;
    copy.wasAbsent = this.wasAbsent;
    copy.#equality.takeOver(this.#equality);
    copy.#former = this.#former;
    copy.#previous = this.#previous;
    copy.#hasNoRate = this.#hasNoRate;
    copy.#fadedAt = this.#fadedAt;
    copy.#came = this.#came;
    copy.#movedMs = this.#movedMs;
    copy.#state = this.#state;
    copy.#runtimeSinceMs = this.#runtimeSinceMs;
    copy.#runtimeMoved = this.#runtimeMoved;
    copy.#firstOfRuntime = this.#firstOfRuntime;
    copy.#doubted = this.#doubted;
    copy.#kubeletStartedMs = this.#kubeletStartedMs;
    copy.#restartingUntilMs = this.#restartingUntilMs;
    copy.#worstAgeMs = this.#worstAgeMs;
    copy.#worstBeforeMs = this.#worstBeforeMs;
    copy.#reportedTicks = this.#reportedTicks;
    copy.#version = this.#version;
    copy.#waits = this.#waits;
    copy.#waitEndedAt = this.#waitEndedAt;
    return copy;
  }

  /** The newest sample. */
  get sample(): Sample {
    return this.#sample;
  }

  /** Another number as soon as anything else than the newest poll is known of it. */
  get version(): number {
    return this.#version;
  }

  /** What is believed of the cgroup's interval. */
  get filter(): IntervalFilter {
    return this.#filter;
  }

  /** When the newest sample was taken, by the node's clock. */
  get lastTickAt(): NodeMs {
    return this.#sample.at;
  }

  /** The oldest that a sample of this target was when it was replaced, in milliseconds. */
  get worstAgeMs(): number {
    return this.#worstAgeMs;
  }

  /** The waits between ticks that were seen, oldest first. */
  get waits(): readonly {readonly waitMs: number; readonly intervalMs: number}[] {
    return this.#waits;
  }

  /** Whether the two newest samples were equal; null where that is not known. */
  get idle(): boolean | null {
    return this.evidence.kind === 'unknown' ? null : this.#equality.probability > 0.5;
  }

  /** What was seen of the two newest samples. */
  get evidence(): Evidence {
    return this.#equality.evidence;
  }

  /** When pressure will have faded so far that samples at rest are equal; null where it does not make them differ. */
  get fadedAt(): NodeMs | null {
    if (this.#fadedAt === undefined) this.#fadedAt = this.#equality.fadedAt(1.5 * this.#belief.bestMs);
    return this.#fadedAt === null ? null : nodeMs(this.#fadedAt + this.#movedMs);
  }

  /** What the figures of the newest sample are worth. */
  get figures(): Figures {
    if (this.#state === 'runtime') return 'runtime';
    const isPod = this.target.container === null;
    const isBeyondCache = isPod && this.#sample.usageNanoCores === 0 && this.#belief.bestMs >= cacheMs;
    return this.#hasNoRate || isBeyondCache ? 'counter' : 'live';
  }

  /** `runtime`: the values are the runtime's own and there is no tick; `starting`: that may still change. */
  get state(): 'ticking' | 'starting' | 'runtime' {
    return this.#state;
  }

  /** The poll that showed this target last. */
  get polled(): PollMoment {
    return this.#polled;
  }

  /** Where the newest tick lies in time, in ms: the middle of its second where only that is known. */
  get tickMs(): number {
    return middle(this.#sample) + this.#movedMs;
  }

  /** Where this sample is a tick that was not seen before: when it was last asked for in vain. Else null. */
  unseenSinceMs(sample: Sample): number | null {
    const isTick = !isSameTick(this.#sample, sample) && !isOtherContainer(this.#sample, sample);
    return this.#state === 'ticking' && isTick ? this.#polled.sentMs : null;
  }

  /** From when a timer that nobody saw tick has been running (`runtime`). */
  get runtimeSinceMs(): number {
    return this.#runtimeSinceMs;
  }

  /** The moment of the next tick where the kubelet itself told it. */
  get exactNextMs(): number | null {
    const reported = this.#reportedTicks;
    return reported?.waitMs == null || reported.atMs < this.#sample.at - reportedMs
      ? null
      : reported.atMs + reported.waitMs;
  }

  /** A tick was told of whose sample no answer has shown yet. */
  get isBehind(): boolean {
    return this.#reportedTicks !== null && this.#reportedTicks.atMs > this.#sample.at + reportedMs;
  }

  /**
   * How much a sample would speak for a restart since the last poll, in nats, asked before its poll is taken in; null
   * where it would be no tick, or not tell.
   */
  speaksForRestart(sample: Sample, poll: PollMoment): number | null {
    if (this.#state !== 'ticking' || isSameTick(this.#sample, sample) || isOtherContainer(this.#sample, sample))
      return null;
    const base = this.#belief.bestMs;
    if (isFirstOfTimer(this.#sample, sample)) return -Math.log(rarest);
    // Where everything ticks all the time a tick says nothing.
    if (base < burstMs) return null;
    if (middle(sample) - this.tickMs < 0.95 * base) return -Math.log(rarest);
    // Had there been no restart, would it have ticked in these seconds? The states may be wrong: leave some doubt.
    const from = Math.min(this.#polled.sentMs, poll.receivedMs - restartMs) - this.tickMs;
    const to = poll.receivedMs - this.tickMs;
    const lateMs = this.#belief.lateness.meanMs;
    let before = 0.3 * survival(from, base, lateMs);
    let after = 0.3 * survival(to, base, lateMs);
    for (const {intervalMs, probability} of this.#filter.states(this.#belief.best)) {
      before += probability * survival(from, intervalMs, lateMs);
      after += probability * survival(to, intervalMs, lateMs);
    }
    return Math.log(0.9 / Math.max(rarest, before > 0 ? 1 - after / before : 1));
  }

  /**
   * The kubelet restarted after `afterMs`: the timer starts afresh, with a tick at once. A newer sample that we have is
   * that tick; until `untilMs` so is any that comes out of its turn.
   */
  restarted(afterMs: number, untilMs: number): void {
    this.#version += 1;
    this.#reportedTicks = null;
    this.#restartingUntilMs = untilMs;
    this.#kubeletStartedMs = afterMs;
    if (this.#state === 'runtime' && this.#runtimeSinceMs >= afterMs) return;
    const late = this.#sample.at - afterMs;
    if (late >= 0.9 * this.#belief.bestMs && late > 3 * burstMs) return;
    this.#equality.forget();
    if (late >= 0) this.#filter.afresh(late / 1.05, this.#equality.idle);
    else this.#state = 'starting';
  }

  /** The candidates changed: start over with them. */
  regrid(): void {
    this.#version += 1;
    this.#filter = new IntervalFilter(this.#belief.grid, this.#belief.lateness);
  }

  /** The present is `byMs` later on the node's clock than was thought, of which that clock was set by `nodeMovedMs`. */
  clockMoved(byMs: number, nodeMovedMs: number): void {
    this.#version += 1;
    this.#polled = movedBy(this.#polled, byMs);
    this.#kubeletStartedMs += byMs;
    this.#restartingUntilMs += byMs;
    if (this.#doubted !== null) {
      const {older, movedMs, before} = this.#doubted;
      this.#doubted = {older, movedMs: movedMs + nodeMovedMs, before: movedBy(before, byMs)};
    }
    const came = movedBetween(this.#came, byMs);
    // Who learns that a clock was set has seen samples since: these fit between their answers as it is thought now.
    const isStampedSince = apartMs(this.tickMs, came) < apartMs(this.tickMs, this.#came);
    if (isStampedSince || nodeMovedMs !== 0) this.#came = came;
    if (nodeMovedMs === 0) return;
    // The sample keeps its stamp, by which the next answer shows it again. What is of the new clock had no age by the old.
    if (isStampedSince) this.#worstAgeMs = this.#worstBeforeMs;
    else this.#movedMs += nodeMovedMs;
    this.#runtimeSinceMs += nodeMovedMs;
    this.#reportedTicks = null;
  }

  /** The kubelet's own line told of a tick. */
  reported(tick: ReportedTick): void {
    this.#version += 1;
    if (this.#reportedTicks !== null && tick.atMs <= this.#reportedTicks.atMs) return;
    this.#reportedTicks = tick;
    this.#useReported();
  }

  /** What was told of the newest sample's tick is certain. */
  #useReported(): void {
    const reported = this.#reportedTicks;
    if (reported?.intervalMs == null || Math.abs(reported.atMs - this.#sample.at) > reportedMs) return;
    this.#filter.certain(reported.intervalMs);
  }

  /** Multiplies `into` by how likely its silence from the newest tick to the newest poll is, under each base. */
  silence(into: Float64Array): void {
    if (this.#state === 'ticking') this.#filter.silence(this.#polled.sentMs - this.tickMs, into);
  }

  /** Whether a sample is the newest once more and tells nothing of it that was not known: then `repeated` takes it in. */
  isRepeat(sample: Sample): boolean {
    return sample.novelty === 'repeated' && this.#state !== 'runtime' && isSameTick(this.#sample, sample);
  }

  /** A poll showed the newest sample once more. */
  repeated(poll: PollMoment): void {
    this.#polled = poll;
    this.#worstAgeMs = Math.max(this.#worstAgeMs, poll.receivedMs - this.tickMs);
  }

  /** Takes in the target's sample of one poll. */
  observe(sample: Sample, poll: PollMoment, isClockOdd = false): Observation {
    this.#version += 1;
    const observation = this.#take(sample, poll, isClockOdd);
    if (observation !== 'unchanged') this.#useReported();
    return observation;
  }

  #take(sample: Sample, poll: PollMoment, isClockOdd: boolean): Observation {
    const before = this.#polled;
    this.#polled = poll;
    if (this.#former !== null && isOfFormer(sample, this.#former, this.#sample)) {
      this.#former = sample;
      return 'unchanged';
    }
    if (isSameTick(this.#sample, sample)) return this.#refine(sample, poll);
    // An answer out of a cache, older than the one before.
    if (isSameTick(this.#previous, sample) && middle(sample) < this.tickMs) return 'unchanged';
    this.#came = {fromMs: before.sentMs, toMs: poll.receivedMs};
    if (!isClockOdd) {
      this.#worstAgeMs = Math.max(this.#worstAgeMs, Math.min(sample.at, poll.receivedMs) - this.tickMs);
    }
    this.#worstBeforeMs = this.#worstAgeMs;
    if (isOtherContainer(this.#sample, sample)) return this.#restart(sample, poll, sample.startedAt ?? sample.at);
    if (this.#state === 'starting') return this.#restart(sample, poll, this.#kubeletStartedMs);
    const fresh = takenDuring(sample, poll);
    if (this.#state === 'runtime') return fresh ? this.#stillRuntime(sample) : this.#secondTick(sample, poll);
    const wait = isClockOdd ? 0 : middle(sample) - this.tickMs;
    // Between two answers no cgroup ticks twice, and no tick comes at the very moment of the request: the runtime does.
    if (fresh && !isClockOdd && wait < 0.9 * this.#belief.bestMs) {
      // A slow answer may hold a tick by chance: the next answer tells.
      this.#doubted = {older: this.#sample, movedMs: this.#movedMs, before};
      this.#begin(sample);
      this.#sample = sample;
      this.#movedMs = 0;
      return 'runtime';
    }
    return this.#tick(sample, wait, before, poll);
  }

  #tick(sample: Sample, waitMs: number, before: PollMoment, poll: PollMoment): Observation {
    const uncertainty = uncertaintyMs(this.#sample) + uncertaintyMs(sample);
    const older = this.#sample;
    const quietMs = before.sentMs - this.tickMs;
    const backwards = waitMs <= 0;
    const early = waitMs < 0.9 * this.#belief.bestMs;
    if (isFirstOfTimer(this.#sample, sample)) return this.#restart(sample, poll, sample.at);
    // It was gone and is back, sooner than its timer allows: it has a new one, whatever was told of its start.
    if (early && !backwards && this.wasAbsent) return this.#restart(sample, poll, before.receivedMs);
    // A tick between two answers goes unseen where there was room for two waits since the older tick and answer.
    const belowMs = Math.min(waitMs / 2, waitMs - quietMs);
    if (this.learns && !early && belowMs <= this.#belief.bestMs && this.#belief.weight(this.#belief.best) > 0.5) {
      this.#belief.lateness.learn(this.#filter.states(this.#belief.best), waitMs, uncertainty);
    }
    if (backwards) this.#filter.waitedUnknown();
    else this.#filter.waited(waitMs, uncertainty, this.#belief.likelihood, this.learns ? null : this.#belief.likely);
    if (!backwards) this.#equality.judged(this.#filter.verdict(this.#belief.best));
    this.#accept(sample, older);
    if (backwards) {
      this.#filter.transition(this.#equality.probability);
      return 'tick';
    }
    const {idle, probability: equal, evidence} = this.#equality;
    const changed = evidence.kind !== 'equal';
    this.#filter.transitionPastMissed({belowMs, waitMs, quietMs, idle, equal, changed}, this.#belief.likelihood);
    // What comes too early for a base that is known is no wait of this timer: a start that nobody has told yet.
    const isStray = early && this.#belief.isKnown;
    if (belowMs <= this.#belief.bestMs && !isStray) this.#remember(waitMs);
    const doubtful = early && sample.at < this.#restartingUntilMs;
    // Under a base that allows no tick so early it is the first of the restart; a shorter base may be the new one.
    if (doubtful) this.#filter.afreshAbove(waitMs / 0.95);
    if (!this.learns) return early ? 'early' : 'tick';
    if (early && !doubtful && poll.receivedMs > this.#kubeletStartedMs + settledMs)
      this.#belief.learnLater(this.#belief.likelihood, poll.receivedMs);
    else this.#belief.learn(this.#belief.likelihood, doubtful);
    return early ? 'early' : 'tick';
  }

  /** The same tick again, perhaps with figures that were missing, or an end of the runtime's moving timestamps. */
  #refine(sample: Sample, poll: PollMoment): Observation {
    this.#worstAgeMs = Math.max(this.#worstAgeMs, poll.receivedMs - this.tickMs);
    if (this.#state !== 'runtime' && isRepeated(this.#sample, sample)) return 'unchanged';
    // The summary, which tells the start, can come after a sample whose counter alone did not tell it.
    if (this.#state === 'ticking' && isOtherContainer(this.#sample, sample)) return this.#restartTold(sample, poll);
    this.#sample = merge(this.#sample, sample);
    if (this.#state === 'runtime') return this.#secondTick(this.#sample, poll);
    this.#hasNoRate = hasNoRate(this.#previous, this.#sample);
    const isNews = this.#equality.refine(this.#sample);
    this.#fadedAt = undefined;
    if (isNews) this.#filter.reconsider(this.#equality.probability);
    return 'unchanged';
  }

  /** The newest sample turns out to be the first of another container: there was no wait from the tick before to it. */
  #restartTold(sample: Sample, poll: PollMoment): Observation {
    const former = this.#previous;
    if (this.#waitEndedAt === this.#sample.at) this.#waits = this.#waits.slice(0, -1);
    const observation = this.#restart(merge(this.#sample, sample), poll, sample.startedAt ?? sample.at);
    this.#former = former;
    this.#previous = former;
    return observation;
  }

  /** The first tick that we see of a new timer, of a new container or of the kubelet's new process. */
  #restart(sample: Sample, poll: PollMoment, startedMs: number): Observation {
    const other = isOtherContainer(this.#sample, sample);
    if (other) this.#former = this.#sample;
    this.#reportedTicks = null;
    const isRuntimes = takenDuring(sample, poll);
    this.#filter.afresh(isRuntimes ? 0 : (sample.at - startedMs) / 1.05, this.#equality.idle);
    this.#accept(sample, null);
    this.#state = 'ticking';
    if (isRuntimes) this.#begin(sample);
    return other ? 'restarted' : 'tick';
  }

  /**
   * The sample was taken at the moment of the request: it is the container runtime's, not cAdvisor's. It is so until
   * cAdvisor has two samples of the container (v1.32), and always with `PodAndContainerStatsFromCRI`.
   */
  #stillRuntime(sample: Sample): Observation {
    if (!this.#runtimeMoved) this.#equality.compare(null, sample);
    this.#runtimeMoved = true;
    this.#doubted = null;
    this.#sample = sample;
    return 'runtime';
  }

  /**
   * A sample that looks like the runtime's; the next poll will tell. The runtime reads the same counters: the first of
   * its values stands for the tick that we cannot see.
   */
  #begin(sample: Sample): void {
    this.#state = 'runtime';
    this.#runtimeSinceMs = sample.at;
    this.#runtimeMoved = false;
    this.#firstOfRuntime = sample;
  }

  /** The timestamps stand still again: this is the second tick of a new timer, the first that we see. */
  #secondTick(sample: Sample, poll: PollMoment): Observation {
    const unseen = this.#firstOfRuntime;
    const doubted = this.#doubted;
    this.#doubted = null;
    this.#state = 'ticking';
    if (!this.#runtimeMoved && isSameTick(this.#sample, sample)) {
      // By chance a tick fell into the request: the sample is cAdvisor's, as any other.
      if (doubted === null) return 'unchanged';
      const [tickedMs, movedMs] = [this.tickMs, this.#movedMs];
      this.#sample = doubted.older;
      this.#movedMs = doubted.movedMs;
      const observation = this.#tick(sample, tickedMs - this.tickMs, doubted.before, poll);
      // It was stamped before the doubt, and so perhaps before the node's clock was set.
      this.#movedMs = movedMs;
      return observation;
    }
    // The first tick was unseen, some moments before the first answer of the runtime's.
    const waitMs = middle(sample) - this.#runtimeSinceMs + burstMs / 2;
    // A kubelet whose figures were all the runtime's (`PodAndContainerStatsFromCRI`): it ticked all the time, unseen.
    if (this.#runtimeMoved && waitMs > 4 * this.#belief.bestMs) {
      this.regrid();
      this.#accept(sample, null);
      return 'tick';
    }
    this.#filter.afresh();
    this.#filter.waited(waitMs, burstMs / 2, this.#belief.likelihood, this.learns ? null : this.#belief.likely);
    this.#accept(sample, unseen === null ? null : {...unseen, fingerprint: '', pressure: null});
    this.#filter.transition(this.#equality.probability);
    if (this.learns) this.#belief.learn(this.#belief.likelihood);
    return 'tick';
  }

  #accept(sample: Sample, older: Sample | null): void {
    this.#previous = this.#sample;
    this.#hasNoRate = hasNoRate(this.#previous, sample);
    this.#sample = sample;
    this.#movedMs = 0;
    this.#equality.compare(older, sample);
    this.#fadedAt = undefined;
  }

  #remember(waitMs: number): void {
    const intervalMs = this.#filter.endedInterval(this.#belief.best);
    this.#waits = [...this.#waits.slice(1 - (this.#ofWaits.waitsKept ?? waitsKept)), {waitMs, intervalMs}];
    this.#waitEndedAt = this.#sample.at;
    this.#ofWaits.waited(waitMs);
  }
}

function isFirstOfContainer(sample: Sample, belief: BaseBelief): boolean {
  return sample.startedAt !== null && sample.at - sample.startedAt < 0.9 * belief.bestMs;
}
