import type {Urgency} from '../session/store.ts';

const lowMs = 1000;
/** Whoever looks again waits so long for what the node is asked at that moment; the picture of before would be stale. */
const askedMs = 150;
/** A held key repeats thirty times a second; half of that is enough to see it move. */
const keyMs = 67;
/** Whoever has just started it waits for each news: the node, its first lines. */
const startingMs = 1000;
const newsMs = 33;

/**
 * Decides when a frame is drawn: the number of frames is the cost of the screen. Changes are gathered for
 * `coalesceMs`, a key press is answered at once, and with nothing new the clock on the screen moves every
 * `idleMs()` milliseconds. At most fifteen frames a second after the first, whatever comes: no two keys in less than a
 * fifteenth, no change in less than two after a key. (Ink's own limit would keep a key waiting behind the frame before it.)
 */
export class Frames {
  #frame = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawnForKey = false;
  #keyWaits = false;
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Number.POSITIVE_INFINITY;
  #listeners = new Set<() => void>();
  #hidden = false;
  #beganAt: number | null = null;
  readonly #idleMs: () => number;
  readonly #coalesceMs: number;

  /** `idleMs` is asked after each frame: how long the picture stays true if nothing happens. */
  constructor(idleMs: () => number, coalesceMs = 100) {
    this.#idleMs = idleMs;
    this.#coalesceMs = coalesceMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#beganAt ??= performance.now();
    if (this.#listeners.size === 1) this.#schedule(this.#idleMs());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#cancel();
    };
  };

  /** The number of the current frame: a new one means "draw". */
  readonly current = (): number => this.#frame;

  /** Something changed: draw soon, or where nobody waits for it a little later, together with what comes until then. */
  readonly invalidate = (urgency: Urgency): void => {
    const isStarting = performance.now() < (this.#beganAt ?? 0) + startingMs;
    const gatheredMs = isStarting ? newsMs : this.#coalesceMs;
    const highMs = this.#drawnForKey ? Math.max(2 * keyMs, gatheredMs) : gatheredMs;
    this.#scheduleAfterLast(urgency === 'high' ? highMs : lowMs);
  };

  /** A key was pressed: draw now. */
  readonly now = (): void => {
    this.#keyWaits = true;
    if (this.#drawnForKey && performance.now() < this.#drawnAt + keyMs) this.#scheduleAfterLast(keyMs);
    else this.#draw();
  };

  /**
   * While nobody can see the screen nothing but keys is answered; whoever looks again sees the present as soon as the
   * node has told it, or a moment later.
   */
  readonly show = (visible: boolean): void => {
    this.#hidden = !visible;
    if (visible) this.#schedule(askedMs);
    else this.#cancel();
  };

  readonly #draw = (): void => {
    this.#cancel();
    this.#frame += 1;
    this.#drawnAt = performance.now();
    this.#drawnForKey = this.#keyWaits;
    this.#keyWaits = false;
    for (const listener of this.#listeners) listener();
    if (this.#listeners.size > 0) this.#schedule(this.#idleMs());
  };

  #scheduleAfterLast(withinMs: number): void {
    this.#schedule(Math.max(0, this.#drawnAt + withinMs - performance.now()));
  }

  #schedule(inMs: number): void {
    if (this.#hidden && !this.#keyWaits) return;
    const dueAt = performance.now() + inMs;
    if (dueAt >= this.#dueAt) return;
    this.#cancel();
    this.#dueAt = dueAt;
    this.#timer = setTimeout(this.#draw, inMs);
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}
