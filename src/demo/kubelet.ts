import {HousekeptCgroup, maxHousekeepingIntervalMs, type HousekeepingRule} from './housekeeping.ts';
import {idleRemarks, podEndedRemarks, podStartedRemarks, startRemarks, type Remark} from './chatter.ts';
import type {Journald} from './journald.ts';
import type {ServedNode} from './kubelet-stats.ts';
import {goDuration, klogLine} from './klog.ts';
import {jobPod, readPod, residentPods, startPod, watchPod, type RunningPod, type WatchedPod} from './pods.ts';
import {serving, SimulatedCgroup, sumReadings} from './workload.ts';

export const kubeletVersion = 'v1.36.2';

export interface SimulatedKubeletOptions {
  readonly nodeName: string;
  readonly journal: Journald;
  readonly random: () => number;
  readonly housekeepingIntervalMs: number;
  readonly bootedAtMs: number;
}

const jobLivesMs = 150_000;

/**
 * The simulated kubelet and the pods of its node, as a thing of events: nothing happens by itself, whoever owns the
 * clock calls `advance` at `nextEventAtMs`. So a test can run hours of it at once, and the demo can begin with a past.
 */
export class SimulatedKubelet {
  readonly #options: SimulatedKubeletOptions;
  #rule: HousekeepingRule;
  readonly #system: SimulatedCgroup;
  readonly #self: SimulatedCgroup;
  #pods: RunningPod[];
  #watched: WatchedPod[] = [];
  #root: HousekeptCgroup;
  #kubepods: HousekeptCgroup;
  #kubelet: HousekeptCgroup;
  #slices: HousekeptCgroup[] = [];
  #pid: number | null = null;
  #startedAtMs: number;
  #nextRemarkAtMs: number;
  #remarks = 0;
  #nextJobAtMs: number;
  #job: RunningPod;
  /** What pods that are gone have used: the counters of the slices above them keep it. */
  #ended = sumReadings([]);

  constructor(options: SimulatedKubeletOptions) {
    this.#options = options;
    this.#rule = {baseMs: options.housekeepingIntervalMs, maxMs: maxHousekeepingIntervalMs};
    const {bootedAtMs} = options;
    this.#system = new SimulatedCgroup(serving, bootedAtMs);
    this.#self = new SimulatedCgroup({...serving, millicores: () => 14}, bootedAtMs);
    this.#job = startPod(jobPod(options.random), bootedAtMs, options.random);
    this.#pods = [...residentPods.map((spec) => startPod(spec, bootedAtMs, options.random)), this.#job];
    this.#startedAtMs = bootedAtMs;
    this.#nextRemarkAtMs = bootedAtMs;
    this.#nextJobAtMs = bootedAtMs + jobLivesMs;
    [this.#root, this.#kubepods, this.#kubelet] = this.#watchNode(bootedAtMs);
  }

  /** Null while it does not run. */
  get pid(): number | null {
    return this.#pid;
  }

  /** When the running process, or the one before, started: unix milliseconds. */
  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** The pods that run now. */
  get pods(): readonly RunningPod[] {
    return this.#pods;
  }

  /** What the stats endpoints answer from. */
  get served(): ServedNode {
    return {
      name: this.#options.nodeName,
      bootedAtMs: this.#options.bootedAtMs,
      root: this.#root,
      kubepods: this.#kubepods,
      kubelet: this.#kubelet,
      pods: this.#watched.map((one) => one.served),
    };
  }

  /** A new process: all housekeeping timers start afresh, with its own `--housekeeping-interval`. */
  start(atMs: number, housekeepingIntervalMs = this.#rule.baseMs): void {
    this.#rule = {...this.#rule, baseMs: Math.max(1000, housekeepingIntervalMs)};
    this.#pid = 1000 + Math.floor(this.#options.random() * 30_000);
    this.#startedAtMs = atMs;
    const startRemarksTakeMs = 900;
    startRemarks(kubeletVersion, this.#options.nodeName, this.#pods.length).forEach((remark, index, all) => {
      this.say(remark, atMs + (startRemarksTakeMs * index) / all.length);
    });
    const firstTicksAtMs = atMs + startRemarksTakeMs;
    [this.#root, this.#kubepods, this.#kubelet] = this.#watchNode(firstTicksAtMs);
    this.#watched = this.#pods.map((pod) => this.#watch(pod, firstTicksAtMs));
    this.#nextRemarkAtMs = firstTicksAtMs + 2000;
  }

  /** Ends the process; pods go on, unwatched. */
  stop(): void {
    this.#pid = null;
    this.#watched = [];
  }

  /** When something happens next without being asked for: a tick or a job. Unix milliseconds. */
  get nextEventAtMs(): number {
    if (this.#pid === null) return this.#nextJobAtMs;
    const ticks = this.#cgroups().map((cgroup) => cgroup.nextTickAtMs);
    return Math.min(this.#nextRemarkAtMs, this.#nextJobAtMs, ...ticks);
  }

  /** Lets everything happen that is due by then, in its order. */
  advance(toMs: number): void {
    for (let at = this.nextEventAtMs; at <= toMs; at = this.nextEventAtMs) {
      if (at === this.#nextJobAtMs) this.#replaceJob(at);
      else if (at === this.#nextRemarkAtMs) this.#remark(at);
      else for (const cgroup of this.#cgroups()) if (cgroup.nextTickAtMs === at) this.#tick(cgroup, at);
    }
  }

  /** Writes a line as the kubelet; a stopped one is silent. */
  say(remark: Remark, atMs: number): void {
    const pid = this.#pid;
    if (pid === null) return;
    this.#options.journal.append({
      atMs,
      unit: 'kubelet.service',
      identifier: 'kubelet',
      pid,
      message: klogLine(remark.severity, atMs, pid, remark.source, remark.text),
    });
  }

  #cgroups(): readonly HousekeptCgroup[] {
    const ofPods = this.#watched.flatMap((one) => one.cgroups);
    return [this.#root, this.#kubepods, this.#kubelet, ...this.#slices, ...ofPods];
  }

  /** The line of a debug build that tells cAdvisor's own draw, for what has a name in the stats. */
  #tick(cgroup: HousekeptCgroup, atMs: number): void {
    const {intervalMs, waitMs} = cgroup.tick(atMs);
    if (
      !this.#watched.some(
        ({served}) => cgroup === served.cgroup || served.containers.some((one) => one.cgroup === cgroup),
      )
    )
      return;
    const text =
      `BJOSV housekeeping container="${cgroup.name}" ` +
      `interval=${goDuration(intervalMs)} next=${goDuration(waitMs)}`;
    this.say({severity: 'I', source: 'container.go:571', text}, atMs);
  }

  #remark(atMs: number): void {
    const {random} = this.#options;
    for (const [index, remark] of idleRemarks(this.#pods, this.#remarks, random).entries())
      this.say(remark, atMs + index);
    this.#remarks += 1;
    this.#nextRemarkAtMs = atMs + 2000 + 6000 * random();
  }

  #replaceJob(atMs: number): void {
    const ended = this.#job;
    this.#ended = sumReadings([this.#ended, {...readPod(ended, atMs), usageBytes: 0, workingSetBytes: 0, rssBytes: 0}]);
    this.#job = startPod(jobPod(this.#options.random), atMs, this.#options.random);
    this.#pods = [...this.#pods.filter((pod) => pod !== ended), this.#job];
    this.#nextJobAtMs = atMs + jobLivesMs;
    if (this.#pid === null) return;
    const remarks = [...podEndedRemarks(ended), ...podStartedRemarks(this.#job)];
    for (const [index, remark] of remarks.entries()) this.say(remark, atMs + 3 * index);
    this.#watched = [...this.#watched.filter((one) => one.pod !== ended), this.#watch(this.#job, atMs + 500)];
  }

  #watch(pod: RunningPod, atMs: number): WatchedPod {
    return watchPod(pod, this.#rule, this.#options.random, atMs);
  }

  #watchNode(atMs: number): [HousekeptCgroup, HousekeptCgroup, HousekeptCgroup] {
    const {random} = this.#options;
    const watch = (name: string, read: (at: number) => ReturnType<typeof sumReadings>) =>
      new HousekeptCgroup(name, read, this.#rule, random, atMs + 40 * random());
    const podsOf = (qos: string) => (at: number) => {
      const pods = this.#pods.filter((pod) => qos === '' || pod.spec.qos === qos);
      return sumReadings([...(qos === 'besteffort' ? [] : [this.#ended]), ...pods.map((pod) => readPod(pod, at))]);
    };
    this.#slices = [
      watch('/kubepods/burstable', podsOf('burstable')),
      watch('/kubepods/besteffort', podsOf('besteffort')),
    ];
    return [
      watch('/', (at) => sumReadings([podsOf('')(at), this.#system.read(at), this.#self.read(at)])),
      watch('/kubepods', podsOf('')),
      watch('/system.slice/kubelet.service', (at) => this.#self.read(at)),
    ];
  }
}
