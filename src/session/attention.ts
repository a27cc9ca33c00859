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
}

/**
 * Whether somebody looks at a node. One of several that is hidden behind another is asked only for what its row shows:
 * ages to a few seconds, whether it answers. While it is shown its own forecast sets the pace; where the screen itself
 * cannot be seen it is asked so seldom that no tick is missed.
 */
export class Attention {
  /** How often a hidden node is asked, in ms. */
  static readonly hiddenMs = 10_000;
  readonly #options: AttentionOptions;
  #isShown: boolean;
  #isSeen = true;

  constructor(options: AttentionOptions) {
    this.#options = options;
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

  /** What is asked every `ms` while it is looked at is asked four times as seldom while it is not. */
  slowed(ms: number): number {
    return this.everyMs === null ? ms : 4 * ms;
  }

  /** A pace while it is looked at, and the slow one while it is not. */
  paceOf(inner: StatsPace): StatsPace {
    return {
      delayMs: (now) => this.everyMs ?? inner.delayMs(now),
      spent: (requests, now) => inner.spent(requests, now),
      watches: (target) => this.#isShown && inner.watches(target),
    };
  }
}
