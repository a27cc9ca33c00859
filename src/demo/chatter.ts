import type {KlogSeverity} from './klog.ts';
import type {RunningPod} from './pods.ts';

/** Something that a kubelet says: where in its source, and what. */
export interface Remark {
  readonly severity: KlogSeverity;
  readonly source: string;
  readonly text: string;
}

const info = (source: string, text: string): Remark => ({severity: 'I', source, text});
const warning = (source: string, text: string): Remark => ({severity: 'W', source, text});
const failure = (source: string, text: string): Remark => ({severity: 'E', source, text});

const nameOf = (pod: RunningPod) => `${pod.spec.namespace}/${pod.spec.name}`;

/** What the kubelet says as it starts (v1.32 at `--v=2`, shortened). */
export function startRemarks(version: string, node: string, podCount: number): readonly Remark[] {
  return [
    info('server.go:520', `"Kubelet version" kubeletVersion="${version}"`),
    info('server.go:522', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'),
    info('log.go:25', '"Validated CRI v1 runtime API"'),
    info('log.go:25', '"Validated CRI v1 image API"'),
    info('manager.go:169', 'cAdvisor running in container: "/system.slice/kubelet.service"'),
    info('container_manager_linux.go:307', '"Creating device plugin manager"'),
    info('server.go:1265', '"Using root directory" path="/var/lib/kubelet"'),
    info('kubelet.go:352', '"Adding static pod path" path="/etc/kubernetes/manifests"'),
    info(
      'kuberuntime_manager.go:269',
      '"Container runtime initialized" containerRuntime="containerd" version="1.7.24" apiVersion="v1"',
    ),
    info(
      'dynamic_serving_content.go:116',
      '"Loaded a new cert/key pair" name="kubelet-server-cert-files::/var/lib/kubelet/pki/kubelet.crt::/var/lib/kubelet/pki/kubelet.key"',
    ),
    warning(
      'probe.go:272',
      'Flexvolume plugin directory at /usr/libexec/kubernetes/kubelet-plugins/volume/exec/ does not exist. Recreating.',
    ),
    info('server.go:1293', '"Started kubelet"'),
    info('server.go:169', '"Starting to listen" address="0.0.0.0" port=10250'),
    failure(
      'kubelet.go:1513',
      '"Image garbage collection failed once. Stats initialization may not have completed yet" err="invalid capacity 0 on image filesystem"',
    ),
    info('volume_manager.go:297', '"Starting Kubelet Volume Manager"'),
    info('kubelet.go:2382', '"Starting kubelet main sync loop"'),
    failure(
      'kubelet.go:2406',
      '"Skipping pod synchronization" err="[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]"',
    ),
    info(
      'desired_state_of_world_populator.go:157',
      `"Finished populating initial desired state of world" pods=${podCount}`,
    ),
    info('kubelet_node_status.go:79', `"Attempting to register node" node="${node}"`),
    info('kubelet_node_status.go:127', `"Node was previously registered" node="${node}"`),
  ];
}

/** What a kubelet logs when a pod appears, in the order and words of v1.32 at `--v=2`. */
export function podStartedRemarks(pod: RunningPod): readonly Remark[] {
  const name = nameOf(pod);
  return [
    info('kubelet.go:2414', `"SyncLoop ADD" source="api" pods=["${name}"]`),
    info(
      'reconciler_common.go:251',
      `"operationExecutor.VerifyControllerAttachedVolume started for volume \\"kube-api-access-${pod.uid.slice(0, 5)}\\" (UniqueName: \\"kubernetes.io/projected/${pod.uid}-kube-api-access\\") pod \\"${pod.spec.name}\\" (UID: \\"${pod.uid}\\") " pod="${name}"`,
    ),
    ...pod.containers.map((one) =>
      info(
        'kubelet.go:2446',
        `"SyncLoop (PLEG): event for pod" pod="${name}" event={"ID":"${pod.uid}","Type":"ContainerStarted","Data":"${one.id}"}`,
      ),
    ),
    info(
      'pod_startup_latency_tracker.go:104',
      `"Observed pod startup duration" pod="${name}" podStartSLOduration=1.832 podStartE2EDuration="2.41s"`,
    ),
  ];
}

/** What a kubelet logs when a pod is deleted. */
export function podEndedRemarks(pod: RunningPod): readonly Remark[] {
  const name = nameOf(pod);
  return [
    info('kubelet.go:2430', `"SyncLoop DELETE" source="api" pods=["${name}"]`),
    info(
      'kuberuntime_container.go:809',
      `"Killing container with a grace period" pod="${name}" podUID="${pod.uid}" containerName="${pod.containers[0]?.spec.name ?? ''}" gracePeriod=30`,
    ),
    info('scope.go:117', `"RemoveContainer" containerID="${pod.containers[0]?.id ?? ''}"`),
    info('kubelet.go:2424', `"SyncLoop REMOVE" source="api" pods=["${name}"]`),
  ];
}

/** What it says between times, one thing after the other: mostly structured, some of it repeated, now and then an error. */
export function idleRemarks(pods: readonly RunningPod[], turn: number, random: () => number): readonly Remark[] {
  const pod = pods[Math.floor(random() * pods.length)];
  const say = between[turn % between.length];
  return pod === undefined || say === undefined ? [] : say(pod, random);
}

const between: readonly ((pod: RunningPod, random: () => number) => readonly Remark[])[] = [
  (pod) => [info('kubelet.go:2437', `"SyncLoop RECONCILE" source="api" pods=["${nameOf(pod)}"]`)],
  (pod) => [info('kubelet_getters.go:218', `"Pod status updated" pod="${nameOf(pod)}" status="Running"`)],
  (pod) => [
    warning(
      'prober.go:107',
      `"Probe failed" probeType="Readiness" pod="${nameOf(pod)}" podUID="${pod.uid}" containerName="${pod.containers[0]?.spec.name ?? ''}" probeResult="failure" output="Get \\"http://10.244.1.5:8080/healthz\\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"`,
    ),
  ],
  (_pod, random) => [
    info('reflector.go:943', `Watch close - *v1.ConfigMap total ${10 + Math.floor(random() * 30)} items received`),
  ],
  (pod) => [
    failure(
      'pod_workers.go:1301',
      `"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"migrate\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container=migrate pod=${pod.spec.name}\\"" pod="${nameOf(pod)}" podUID="${pod.uid}"`,
    ),
  ],
  (pod) => {
    const updated = info('kubelet_getters.go:218', `"Pod status updated" pod="${nameOf(pod)}" status="Running"`);
    return [updated, updated, updated];
  },
  (_pod, random) => [
    failure(
      'kubelet.go:2497',
      `"Housekeeping took longer than expected" err="housekeeping took too long" expected="1s" actual="${(1 + random()).toFixed(3)}s"`,
    ),
  ],
];
