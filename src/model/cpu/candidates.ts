import type {PodFacts} from '../selection/pod-facts.ts';
import type {Candidate} from '../selection/select.ts';
import {isSystem, type Target} from '../target.ts';
import type {SeriesStore} from './series-store.ts';

/** The pods of the book with what is known of them. What ended before `pastMs` is past. */
export function candidatesOf(store: SeriesStore, facts: ReadonlyMap<string, PodFacts>, pastMs: number): Candidate[] {
  interface Seen {
    readonly target: Target;
    containers: string[];
    ended: string[];
    nanoCores: number | null;
    present: boolean;
    seenAt: number;
  }
  const pods = new Map<string, Seen>();
  for (const series of store.all()) {
    const {target} = series;
    if (isSystem(target)) continue;
    const key = `${target.namespace}/${target.pod}`;
    const pod = pods.get(key) ?? {target, containers: [], ended: [], nanoCores: null, present: false, seenAt: 0};
    pods.set(key, pod);
    pod.present ||= series.present;
    pod.seenAt = Math.max(pod.seenAt, series.seenAt ?? 0);
    if (target.container === null) pod.nanoCores = series.latest?.nanoCores ?? null;
    else if (series.present) pod.containers.push(target.container);
    else if ((series.seenAt ?? 0) >= pastMs) pod.ended.push(target.container);
  }
  return [...pods].map(([key, {target, containers, ended, nanoCores, present, seenAt}]) => ({
    namespace: target.namespace,
    pod: target.pod,
    containers: containers.sort(),
    endedContainers: ended.sort(),
    labels: facts.get(key)?.labels ?? null,
    nanoCores,
    present,
    isPast: !present && seenAt < pastMs,
  }));
}
