import type {CgroupSample, HousekeptCgroup} from './housekeeping.ts';
import {noPressure, type PressureLine} from './pressure.ts';

export interface ServedContainer {
  readonly name: string;
  readonly startedAtMs: number;
  readonly cgroup: HousekeptCgroup;
  readonly memoryLimitBytes: number | null;
}

export interface ServedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly startedAtMs: number;
  readonly cgroup: HousekeptCgroup;
  readonly containers: readonly ServedContainer[];
}

export interface ServedNode {
  readonly name: string;
  readonly bootedAtMs: number;
  readonly root: HousekeptCgroup;
  readonly kubepods: HousekeptCgroup;
  readonly kubelet: HousekeptCgroup;
  readonly pods: readonly ServedPod[];
}

/** The answer to `/stats/summary?only_cpu_and_memory=true`, as v1.36 shapes it: times are cut to whole seconds. */
export function statsSummary(node: ServedNode, nowMs: number): string {
  const cgroup = (name: string, of: HousekeptCgroup) => {
    const figures = podFigures(of);
    return figures === null ? [] : [{name, startTime: wholeSecond(node.bootedAtMs), ...cpuAndMemory(figures, null)}];
  };
  const root = podFigures(node.root);
  return JSON.stringify({
    node: {
      nodeName: node.name,
      systemContainers: [...cgroup('kubelet', node.kubelet), ...cgroup('pods', node.kubepods)],
      startTime: wholeSecond(node.bootedAtMs),
      ...(root === null ? {} : cpuAndMemory(root, null)),
    },
    pods: node.pods.map((pod) => {
      const figures = podFigures(pod.cgroup);
      return {
        podRef: {name: pod.name, namespace: pod.namespace, uid: pod.uid},
        startTime: wholeSecond(pod.startedAtMs),
        containers: pod.containers.map((container) => ({
          name: container.name,
          startTime: wholeSecond(container.startedAtMs),
          ...cpuAndMemory(containerFigures(container.cgroup, nowMs), container.memoryLimitBytes),
        })),
        ...(figures === null ? {} : cpuAndMemory(figures, null)),
      };
    }),
  });
}

/** The answer to `/metrics/resource`, as v1.32 shapes it: the same samples, stamped with milliseconds. */
export function resourceMetrics(node: ServedNode, nowMs: number): string {
  const lines: string[] = [];
  const series = (
    name: string,
    kind: 'counter' | 'gauge',
    help: string,
    rows: readonly (readonly [string, number, number?])[],
  ) => {
    if (rows.length === 0) return;
    lines.push(`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${kind}`);
    for (const [labels, value, atMs] of rows) {
      lines.push(`${name}${labels} ${goFloat(value)}${atMs === undefined ? '' : ` ${Math.floor(atMs)}`}`);
    }
  };
  const containers = node.pods.flatMap((pod) =>
    pod.containers.map((container) => ({
      labels: `{container="${container.name}",namespace="${pod.namespace}",pod="${pod.name}"}`,
      startedAtMs: container.startedAtMs,
      sample: containerFigures(container.cgroup, nowMs).sample,
    })),
  );
  const pods = node.pods.flatMap((pod) => {
    const sample = pod.cgroup.newest;
    return sample === null ? [] : [{labels: `{namespace="${pod.namespace}",pod="${pod.name}"}`, sample}];
  });
  const root = node.root.newest === null ? [] : [{labels: '', sample: node.root.newest}];
  const cpu = (all: readonly {labels: string; sample: CgroupSample}[]) =>
    all.map(({labels, sample}) => [labels, sample.cpuNs / 1e9, sample.atMs] as const);
  const memory = (all: readonly {labels: string; sample: CgroupSample}[]) =>
    all.map(({labels, sample}) => [labels, sample.workingSetBytes, sample.atMs] as const);
  const consumed = (by: string) => `Cumulative cpu time consumed by the ${by} in core-seconds`;
  const workingSet = (of: string) => `Current working set of the ${of} in bytes`;
  series('container_cpu_usage_seconds_total', 'counter', consumed('container'), cpu(containers));
  series('container_memory_working_set_bytes', 'gauge', workingSet('container'), memory(containers));
  series(
    'container_start_time_seconds',
    'gauge',
    'Start time of the container since unix epoch in seconds',
    containers.map(({labels, startedAtMs}) => [labels, startedAtMs / 1000] as const),
  );
  series('node_cpu_usage_seconds_total', 'counter', consumed('node'), cpu(root));
  series('node_memory_working_set_bytes', 'gauge', workingSet('node'), memory(root));
  series('pod_cpu_usage_seconds_total', 'counter', consumed('pod'), cpu(pods));
  series('pod_memory_working_set_bytes', 'gauge', workingSet('pod'), memory(pods));
  series('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
    ['', 0],
  ]);
  return `${lines.join('\n')}\n`;
}

interface Figures {
  readonly sample: CgroupSample;
  readonly usageNanoCores: number;
}

/**
 * Until cAdvisor has two samples of a container, the kubelet (v1.32) answers with the runtime's own figures, read at
 * the moment of the request: their time moves at every poll.
 */
function containerFigures(cgroup: HousekeptCgroup, nowMs: number): Figures {
  return rateOf(cgroup) ?? {sample: cgroup.readNow(nowMs), usageNanoCores: 0};
}

/** A pod's figures are cAdvisor's from the first tick on, with a rate of 0 until the second. */
function podFigures(cgroup: HousekeptCgroup): Figures | null {
  return rateOf(cgroup) ?? (cgroup.newest === null ? null : {sample: cgroup.newest, usageNanoCores: 0});
}

/** `usageNanoCores` is the difference of the two newest samples over the time between them. */
function rateOf({newest, previous}: HousekeptCgroup): Figures | null {
  if (newest === null || previous === null) return null;
  const seconds = (newest.atMs - previous.atMs) / 1000;
  return {sample: newest, usageNanoCores: Math.max(0, Math.round((newest.cpuNs - previous.cpuNs) / seconds))};
}

function cpuAndMemory({sample, usageNanoCores}: Figures, memoryLimitBytes: number | null) {
  const time = wholeSecond(sample.atMs);
  return {
    cpu: {time, usageNanoCores, usageCoreNanoSeconds: sample.cpuNs, ...psi(sample.pressure)},
    memory: {
      time,
      ...(memoryLimitBytes === null ? {} : {availableBytes: memoryLimitBytes - sample.workingSetBytes}),
      usageBytes: sample.usageBytes,
      workingSetBytes: sample.workingSetBytes,
      rssBytes: sample.rssBytes,
      pageFaults: sample.pageFaults,
      majorPageFaults: sample.majorPageFaults,
      ...psi(sample.pressure === undefined ? undefined : noPressure),
    },
  };
}

/** In a container of one thread whatever stalls stalls it wholly. Nothing of it on cgroup v1. */
function psi(line: PressureLine | undefined) {
  return line === undefined ? {} : {psi: {full: line, some: line}};
}

function wholeSecond(unixMs: number): string {
  return `${new Date(Math.floor(unixMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** Go's `%g`: an exponent of two digits from 1e6 on for the floats of the Prometheus text format. */
function goFloat(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value);
}
