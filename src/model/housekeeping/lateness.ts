import {waitLikelihood} from './wait.ts';

/** Mean lateness of a tick (ms) that is reckoned with; an idle node has 2 ms, a slow virtual machine 200 ms. */
const scalesMs: readonly number[] = [3, 10, 30, 100, 300, 1000];
/** How late ticks are beside how long an answer takes: 0.1 to 0.3 on idle and on overloaded nodes alike. */
const toAnswer = 0.15;
/** How far (as a factor) that may be off. */
const spread = Math.log(4);
/** What the ticks have told fades, because a node's load does. */
const memory = 0.99;

/** By how much it may differ before forecasts are made anew. */
const notable = 0.1;

/** One interval that the cgroup may have had, and how likely. */
interface State {
  readonly intervalMs: number;
  readonly probability: number;
}

/** Learns how late the ticks of a node come after the wait that cAdvisor drew: a busy node's timers fire late. */
export class Lateness {
  #answerMs = 20;
  /** What the ticks say of each scale, in nats. */
  readonly #nats = new Float64Array(scalesMs.length);
  #meanMs = 0;
  #version = 0;
  #toldMs = 0;

  constructor() {
    this.#settle();
  }

  /** Takes over what another one has learned. */
  takeOver(other: Lateness): void {
    this.#answerMs = other.#answerMs;
    this.#nats.set(other.#nats);
    this.#meanMs = other.#meanMs;
    this.#version = other.#version;
    this.#toldMs = other.#toldMs;
  }

  /** The mean lateness of a tick, in ms. */
  get meanMs(): number {
    return this.#meanMs;
  }

  /** Another number as soon as the mean is notably another. */
  get version(): number {
    return this.#version;
  }

  /** A poll took so long: a node that answers late ticks late. */
  answered(tookMs: number): void {
    if (!(tookMs >= 0 && tookMs < 60_000)) return;
    this.#answerMs += 0.1 * (tookMs - this.#answerMs);
    this.#settle();
  }

  /** A wait ended, of a cgroup whose interval was one of `states`. */
  learn(states: readonly State[], waitMs: number, uncertaintyMs: number): void {
    for (let i = 0; i < scalesMs.length; i++) {
      let likelihood = 0;
      for (const {intervalMs, probability} of states) {
        likelihood += probability * waitLikelihood(waitMs, uncertaintyMs, intervalMs, scalesMs[i] ?? 0);
      }
      this.#nats[i] = memory * (this.#nats[i] ?? 0) + Math.log(Math.max(likelihood, 1e-12));
    }
    this.#settle();
  }

  #settle(): void {
    const centre = Math.log(Math.max(2, toAnswer * this.#answerMs));
    let top = -Infinity;
    const nats = scalesMs.map((scale, i) => {
      const off = (Math.log(scale) - centre) / spread;
      const value = (this.#nats[i] ?? 0) - (off * off) / 2;
      top = Math.max(top, value);
      return value;
    });
    let total = 0;
    let sum = 0;
    nats.forEach((value, i) => {
      const weight = Math.exp(value - top);
      total += weight;
      sum += weight * Math.log(scalesMs[i] ?? 1);
    });
    this.#meanMs = Math.exp(sum / total);
    if (Math.abs(this.#meanMs - this.#toldMs) <= notable * this.#toldMs) return;
    this.#toldMs = this.#meanMs;
    this.#version += 1;
  }
}
