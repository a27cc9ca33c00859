import {isSystem, targetKey} from '../target.ts';
import type {CpuSeries} from './series.ts';

/** No cgroup waits so long at a base up to cAdvisor's own maximum of 15 s: a pod's sample is never so far behind. */
const behindMs = 60_000;

/**
 * The pods whose own figures are dead. With a `--housekeeping-interval` of two minutes and more cAdvisor never holds two
 * samples of a cgroup at once (its cache keeps two minutes): the kubelet then asks the runtime for each container at
 * every request, and goes on telling the pod's last tick with a rate of 0 (seen on v1.36).
 */
export class StillPods {
  #still: ReadonlySet<string> = new Set();

  /** The same pods. */
  copy(): StillPods {
    const copy = new StillPods();
    copy.#still = this.#still;
    return copy;
  }

  /** The keys of these pods' own targets. */
  get keys(): ReadonlySet<string> {
    return this.#still;
  }

  /** Looks at all series after a poll; says whether it is not the same pods as before. */
  observe(all: Iterable<CpuSeries>): boolean {
    const containers = new Map<string, CpuSeries[]>();
    const pods: CpuSeries[] = [];
    for (const series of all) {
      const {target} = series;
      if (isSystem(target) || !series.present) continue;
      if (target.container === null) pods.push(series);
      else {
        const key = targetKey({...target, container: null});
        containers.set(key, [...(containers.get(key) ?? []), series]);
      }
    }
    const still = pods.filter((pod) => this.#isStill(pod, containers.get(targetKey(pod.target)) ?? []));
    const keys = new Set(still.map(({target}) => targetKey(target)));
    const isSame = keys.size === this.#still.size && [...keys].every((key) => this.#still.has(key));
    this.#still = keys;
    return !isSame;
  }

  #isStill({target, latest}: CpuSeries, containers: readonly CpuSeries[]): boolean {
    const newest = Math.max(...containers.map((container) => container.latest?.atMs ?? Number.NEGATIVE_INFINITY));
    if (latest?.reportedNanoCores !== 0 || !Number.isFinite(newest)) return false;
    const isBehind = newest - latest.atMs > behindMs;
    // A tick of the pod's own makes it no better: it takes two.
    const wasStill = this.#still.has(targetKey(target));
    return isBehind || (wasStill && containers.every((container) => container.latest?.origin !== 'tick'));
  }
}
