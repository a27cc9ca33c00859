import {workloadOf} from '../selection/workload.ts';
import type {CpuSeries} from './series.ts';

/** In a rolling update the old pod and the new one are there together for a while. */
const overlapMs = 30_000;

/**
 * Which targets took the place of which: of each that goes on those that it took over from, the oldest first. A pod
 * that has ended is followed by the next that its workload started, once each, and so are its containers of one name.
 */
export function predecessorsOf(all: readonly CpuSeries[]): ReadonlyMap<CpuSeries, readonly CpuSeries[]> {
  const groups = new Map<string, CpuSeries[]>();
  for (const series of all) {
    const {namespace, pod, container} = series.target;
    const workload = workloadOf(pod);
    if (workload === null) continue;
    const key = `${namespace}/${workload}/${container ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  const before = new Map<CpuSeries, readonly CpuSeries[]>();
  for (const group of groups.values()) {
    if (group.length < 2 || group.every(({present}) => present)) continue;
    const inOrder = group.toSorted((a, b) => (a.firstMs ?? 0) - (b.firstMs ?? 0));
    for (const [i, old] of inOrder.entries()) {
      const next = old.present
        ? undefined
        : inOrder.slice(i + 1).find((each) => !before.has(each) && follows(each, old));
      if (next === undefined) continue;
      before.set(next, [...(before.get(old) ?? []), old]);
      before.delete(old);
    }
  }
  return before;
}

function follows({firstMs}: CpuSeries, {latest}: CpuSeries): boolean {
  return firstMs !== null && latest !== null && firstMs >= latest.atMs - overlapMs;
}
