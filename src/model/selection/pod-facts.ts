/** What a container may use. CPU in nanocores, memory in bytes; null where it is not set. */
export interface Resources {
  readonly requestNanoCores: number | null;
  readonly limitNanoCores: number | null;
  readonly requestBytes: number | null;
  readonly limitBytes: number | null;
}

export const noResources: Resources = {
  requestNanoCores: null,
  limitNanoCores: null,
  requestBytes: null,
  limitBytes: null,
};

/** What stats do not tell about a pod: its labels and what it asked for. Names and labels are untrusted text. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly {readonly name: string; readonly resources: Resources}[];
}

/**
 * Requests and limits of a whole pod: a request is the sum of what is requested; a limit holds for the pod only where
 * every container has one (otherwise the pod's cgroup has no quota).
 */
export function podResources(pod: PodFacts): Resources {
  const all = pod.containers.map((container) => container.resources);
  return {
    requestNanoCores: sumOfSet(all.map((each) => each.requestNanoCores)),
    limitNanoCores: sumOfAll(all.map((each) => each.limitNanoCores)),
    requestBytes: sumOfSet(all.map((each) => each.requestBytes)),
    limitBytes: sumOfAll(all.map((each) => each.limitBytes)),
  };
}

function sumOfSet(values: readonly (number | null)[]): number | null {
  const set = values.filter((value) => value !== null);
  return set.length === 0 ? null : set.reduce((sum, value) => sum + value, 0);
}

function sumOfAll(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : sumOfSet(values);
}
