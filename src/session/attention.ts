import type {StatsPace} from '../sources/stats/follow-stats.ts';

export interface AttentionOptions {
  /** Whether the node is the one of several that is shown. */
  readonly isShown: boolean;
  /** Called when somebody begins to look: what is shown should be of now. */
  readonly wake: () => void;
  /**
   * How often the node that is shown is polled, in ms, while nobody can see the screen; null where something else lives
   * from the polls: a recording, metrics, notifications.
   */
  readonly unseenMs?: () => number | null;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** From 0 up to 1: at which moment a hidden node has its turn, so that several are not asked at once. */
  readonly random?: () => number;
}

/**
 * Whether somebody looks at a node. One of several that is hidden behind another is asked only for what its row shows:
 * ages to a few seconds, whether it answers. While it is shown its own forecast sets the pace; where the screen itself
 * cannot be seen it is asked so seldom that no tick is missed.
 */
export class Attention {
  /**
   * How often a hidden node is asked, in ms. Odd, so that the exchanges fall on all moments of a second: its clock is read
   * from dates of whole seconds.
   */
  static readonly hiddenMs = 9_690;
  /** How often for the summary, of which its row shows nothing: it is ten times as large as the other answer. */
  static readonly hiddenSummaryMs = 120_000;
  readonly #options: AttentionOptions;
  readonly #now: () => number;
  readonly #phaseMs: number;
  #isShown: boolean;
  #isSeen = true;

  constructor(options: AttentionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#phaseMs = (options.random ?? Math.random)() * Attention.hiddenMs;
    this.#isShown = options.isShown;
  }

  /** Whether it is shown now. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** Shows it, or hides it. */
  set isShown(isShown: boolean) {
    const begins = isShown && !this.#isShown;
    this.#isShown = isShown;
    if (begins && this.#isSeen) this.#options.wake();
  }

  /** Says whether the screen can be seen at all. */
  set isSeen(isSeen: boolean) {
    const begins = isSeen && !this.#isSeen;
    this.#isSeen = isSeen;
    if (begins && this.#isShown) this.#options.wake();
  }

  /** How often the polls of this node should come now, in ms; null where the forecast decides. */
  get everyMs(): number | null {
    if (!this.#isShown) return Attention.hiddenMs;
    return this.#isSeen ? null : (this.#options.unseenMs?.() ?? null);
  }

  /**
   * How long to wait for what is asked every `ms` while it is looked at: four times as long where the screen cannot be
   * seen, eight times behind another node. All that a hidden node is asked falls on the same moments, for the process
   * wakes up for it but once.
   */
  slowed(ms: number): number {
    if (this.everyMs === null) return ms;
    return this.#isShown ? 4 * ms : this.#untilTurn(8 * ms);
  }

  /** A pace while it is looked at, and the slow one while it is not. */
  paceOf(inner: StatsPace): StatsPace {
    return {
      delayMs: (now) => (this.#isShown ? (this.everyMs ?? inner.delayMs(now)) : this.#untilTurn(Attention.hiddenMs)),
      spent: (requests, now) => inner.spent(requests, now),
      watches: (target) => this.#isShown && inner.watches(target),
      summaryEveryMs: () => (this.#isShown ? (inner.summaryEveryMs?.() ?? null) : Attention.hiddenSummaryMs),
    };
  }

  /** Until the turn of a hidden node that comes about `ms` from now, and not before half a turn. */
  #untilTurn(ms: number): number {
    const turnMs = Attention.hiddenMs;
    const turns = Math.max(1, Math.round(ms / turnMs));
    const intoMs = (this.#now() + this.#phaseMs) % turnMs;
    return turns * turnMs - intoMs + (intoMs > turnMs / 2 ? turnMs : 0);
  }
}
