import {HousekeptCgroup, type CgroupReading, type HousekeepingRule} from './housekeeping.ts';
import type {ServedContainer, ServedPod} from './kubelet-stats.ts';
import {bursty, busy, idle, job, serving, SimulatedCgroup, sumReadings, type Workload} from './workload.ts';

/** What a simulated pod is made of. `qos` decides where its cgroup hangs. */
export interface PodSpec {
  readonly namespace: string;
  readonly name: string;
  readonly qos: 'guaranteed' | 'burstable' | 'besteffort';
  readonly containers: readonly ContainerSpec[];
}

interface ContainerSpec {
  readonly name: string;
  readonly workload: Workload;
  readonly cpuRequestMillicores: number | null;
  readonly cpuLimitMillicores: number | null;
  readonly memoryLimitBytes: number | null;
}

const mebibyte = 1_048_576;

const container = (
  name: string,
  workload: Workload,
  cpuRequestMillicores: number | null = null,
  cpuLimitMillicores: number | null = null,
  memoryLimitMebibytes: number | null = null,
): ContainerSpec => ({
  name,
  workload,
  cpuRequestMillicores,
  cpuLimitMillicores,
  memoryLimitBytes: memoryLimitMebibytes === null ? null : memoryLimitMebibytes * mebibyte,
});

/** A handful that behave differently: always busy, idle beside bursty, a small server, the node's own proxy. */
export const residentPods: readonly PodSpec[] = [
  {
    namespace: 'default',
    name: 'cpuload',
    qos: 'guaranteed',
    containers: [container('load', busy, 250, 250, 64)],
  },
  {
    namespace: 'default',
    name: 'idle',
    qos: 'besteffort',
    containers: [container('idle', idle), container('burst', bursty)],
  },
  {
    namespace: 'shop',
    name: 'web-7d4b9c6f5-x2kqp',
    qos: 'burstable',
    containers: [container('web', serving, 50, 200, 128)],
  },
  {namespace: 'kube-system', name: 'kube-proxy-r8wzn', qos: 'besteffort', containers: [container('kube-proxy', idle)]},
];

/** The pod that is replaced now and then, each time under a new name. */
export function jobPod(random: () => number): PodSpec {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const suffix = Array.from({length: 5}, () => letters.charAt(Math.floor(random() * letters.length))).join('');
  return {
    namespace: 'batch',
    name: `report-${suffix}`,
    qos: 'burstable',
    containers: [container('report', job, 100, 400, 256)],
  };
}

/** A pod as it runs: its counters outlive a kubelet, the housekeeping of them does not. */
export interface RunningPod {
  readonly spec: PodSpec;
  readonly uid: string;
  readonly startedAtMs: number;
  readonly cgroupPath: string;
  readonly containers: readonly RunningContainer[];
  /** The pause container's, under no name in the stats. */
  readonly sandboxPath: string;
  readonly sandbox: SimulatedCgroup;
}

interface RunningContainer {
  readonly spec: ContainerSpec;
  readonly id: string;
  readonly startedAtMs: number;
  readonly cgroupPath: string;
  readonly cgroup: SimulatedCgroup;
}

/** Starts a pod of this shape, with a new uid and cgroups of its own. */
export function startPod(spec: PodSpec, atMs: number, random: () => number): RunningPod {
  const hex = (digits: number) => Array.from({length: digits}, () => Math.floor(random() * 16).toString(16)).join('');
  const uid = [hex(8), hex(4), `4${hex(3)}`, `a${hex(3)}`, hex(12)].join('-');
  const cgroupPath = `/kubepods${spec.qos === 'guaranteed' ? '' : `/${spec.qos}`}/pod${uid}`;
  const id = () => hex(64);
  return {
    spec,
    uid,
    startedAtMs: atMs,
    cgroupPath,
    sandboxPath: `${cgroupPath}/${id()}`,
    sandbox: new SimulatedCgroup(idle, atMs),
    containers: spec.containers.map((one, index) => {
      const containerId = id();
      const startedAtMs = atMs + 300 + 130 * index;
      return {
        spec: one,
        id: containerId,
        startedAtMs,
        cgroupPath: `${cgroupPath}/${containerId}`,
        cgroup: new SimulatedCgroup(one.workload, startedAtMs),
      };
    }),
  };
}

/** Everything of a pod that has a housekeeping timer, and how the kubelet serves it. */
export interface WatchedPod {
  readonly pod: RunningPod;
  readonly served: ServedPod;
  readonly cgroups: readonly HousekeptCgroup[];
}

/** Puts a pod under a kubelet's housekeeping: the first tick comes at once, each cgroup a moment after the other. */
export function watchPod(pod: RunningPod, rule: HousekeepingRule, random: () => number, atMs: number): WatchedPod {
  let firstTickAtMs = atMs;
  const watch = (path: string, read: (atMs: number) => CgroupReading) =>
    new HousekeptCgroup(path, read, rule, random, (firstTickAtMs += 20 + 60 * random()));
  const containers: readonly ServedContainer[] = pod.containers.map((one) => ({
    name: one.spec.name,
    startedAtMs: one.startedAtMs,
    memoryLimitBytes: one.spec.memoryLimitBytes,
    cgroup: watch(one.cgroupPath, (at) => one.cgroup.read(at)),
  }));
  const cgroup = watch(pod.cgroupPath, (at) => readPod(pod, at));
  const sandbox = watch(pod.sandboxPath, (at) => pod.sandbox.read(at));
  return {
    pod,
    cgroups: [cgroup, sandbox, ...containers.map((one) => one.cgroup)],
    served: {
      namespace: pod.spec.namespace,
      name: pod.spec.name,
      uid: pod.uid,
      startedAtMs: pod.startedAtMs,
      cgroup,
      containers,
    },
  };
}

/** The pod's own cgroup: the sum of its containers and its sandbox. */
export function readPod(pod: RunningPod, atMs: number): CgroupReading {
  return sumReadings([pod.sandbox.read(atMs), ...pod.containers.map((one) => one.cgroup.read(atMs))]);
}

/** The kubelet's `/pods`, as far as requests and limits go. */
export function podList(pods: readonly RunningPod[]): string {
  const quantity = (millicores: number | null, bytes: number | null) => ({
    ...(millicores === null ? {} : {cpu: `${millicores}m`}),
    ...(bytes === null ? {} : {memory: `${bytes / mebibyte}Mi`}),
  });
  return JSON.stringify({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: pods.map((pod) => ({
      metadata: {name: pod.spec.name, namespace: pod.spec.namespace, uid: pod.uid, labels: {app: appOf(pod.spec.name)}},
      spec: {
        containers: pod.spec.containers.map((one) => ({
          name: one.name,
          resources: {
            requests: quantity(one.cpuRequestMillicores, one.memoryLimitBytes),
            limits: quantity(one.cpuLimitMillicores, one.memoryLimitBytes),
          },
        })),
      },
      status: {
        phase: 'Running',
        startTime: new Date(pod.startedAtMs).toISOString(),
        containerStatuses: pod.containers.map((one) => ({
          name: one.spec.name,
          containerID: `containerd://${one.id}`,
          state: {running: {startedAt: new Date(one.startedAtMs).toISOString()}},
        })),
      },
    })),
  });
}

const appOf = (podName: string) => podName.replace(/(-[a-z0-9]{8,10})?-[a-z0-9]{5}$/, '');
