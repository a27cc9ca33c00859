import type {Failure} from '../failure.ts';
import type {LocalMs} from '../time.ts';

/** What was asked for, or why it could not be had. */
export type Found<T> = {readonly found: T} | {readonly missing: Failure};

/** What the kubelet says of a pod: the sample of its container that is the oldest, which is what is passed on. */
export interface KubeletSample {
  /** When cAdvisor took it, brought to our clock. */
  readonly at: LocalMs;
  /** Of all its containers together, as the kubelet says it; null where it does not. */
  readonly nanoCores: number | null;
  readonly answeredAt: LocalMs;
  /** How long the answer took. */
  readonly tookMs: number;
}

/** What `metrics.k8s.io` says of a pod: its mean from `at - windowMs` to `at`. */
export interface PodMetrics {
  /** The time of the kubelet's sample that it was made from, brought to our clock. */
  readonly at: LocalMs;
  readonly windowMs: number;
  /** Of all containers together. */
  readonly nanoCores: number;
}

/** An owner of a pod, the nearest first: ReplicaSet, then Deployment. */
export interface Owner {
  /** The API group: `apps`. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** One metric that an autoscaler reads. */
export interface ScaledMetric {
  /** `cpu`, `memory`, or whatever a metric of another kind is called. */
  readonly name: string;
  /** Whether it is the CPU of the pods, out of `metrics.k8s.io`. */
  readonly isCpu: boolean;
  /** As a person says it, `41 %` or `82m`; null where it was not read. */
  readonly current: string | null;
  readonly wanted: string | null;
}

/** A condition of an autoscaler (`ScalingActive`, `AbleToScale`, `ScalingLimited`). Untrusted text. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A HorizontalPodAutoscaler that scales an owner of the pod. */
export interface Autoscaler {
  readonly name: string;
  readonly target: Owner;
  readonly metrics: readonly ScaledMetric[];
  readonly currentReplicas: number | null;
  readonly desiredReplicas: number | null;
  /** When it last changed the number of replicas, brought to our clock; null: never. */
  readonly lastScaleAt: LocalMs | null;
  readonly conditions: readonly Condition[];
}

/** A look at the whole way of one pod's number. */
export interface PipelineFacts {
  readonly namespace: string;
  readonly pod: string;
  readonly now: LocalMs;
  readonly sample: Found<KubeletSample>;
  readonly metrics: Found<PodMetrics>;
  readonly owners: Found<readonly Owner[]>;
  /** Those that scale one of the owners. */
  readonly autoscalers: Found<readonly Autoscaler[]>;
}
