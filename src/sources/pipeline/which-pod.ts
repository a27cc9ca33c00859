import type {Sample} from '../../model/event.ts';
import {FailureError} from '../../model/failure.ts';
import {workloadOf} from '../../model/selection/workload.ts';
import {isSystem} from '../../model/target.ts';
import {shellQuote} from '../../nodes/exec/shell-quote.ts';

/** One pod. */
export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

/** So many names are offered. */
const mostOffered = 5;

/**
 * The one pod among the kubelet's samples that is meant by `web`, `shop/web`, or the name of a workload with one pod here.
 * A whole name is taken as it is: a kubelet that does not answer names nobody. Throws a `FailureError` where it is none,
 * or several.
 */
export function podIn(samples: readonly Sample[], wanted: string, node: string): PodName {
  const [, namespace = null, name = wanted] = /^([^/]+)\/(.+)$/.exec(wanted) ?? [];
  const all = new Map<string, PodName>();
  for (const {target} of samples) {
    if (!isSystem(target)) all.set(`${target.namespace}/${target.pod}`, {namespace: target.namespace, pod: target.pod});
  }
  const there = [...all.values()].filter((one) => namespace === null || one.namespace === namespace);
  const named = there.filter(({pod}) => pod === name);
  const found = named.length > 0 ? named : there.filter(({pod}) => workloadOf(pod) === name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (all.size === 0 && namespace !== null) return {namespace, pod: name};
  const command = (pod: string) => `ktop pipeline --node ${shellQuote([node])} --pod ${shellQuote([pod])}`;
  const tried = `find the pod ${wanted}`;
  const offered = (found.length > 0 ? found : [...all.values()])
    .map((one) => `${one.namespace}/${one.pod}`)
    .slice(0, mostOffered);
  if (all.size === 0) {
    const problem = 'the kubelet names no pods; then the namespace is wanted, too';
    throw new FailureError({code: 'not-found', tried, problem, next: command(`NAMESPACE/${name}`)});
  }
  const problem = `${found.length > 1 ? 'several are meant' : 'it is not on this node'}: ${offered.join(', ')}`;
  throw new FailureError({code: 'not-found', tried, problem, next: command(offered[0] ?? 'NAMESPACE/NAME')});
}
