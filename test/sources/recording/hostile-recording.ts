import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Target, targetKey} from '../../../src/model/target.ts';
import {
  type Activity,
  seeded,
  SyntheticCgroup,
  type SyntheticTick,
  ticksBy,
} from '../../model/housekeeping/synthetic-cgroup.ts';

/** A stretch of time in ms since the start of the recording. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What happens on a synthetic node and to its recorder; times in ms since the start. */
export interface Scenario {
  readonly seed: number;
  readonly durationMs: number;
  readonly targets: readonly {
    readonly target: Target;
    readonly activity: Activity;
    /** One cgroup after the other under this name; default: one, all the time. */
    readonly lives?: readonly Span[];
  }[];
  /** Kubelet processes, one after the other. */
  readonly kubelets: readonly {readonly fromMs: number; readonly baseMs: number}[];
  readonly maxMs?: number;
  /** v1.21: no start times, no runtime values at first, no kubelet among the system containers; default v1.32. */
  readonly old?: boolean;
  /** What the journal has of each start. */
  readonly journal?: 'flags' | 'started' | 'none';
  /** What meta.json says; undefined: no such file. */
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly pollMs?: number;
  /** From request to answer; default 10 ms. */
  readonly latencyMs?: (random: () => number) => number;
  readonly missed?: readonly Span[];
  readonly endpoints?: 'both' | 'resource' | 'summary';
  /** How far a clock is ahead of the true time at a moment. */
  readonly nodeAheadMs?: (atMs: number) => number;
  readonly localAheadMs?: (atMs: number) => number;
  /** Mean lateness of a tick. */
  readonly lateMs?: number;
  /** Share of equal-looking comparisons that cAdvisor finds unequal. */
  readonly hidden?: number;
}

/** One tick as cAdvisor made it, in true time. */
interface TrueTick extends SyntheticTick {
  readonly startedMs: number;
}

/** What was asked for at one moment, and which tick of each target the answer showed. */
export interface TruePoll {
  /** The moment by the recorder's clock. */
  readonly localMs: number;
  readonly receivedMs: number;
  readonly shown: readonly {readonly key: string; readonly tick: TrueTick; readonly next: TrueTick | null}[];
}

const epochMs = 1_795_464_000_000;

/** Writes the recording of a scenario into `dir` and returns the truth behind it. */
export function recordScenario(dir: string, scenario: Scenario): TruePoll[] {
  const {durationMs, pollMs = 1000, endpoints = 'both', missed = [], kubelets} = scenario;
  const random = seeded(scenario.seed + 99);
  const runs = scenario.targets.map(({target, activity, lives}, i) => ({
    target,
    key: targetKey(target),
    runs: runsOf(scenario, i, activity, lives),
  }));
  // The kubelet's own cgroup is made anew with each of its processes.
  const processes = kubelets.map(({fromMs}, i) => ({fromMs, untilMs: kubelets[i + 1]?.fromMs ?? Infinity}));
  const kubeletRuns = runsOf(scenario, -1, 'busy', processes);
  const nodeTime = (t: number): number => epochMs + t + (scenario.nodeAheadMs?.(t) ?? 0);
  const localTime = (t: number): number => epochMs + t + (scenario.localAheadMs?.(t) ?? 0);
  const lines: string[] = [];
  const polls: TruePoll[] = [];
  const exchange = (sentMs: number, receivedMs: number, path: string, body: unknown): void => {
    const [sent, received] = [localTime(sentMs) / 1000, localTime(receivedMs) / 1000];
    const answer = body === null ? {status: 0, error: 'closed without response'} : {status: 200, body};
    lines.push(JSON.stringify({sent, received, path, ...answer}));
  };
  for (let t = 1000; t < durationMs; t += pollMs) {
    if (missed.some(({fromMs, untilMs}) => t >= fromMs && t < untilMs)) continue;
    const took = scenario.latencyMs?.(random) ?? 10;
    const kubelet = kubelets.findLast(({fromMs}) => fromMs <= t);
    // A kubelet serves a moment after its start.
    const serves = kubelet !== undefined && t - kubelet.fromMs > (kubelet.fromMs === 0 ? 0 : 700);
    const sampled = t + took / 2;
    const shown = runs.flatMap(({key, target, runs: all}) => {
      const newest = newestOf(all, sampled);
      return newest === null ? [] : [{key, target, ...newest}];
    });
    let at = t;
    if (endpoints !== 'resource') {
      const body = serves ? summaryOf(shown, scenario, sampled, nodeTime, newestOf(kubeletRuns, sampled)?.tick) : null;
      exchange(at, at + took, '/stats/summary?only_cpu_and_memory=true', body);
      at += took;
    }
    if (endpoints !== 'summary') {
      exchange(at + 0.2, at + took, '/metrics/resource', serves ? metricsOf(shown, scenario, sampled, nodeTime) : null);
      at += took;
    }
    if (serves) polls.push({localMs: localTime(at), receivedMs: at, shown});
  }
  mkdirSync(dir, {recursive: true});
  writeFileSync(join(dir, 'polls.jsonl'), `${lines.join('\n')}\n`);
  if (scenario.meta !== undefined) writeFileSync(join(dir, 'meta.json'), JSON.stringify(scenario.meta));
  writeFileSync(join(dir, 'journal.jsonl'), journalOf(scenario, nodeTime));
  return polls;
}

interface Run extends Span {
  readonly ticks: readonly TrueTick[];
}

/** The ticks of one name: a run for each life of its cgroup under each kubelet. */
function runsOf(scenario: Scenario, index: number, activity: Activity, lives: readonly Span[] = [always]): Run[] {
  const {kubelets, durationMs, maxMs, hidden, lateMs} = scenario;
  const draw = seeded(scenario.seed * 7919 + index);
  const runs: Run[] = [];
  for (const life of lives) {
    const cpuNs = Math.floor(draw() * 1e8);
    const cgroup = new SyntheticCgroup(draw, activity, {cpuNs, fromMs: Math.max(0, life.fromMs)});
    for (const [k, {fromMs, baseMs}] of kubelets.entries()) {
      const untilMs = Math.min(kubelets[k + 1]?.fromMs ?? durationMs + 120_000, life.untilMs);
      const firstMs = Math.max(fromMs + 300 + draw() * 900, life.fromMs + draw() * 300);
      const drawn = cgroup.ticks({firstMs, untilMs, baseMs, maxMs, hidden, lateMs});
      const ticks = [...drawn].map((tick): TrueTick => ({...tick, startedMs: life.fromMs}));
      if (ticks.length > 0) runs.push({fromMs: firstMs, untilMs, ticks});
    }
  }
  return runs;
}

const always: Span = {fromMs: -3_600_000, untilMs: Infinity};

type Shown = {readonly target: Target; readonly tick: TrueTick};

/** v1.32 gives the container runtime's own values until cAdvisor has two samples of a container. */
function stampOf({target, tick}: Shown, scenario: Scenario, sampledMs: number): number {
  return scenario.old !== true && target.container !== null && tick.ordinal === 0 ? sampledMs : tick.atMs;
}

function metricsOf(shown: readonly Shown[], scenario: Scenario, at: number, nodeTime: (t: number) => number): string {
  const lines = [
    '# HELP container_cpu_usage_seconds_total [STABLE] x',
    '# TYPE container_cpu_usage_seconds_total counter',
  ];
  for (const one of shown) {
    const {target, tick} = one;
    const stamp = Math.floor(nodeTime(stampOf(one, scenario, at)));
    const of = target.container === null ? 'pod' : 'container';
    const container = target.container === null ? '' : `container="${target.container}",`;
    const labels = `{${container}namespace="${target.namespace}",pod="${target.pod}"}`;
    lines.push(`${of}_cpu_usage_seconds_total${labels} ${tick.cpuNs / 1e9} ${stamp}`);
    lines.push(`${of}_memory_working_set_bytes${labels} ${tick.memory} ${stamp}`);
    if (scenario.old !== true && of === 'container') {
      lines.push(`container_start_time_seconds${labels} ${nodeTime(tick.startedMs) / 1000}`);
    }
  }
  return `${lines.join('\n')}\nresource_scrape_error 0\n`;
}

function summaryOf(
  shown: readonly Shown[],
  scenario: Scenario,
  at: number,
  nodeTime: (t: number) => number,
  kubelet: TrueTick | undefined,
): unknown {
  const second = (ms: number): string => `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
  const pods = new Map<string, Record<string, unknown> & {containers: unknown[]}>();
  for (const one of shown) {
    const {target, tick} = one;
    const time = second(nodeTime(stampOf(one, scenario, at)));
    const figures = {
      startTime: second(nodeTime(tick.startedMs)),
      cpu: {time, usageNanoCores: tick.ordinal === 0 ? 0 : 1000, usageCoreNanoSeconds: tick.cpuNs},
      memory: {
        time,
        usageBytes: tick.memory + 4096,
        workingSetBytes: tick.memory,
        rssBytes: 4096,
        pageFaults: tick.faults,
      },
    };
    const name = `${target.namespace}/${target.pod}`;
    const pod = pods.get(name) ?? {
      podRef: {
        name: target.pod,
        namespace: target.namespace,
        uid: `uid-${name}-${target.container === null ? tick.startedMs : ''}`,
      },
      containers: [],
    };
    pods.set(name, pod);
    if (target.container === null)
      Object.assign(pod, figures, {
        podRef: {name: target.pod, namespace: target.namespace, uid: `uid-${name}-${tick.startedMs}`},
      });
    else pod.containers.push({name: target.container, ...figures});
  }
  const systemContainers: unknown[] = [];
  if (scenario.old !== true && kubelet !== undefined) {
    const cpu = {time: second(nodeTime(kubelet.atMs)), usageNanoCores: 1, usageCoreNanoSeconds: kubelet.cpuNs};
    systemContainers.push({name: 'kubelet', startTime: second(nodeTime(kubelet.startedMs)), cpu});
  }
  return {node: {nodeName: 'synthetic', systemContainers}, pods: [...pods.values()]};
}

function journalOf({journal = 'none', kubelets}: Scenario, nodeTime: (t: number) => number): string {
  if (journal === 'none') return '';
  const lines: string[] = [];
  const entry = (at: number, identifier: string, message: string): void => {
    lines.push(
      JSON.stringify({
        __CURSOR: `s=1;i=${lines.length}`,
        __REALTIME_TIMESTAMP: String(Math.round(nodeTime(at) * 1000)),
        UNIT: 'kubelet.service',
        SYSLOG_IDENTIFIER: identifier,
        PRIORITY: '6',
        MESSAGE: message,
      }),
    );
  };
  for (const {fromMs, baseMs} of kubelets) {
    if (fromMs === 0) continue;
    entry(fromMs, 'systemd', 'Started kubelet.service - kubelet: The Kubernetes Node Agent.');
    if (journal === 'flags')
      entry(fromMs + 60, 'kubelet', `I1124 flags.go:64] FLAG: --housekeeping-interval="${baseMs / 1000}s"`);
  }
  return `${lines.join('\n')}\n`;
}

/** The newest tick that an answer at a moment can show, and the one after it. */
function newestOf(runs: readonly Run[], atMs: number): {tick: TrueTick; next: TrueTick | null} | null {
  const run = runs.find(({fromMs, untilMs}) => atMs >= fromMs && atMs < untilMs);
  if (run === undefined) return null;
  const {ticks} = run;
  const come = ticksBy(ticks, atMs);
  const tick = ticks[come - 1];
  return tick === undefined ? null : {tick, next: ticks[come] ?? null};
}
