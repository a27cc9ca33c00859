import type {Poll, Sample} from '../../../src/model/event.ts';
import {nextInterval} from '../../../src/model/housekeeping/rule.ts';
import type {Target} from '../../../src/model/target.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

/** A small seeded generator (mulberry32), so that a failing draw can be drawn again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Activity = 'busy' | 'idle' | 'bursty';

/** One tick as cAdvisor makes it: the sample's time, the interval that it then chose and the wait that it drew. */
export interface SyntheticTick {
  readonly atMs: number;
  readonly intervalMs: number;
  readonly waitMs: number;
  readonly cpuNs: number;
  readonly memory: number;
  readonly faults: number;
  /** Ticks of this timer before it: 0 is the first after a start. */
  readonly ordinal: number;
}

export interface SyntheticTarget {
  readonly target: Target;
  readonly activity: Activity;
  readonly startedMs: number;
  readonly ticks: readonly SyntheticTick[];
}

export interface NodeOptions {
  readonly seed: number;
  readonly startMs?: number;
  readonly durationMs: number;
  readonly targets: readonly {readonly target: Target; readonly activity: Activity; readonly startedMs?: number}[];
  /** The base in force, by the moment (ms since the start) from which a kubelet process runs with it. */
  readonly kubelets: readonly {readonly fromMs: number; readonly baseMs: number}[];
  /** Mean lateness of a tick. */
  readonly lateMs?: number;
  /** Share of equal-looking comparisons that cAdvisor finds unequal (a figure that we cannot see). */
  readonly hidden?: number;
}

const epochMs = 1_795_464_000_000;

/** Draws every tick of a node's cgroups from cAdvisor's own rule. */
export function syntheticNode(options: NodeOptions): SyntheticTarget[] {
  const random = seeded(options.seed);
  const startMs = options.startMs ?? epochMs;
  return options.targets.map(({target, activity, startedMs = 0}) => {
    const ticks: SyntheticTick[] = [];
    let cpuNs = 1e9 + Math.floor(random() * 1e9);
    let memory = 1_000_000;
    let faults = 500;
    let burstAt = random() * 60_000;
    options.kubelets.forEach(({fromMs, baseMs}, i) => {
      const until = options.kubelets[i + 1]?.fromMs ?? options.durationMs;
      const first = Math.max(fromMs + 300 + random() * 900, startedMs + random() * 300);
      let intervalMs = baseMs;
      let ordinal = 0;
      for (let t = first; t < until; ordinal++) {
        let changed = activity === 'busy' && random() > 0.01;
        if (activity === 'bursty' && t >= burstAt) {
          changed = true;
          burstAt = t + 15_000 + random() * 60_000;
        }
        if (activity === 'idle' && random() < 0.01) changed = true;
        if (changed) {
          cpuNs += 1000 + Math.floor(random() * 1e8);
          if (random() < 0.7) memory += Math.floor((random() - 0.5) * 10) * 4096;
          faults += Math.floor(random() * 20);
        }
        const equal = !changed && random() >= (options.hidden ?? 0);
        if (ordinal > 0) intervalMs = nextInterval(intervalMs, equal, baseMs);
        const waitMs = intervalMs * (1 + random());
        ticks.push({atMs: startMs + t, intervalMs, waitMs, cpuNs, memory, faults, ordinal});
        t += waitMs + lateness(random, options.lateMs ?? 3);
      }
    });
    return {target, activity, startedMs: startMs + startedMs, ticks};
  });
}

function lateness(random: () => number, meanMs: number): number {
  return -Math.log(1 - random()) * meanMs;
}

/** The newest tick at a moment; null before the first. */
export function tickAt({ticks}: SyntheticTarget, atMs: number): SyntheticTick | null {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ticks[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return ticks[low - 1] ?? null;
}

/** The first tick after a moment; null where the recording ends before it. */
export function tickAfter(target: SyntheticTarget, atMs: number): SyntheticTick | null {
  return target.ticks.find((tick) => tick.atMs > atMs) ?? null;
}

/**
 * What a kubelet answers at `atMs`, parsed. One of v1.32 gives the container runtime's own values until cAdvisor has
 * two samples of a container; an `old` one (v1.21) does not.
 */
export function syntheticPoll(targets: readonly SyntheticTarget[], atMs: number, answer = 10, old = false): Poll {
  const samples: Sample[] = [];
  for (const synthetic of targets) {
    const tick = tickAt(synthetic, atMs);
    if (tick === null) continue;
    const runtime = !old && synthetic.target.container !== null && tick.ordinal === 0;
    samples.push({
      target: synthetic.target,
      at: nodeMs(Math.floor(runtime ? atMs : tick.atMs)),
      precision: 'ms',
      usageCoreNanoSeconds: tick.cpuNs,
      usageNanoCores: tick.ordinal === 0 ? 0 : 1000,
      workingSetBytes: tick.memory,
      fingerprint: `${tick.faults}`,
      startedAt: nodeMs(Math.floor(synthetic.startedMs / 1000) * 1000),
      uid: `uid-${synthetic.target.pod}`,
    });
  }
  return {sentAt: localMs(atMs - answer / 2), receivedAt: localMs(atMs + answer / 2), samples, problems: []};
}
