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
  /** `id` is the runtime's, without its name before it; absent where it is not known. */
  readonly containers: readonly {readonly name: string; readonly resources: Resources; readonly id?: string}[];
  /** What is set for the pod as a whole (Kubernetes 1.32 and later); it counts before the sum of the containers. */
  readonly resources?: Resources;
}

/**
 * Requests and limits of a whole pod: a request is the sum of what is requested; a limit holds for the pod only where
 * every container has one (otherwise the pod's cgroup has no quota).
 */
export function podResources(pod: PodFacts): Resources {
  const all = pod.containers.map((container) => container.resources);
  const whole = pod.resources ?? noResources;
  return {
    requestNanoCores: whole.requestNanoCores ?? sumOfSet(all.map((each) => each.requestNanoCores)),
    limitNanoCores: whole.limitNanoCores ?? sumOfAll(all.map((each) => each.limitNanoCores)),
    requestBytes: whole.requestBytes ?? sumOfSet(all.map((each) => each.requestBytes)),
    limitBytes: whole.limitBytes ?? sumOfAll(all.map((each) => each.limitBytes)),
  };
}

function sumOfSet(values: readonly (number | null)[]): number | null {
  const set = values.filter((value) => value !== null);
  return set.length === 0 ? null : set.reduce((sum, value) => sum + value, 0);
}

function sumOfAll(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : sumOfSet(values);
}
