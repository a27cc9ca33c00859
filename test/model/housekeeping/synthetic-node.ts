import type {Poll, Sample} from '../../../src/model/event.ts';
import {SampleMarks} from '../../../src/model/sample-marks.ts';
import type {Target} from '../../../src/model/target.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import {type Activity, seeded, SyntheticCgroup, type SyntheticTick, ticksBy} from './synthetic-cgroup.ts';

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
  /** A node of cgroup v2, whose kubelet compares pressure. */
  readonly pressure?: boolean;
}

/** What the answers have of figures and of pressure. */
export type Shows = 'all' | 'pods' | 'containers' | 'no pressure' | 'no summary';

const epochMs = 1_795_464_000_000;

/** Draws every tick of a node's cgroups from cAdvisor's own rule. */
export function syntheticNode(options: NodeOptions): SyntheticTarget[] {
  const random = seeded(options.seed);
  const startMs = options.startMs ?? epochMs;
  return options.targets.map(({target, activity, startedMs = 0}) => {
    const {lateMs, hidden} = options;
    const cpuNs = 1e9 + Math.floor(random() * 1e9);
    const pressure = options.pressure !== true ? undefined : target.container === null ? 'pod' : 'container';
    const cgroup = new SyntheticCgroup(random, activity, {cpuNs, pressure});
    const ticks = options.kubelets.flatMap(({fromMs, baseMs}, i) => {
      const untilMs = options.kubelets[i + 1]?.fromMs ?? options.durationMs;
      const firstMs = Math.max(fromMs + 300 + random() * 900, startedMs + random() * 300);
      const drawn = cgroup.ticks({firstMs, untilMs, baseMs, lateMs, hidden});
      return [...drawn].map((tick) => ({...tick, atMs: startMs + tick.atMs}));
    });
    return {target, activity, startedMs: startMs + startedMs, ticks};
  });
}

/** The newest tick at a moment; null before the first. */
export function tickAt({ticks}: SyntheticTarget, atMs: number): SyntheticTick | null {
  return ticks[ticksBy(ticks, atMs) - 1] ?? null;
}

/** The first tick after a moment; null where the recording ends before it. */
export function tickAfter(target: SyntheticTarget, atMs: number): SyntheticTick | null {
  return target.ticks.find((tick) => tick.atMs > atMs) ?? null;
}

const marks = new WeakMap<SyntheticTarget, SampleMarks>();

/** What was answered of a target so far. */
function marksOf(target: SyntheticTarget): SampleMarks {
  const known = marks.get(target) ?? new SampleMarks();
  marks.set(target, known);
  return known;
}

/**
 * What a kubelet answers at `atMs`, parsed. One of v1.32 gives the container runtime's own values until cAdvisor has
 * two samples of a container; an `old` one (v1.21) does not.  */
export function syntheticPoll(
  targets: readonly SyntheticTarget[],
  atMs: number,
  answer = 10,
  old = false,
  shows: Shows = 'all',
): Poll {
  const samples: Sample[] = [];
  for (const synthetic of targets) {
    const tick = tickAt(synthetic, atMs);
    if (tick === null) continue;
    const runtime = !old && synthetic.target.container !== null && tick.ordinal === 0;
    const isShown = shows === 'all' || shows === (synthetic.target.container === null ? 'pods' : 'containers');
    samples.push(
      ...marksOf(synthetic).mark([
        {
          target: synthetic.target,
          at: nodeMs(Math.floor(runtime ? atMs : tick.atMs)),
          precision: 'ms',
          usageCoreNanoSeconds: tick.cpuNs,
          usageNanoCores: shows === 'no summary' ? null : tick.ordinal === 0 ? 0 : 1000,
          workingSetBytes: tick.memory,
          fingerprint: shows === 'no summary' ? '' : `${tick.faults}`,
          pressure: isShown ? tick.pressure : null,
          startedAt: nodeMs(Math.floor(synthetic.startedMs / 1000) * 1000),
          uid: `uid-${synthetic.target.pod}`,
        },
      ]),
    );
  }
  return {sentAt: localMs(atMs - answer / 2), receivedAt: localMs(atMs + answer / 2), samples, problems: []};
}
