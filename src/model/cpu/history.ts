/**
 * One drawn increment of a CPU series: what the counter grew by between two samples. Times are unix milliseconds by the
 * node's clock.
 */
export interface Step {
  readonly fromMs: number;
  readonly toMs: number;
  /** What the counter grew by: nanoseconds of CPU time. */
  readonly usageNs: number;
  /** Lowest and highest rate among the samples that were thinned into this step; equal where there was one. */
  readonly minNanoCores: number;
  readonly maxNanoCores: number;
  /** Lowest and highest memory working set at those samples; NaN where it is not known. */
  readonly minBytes: number;
  readonly maxBytes: number;
  /** How many samples it stands for. */
  readonly samples: number;
  /** Did it end with a housekeeping tick, rather than with a value that the runtime took for the request? */
  readonly tick: boolean;
  /** Does it go on where the one before it ended? If not, the line is broken here. */
  readonly joined: boolean;
}

/** The longest window that a chart can show. Older steps are forgotten. */
export const historyMs = 6 * 3_600_000;

/**
 * Two steps may be merged when together they are shorter than their age divided by this. A step that is `a` old is only
 * seen in windows at least `a` long, of which this is half a column of a chart 120 columns wide.
 */
const fineness = 240;

/** Thinning costs a pass over everything, so it waits until so many steps have come; until then they lie apart. */
const thinEvery = 64;

const stride = 8;
const nothing = new Float64Array(0);

/**
 * The steps of one series, oldest first, at most six hours of them. Old steps are thinned, so that a series has some 500
 * steps and, even with a sample a second, less than 2 000: sums of increments, minima and maxima are kept, and no step
 * ever reaches over a gap. Packed into arrays, as objects they would take ten times the memory; that of the old steps
 * is shared with copies.
 */
export class History {
  /** The steps that were thinned: never written to again. */
  #old = nothing;
  #oldLength = 0;
  /** The newer ones. */
  #recent = new Float64Array(8 * stride);
  #recentLength = 0;
  #sinceThinned = 0;

  /** The same steps, which go their own way from here. */
  copy(): History {
    const copy = new History();
    copy.#old = this.#old;
    copy.#oldLength = this.#oldLength;
    copy.#recent = this.#recent.slice(0, Math.max(stride, this.#recentLength * stride));
    copy.#recentLength = this.#recentLength;
    copy.#sinceThinned = this.#sinceThinned;
    return copy;
  }

  /** How many steps are kept. */
  get length(): number {
    return this.#oldLength + this.#recentLength;
  }

  /** How many bytes they take, at most: part of it may be shared with copies. */
  get bytes(): number {
    return this.length * stride * 8;
  }

  /** Adds the newest step. */
  push(step: Step): void {
    this.#append(step);
    this.#sinceThinned += 1;
    if (this.#sinceThinned >= thinEvery) this.#thin(step.toMs);
  }

  /** The newest step, if there is one. */
  newest(): Step | undefined {
    return this.length === 0 ? undefined : this.#read(this.length - 1);
  }

  /** The newest step turns out to end with a tick, or not to. */
  attributeNewest(tick: boolean): void {
    const newest = this.newest();
    if (newest === undefined) return;
    this.#dropNewest();
    this.#append({...newest, tick});
  }

  /** The steps that overlap the time from `fromMs` to `toMs`, oldest first. */
  between(fromMs: number, toMs: number): Step[] {
    const steps: Step[] = [];
    for (let i = this.length - 1; i >= 0; i--) {
      if (this.#at(i, 1) <= fromMs) break;
      if (this.#at(i, 0) < toMs) steps.push(this.#read(i));
    }
    return steps.reverse();
  }

  /** Forgets the steps that end after this time: the node's clock was set back and they never were. */
  cutAfter(atMs: number): void {
    while (this.length > 0 && this.#at(this.length - 1, 1) > atMs) this.#dropNewest();
  }

  #thin(nowMs: number): void {
    const kept: Step[] = [];
    for (let i = 0; i < this.length; i++) {
      const step = this.#read(i);
      if (step.toMs <= nowMs - historyMs) continue;
      const before = kept.at(-1);
      if (before && step.joined && step.toMs - before.fromMs <= (nowMs - step.toMs) / fineness) {
        kept[kept.length - 1] = merged(before, step);
      } else kept.push(step);
    }
    this.#old = new Float64Array(kept.length * stride);
    for (const [i, step] of kept.entries()) write(this.#old, i, step);
    this.#oldLength = kept.length;
    this.#recentLength = 0;
    this.#sinceThinned = 0;
  }

  #append(step: Step): void {
    if ((this.#recentLength + 1) * stride > this.#recent.length) {
      const larger = new Float64Array(this.#recent.length * 2);
      larger.set(this.#recent);
      this.#recent = larger;
    }
    write(this.#recent, this.#recentLength, step);
    this.#recentLength += 1;
  }

  #dropNewest(): void {
    if (this.#recentLength > 0) this.#recentLength -= 1;
    else this.#oldLength -= 1;
  }

  #at(index: number, field: number): number {
    const at = index * stride + field;
    return (index < this.#oldLength ? this.#old[at] : this.#recent[at - this.#oldLength * stride]) ?? Number.NaN;
  }

  #read(index: number): Step {
    const flags = this.#at(index, 7);
    return {
      fromMs: this.#at(index, 0),
      toMs: this.#at(index, 1),
      usageNs: this.#at(index, 2),
      minNanoCores: this.#at(index, 3),
      maxNanoCores: this.#at(index, 4),
      minBytes: this.#at(index, 5),
      maxBytes: this.#at(index, 6),
      samples: Math.floor(flags / 4),
      tick: (flags & 2) !== 0,
      joined: (flags & 1) !== 0,
    };
  }
}

function write(to: Float64Array, index: number, step: Step): void {
  const flags = step.samples * 4 + (step.tick ? 2 : 0) + (step.joined ? 1 : 0);
  to.set(
    [step.fromMs, step.toMs, step.usageNs, step.minNanoCores, step.maxNanoCores, step.minBytes, step.maxBytes, flags],
    index * stride,
  );
}

function merged(a: Step, b: Step): Step {
  return {
    fromMs: a.fromMs,
    toMs: b.toMs,
    usageNs: a.usageNs + b.usageNs,
    minNanoCores: Math.min(a.minNanoCores, b.minNanoCores),
    maxNanoCores: Math.max(a.maxNanoCores, b.maxNanoCores),
    minBytes: lower(a.minBytes, b.minBytes),
    maxBytes: -lower(-a.maxBytes, -b.maxBytes),
    samples: a.samples + b.samples,
    tick: a.tick || b.tick,
    joined: a.joined,
  };
}

/** The lower of two figures of which either may be unknown (NaN). */
function lower(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.min(a, b);
}
