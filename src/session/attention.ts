import type {StatsPace} from '../sources/stats/follow-stats.ts';

/**
 * Whether somebody looks at a node. One of several that is hidden behind another is asked only for what its row shows:
 * ages to a few seconds, whether it answers. While it is shown its own forecast sets the pace.
 */
export class Attention {
  /** How often a hidden node is asked, in ms. */
  static readonly hiddenMs = 10_000;
  readonly #wake: () => void;
  #isShown: boolean;

  /** `wake` is called when somebody begins to look: what is shown should be of now. */
  constructor(isShown: boolean, wake: () => void) {
    this.#isShown = isShown;
    this.#wake = wake;
  }

  /** Whether it is shown now. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** Shows it, or hides it. */
  set isShown(isShown: boolean) {
    const begins = isShown && !this.#isShown;
    this.#isShown = isShown;
    if (begins) this.#wake();
  }

  /** How often the polls of this node should come now, in ms; null where the forecast decides. */
  get everyMs(): number | null {
    return this.#isShown ? null : Attention.hiddenMs;
  }

  /** What is asked every `ms` while it is shown is asked four times as seldom while it is not. */
  slowed(ms: number): number {
    return this.#isShown ? ms : 4 * ms;
  }

  /** A pace while it is shown, and the slow one while it is not. */
  paceOf(inner: StatsPace): StatsPace {
    return {
      delayMs: (now) => (this.#isShown ? inner.delayMs(now) : Attention.hiddenMs),
      spent: (requests, now) => inner.spent(requests, now),
      watches: (target) => this.#isShown && inner.watches(target),
    };
  }
}
