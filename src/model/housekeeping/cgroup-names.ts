import {type Target, targetKey} from '../target.ts';

/** A line of the kubelet's comes so long after the sample that it tells of: 1 ms, 30 ms at worst, on real nodes. */
const lagMs = 120;
/** Lines that named no target yet are kept so long: the next poll may show their sample. */
const keptMs = 40_000;

/** What a line told of one cgroup's tick. */
export interface ReportedTick {
  /** When the line was written, right after the sample was taken. */
  readonly atMs: number;
  readonly intervalMs: number | null;
  readonly waitMs: number | null;
}

/**
 * Finds the target behind a cgroup's path. The path names the pod's uid, which the summary names too; a container's id
 * is in none of the answers, so it is known by its ticks: the line comes within a moment of the sample.
 */
export class CgroupNames {
  readonly #targets = new Map<string, {target: Target; votes: number}>();
  readonly #recent = new Map<string, ReportedTick>();

  /** The same state, which goes its own way from here. */
  copy(): CgroupNames {
    const copy = new CgroupNames();
    for (const [cgroup, claim] of this.#targets) copy.#targets.set(cgroup, {...claim});
    for (const [cgroup, tick] of this.#recent) copy.#recent.set(cgroup, tick);
    return copy;
  }

  /** A line told of a tick of this cgroup. */
  observed(cgroup: string, reported: ReportedTick): void {
    this.#recent.set(cgroup, reported);
    for (const [name, {atMs}] of this.#recent) if (atMs < reported.atMs - keptMs) this.#recent.delete(name);
  }

  /** A target of a pod was sampled at `tickMs`: the cgroup that told of this very tick claims it. Once per tick. */
  sampled(target: Target, uid: string, tickMs: number): void {
    for (const [cgroup, {atMs}] of this.#recent) {
      const lag = atMs - tickMs;
      const isPod = endsInPod(cgroup);
      if (lag < -5 || lag > lagMs || podUid(cgroup) !== uid || isPod !== (target.container === null)) continue;
      const known = this.#targets.get(cgroup);
      if (known !== undefined && targetKey(known.target) === targetKey(target)) known.votes += 1;
      else if (known === undefined || known.votes <= 1) this.#targets.set(cgroup, {target, votes: 1});
      else known.votes -= 1;
    }
  }

  /**
   * The newest line of each cgroup whose target is known. Now and then a pod's sandbox ticks together with one of its
   * containers: of two cgroups that claim a target the one counts that did so more often.
   */
  reported(): {readonly target: Target; readonly tick: ReportedTick}[] {
    const best = new Map<string, {target: Target; votes: number; tick: ReportedTick}>();
    for (const [cgroup, tick] of this.#recent) {
      const claim = this.#targets.get(cgroup);
      if (claim === undefined) continue;
      const key = targetKey(claim.target);
      if (claim.votes > (best.get(key)?.votes ?? 0)) best.set(key, {...claim, tick});
    }
    return [...best.values()];
  }
}

const uidPattern = /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(\/.*)?$/;

/** The pod's uid in a path of either cgroup driver (`/kubepods/podUID/ID`, `…-podUID_with_underscores.slice/…`). */
function podUid(cgroup: string): string | null {
  return uidPattern.exec(cgroup)?.[1]?.replaceAll('_', '-') ?? null;
}

function endsInPod(cgroup: string): boolean {
  const rest = uidPattern.exec(cgroup)?.[2];
  return rest === undefined || rest === '/';
}
