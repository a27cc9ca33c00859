import type {Sample} from '../event.ts';
import {systemTarget} from '../target.ts';
import type {BaseBelief} from './base-belief.ts';
import type {PollMoment} from './poll-moment.ts';
import {isOtherContainer} from './sample-pair.ts';
import {burstMs, restartMs, settledMs, type TargetTrack} from './target-track.ts';

const kubelet = systemTarget('kubelet');
/** What a restart at any poll has against it, in nats: they are rare, and a false one costs the known states. */
const priorNats = -12;
/** What a target that has not ticked in these seconds says against a restart, in nats. */
const silentNats = 1.5;

/** A sample of a poll, with the track of its target where that was seen before. */
export interface Seen {
  readonly sample: Sample;
  readonly track: TargetTrack | undefined;
}

/** One poll, before it is taken in. */
export interface ProbedAt {
  /** All samples, the node's and its system containers' too. */
  readonly samples: readonly Sample[];
  readonly moment: PollMoment;
  /** Those of containers and pods, without those that were shown before; and how many these are. */
  readonly news: readonly Seen[];
  readonly repeats: number;
  readonly belief: BaseBelief;
}

/** Makes out from the answers alone that the kubelet was restarted. */
export class RestartWatch {
  /** The newest sample of the kubelet's own cgroup. */
  #kubelet: Sample | null = null;
  #askedMs: number | null = null;
  /** Until then no restart is made out: there was one. */
  #lockedUntilMs = Number.NEGATIVE_INFINITY;
  /** Targets that ticked in the last seconds: the poll that showed it, the one before, and what it says of a restart. */
  readonly #ticked = new Map<string, {readonly afterMs: number; readonly seenMs: number; readonly nats: number}>();

  /** The same state, which goes its own way from here. */
  copy(): RestartWatch {
    const copy = new RestartWatch();
    copy.#kubelet = this.#kubelet;
    copy.#askedMs = this.#askedMs;
    copy.#lockedUntilMs = this.#lockedUntilMs;
    for (const [key, ticked] of this.#ticked) copy.#ticked.set(key, ticked);
    return copy;
  }

  /** A restart is known. */
  restarted(nowMs: number): void {
    this.#lockedUntilMs = nowMs + settledMs;
    this.#ticked.clear();
  }

  /** The present is `byMs` later on the node's clock than was thought. */
  clockMoved(byMs: number): void {
    this.#lockedUntilMs += byMs;
    if (this.#askedMs !== null) this.#askedMs += byMs;
    this.#ticked.clear();
  }

  /** Whether the kubelet was restarted since the poll before: after which moment, in node time; else null. */
  look(poll: ProbedAt): number | null {
    const afterMs = this.#kubeletIsAnother(poll) ?? this.#looksRestarted(poll);
    this.#askedMs = poll.moment.sentMs;
    return afterMs;
  }

  /**
   * The kubelet's own cgroup, where the summary names it (v1.32), is made anew with each process: its counter falls and
   * its start moves.
   */
  #kubeletIsAnother({samples, moment}: ProbedAt): number | null {
    const before = this.#kubelet;
    const now = samples.find(({target: {pod, container}}) => pod === kubelet.pod && container === kubelet.container);
    if (now === undefined) return null;
    this.#kubelet = now;
    const isAnother = before !== null && isOtherContainer(before, now);
    if (!isAnother || moment.receivedMs < this.#lockedUntilMs) return null;
    return Math.max(before.at, now.startedAt ?? 0);
  }

  /**
   * Timers of several targets out of their turn at once, or of all at the same moment: that is a new kubelet, whoever
   * restarted it. Weighs the ticks of the last seconds against chance.
   */
  #looksRestarted({news, repeats, moment, belief}: ProbedAt): number | null {
    const afterMs = this.#askedMs ?? moment.sentMs;
    let known = repeats;
    for (const {sample, track} of news) {
      if (track === undefined) continue;
      known++;
      const nats = track.speaksForRestart(sample, moment);
      if (nats !== null) this.#ticked.set(track.key, {afterMs, seenMs: moment.receivedMs, nats});
    }
    let evidence = priorNats;
    for (const [key, {seenMs, nats}] of this.#ticked) {
      if (seenMs < moment.receivedMs - restartMs) this.#ticked.delete(key);
      else evidence += nats;
    }
    if (belief.bestMs >= burstMs) evidence -= silentNats * Math.max(0, known - this.#ticked.size);
    if (evidence < 0 || this.#ticked.size < 2) return null;
    // No kubelet restarts all the time: then it is the base that we have wrong, and the ticks will tell it.
    const lockedMs = this.#lockedUntilMs;
    this.#lockedUntilMs = moment.receivedMs + settledMs;
    if (belief.weight(belief.best) < 0.9 || moment.receivedMs < lockedMs) return null;
    return Math.min(...[...this.#ticked.values()].map((one) => one.afterMs));
  }
}
