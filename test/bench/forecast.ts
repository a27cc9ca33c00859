// What the forecast costs a poll on a full node of cgroup v2: 110 pods of 3 containers, 440 timers, polled each second.
import {HousekeepingPaneModel} from '../../src/model/housekeeping/housekeeping-pane-model.ts';
import {localMs} from '../../src/model/time.ts';
import {PollJoin} from '../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../src/sources/stats/summary.ts';
import type {Activity} from '../model/housekeeping/synthetic-cgroup.ts';
import {syntheticNode, syntheticPoll} from '../model/housekeeping/synthetic-node.ts';

const t0 = 1_795_464_000_000;
const polls = 300;
const activities: readonly Activity[] = ['busy', 'idle', 'bursty'];
const targets = Array.from({length: 110}, (_, pod) =>
  [null, 'a', 'b', 'c'].map((container, i) => ({
    target: {namespace: 'default', pod: `workload-7d4b9c6f5-${pod}`, container},
    activity: activities[(pod + i) % 3] ?? 'busy',
  })),
).flat();
const node = syntheticNode({
  seed: 1,
  durationMs: (polls + 60) * 1000,
  kubelets: [{fromMs: 0, baseMs: 10_000}],
  targets,
  pressure: true,
});

const model = new HousekeepingPaneModel(() => targets.slice(0, 4).map(({target}) => target));
const spent = {observe: 0, pace: 0, table: 0, view: 0, all: 0, parse: 0};
const join = new PollJoin();

for (let i = 0; i < polls; i++) {
  const now = localMs(t0 + 30_000 + i * 1000);
  const poll = syntheticPoll(node, now);
  const bodies = answersOf(poll);
  measure('parse', i, () =>
    join.join({
      sentAt: poll.sentAt,
      receivedAt: poll.receivedAt,
      summary: parseSummary(bodies.summary),
      resource: parseResourceMetrics(bodies.resource),
    }),
  );
  measure('observe', i, () => model.apply({type: 'poll', poll}));
  measure('pace', i, () => model.delayMs(now));
  // What a frame asks first: the order of all targets, and the forecast of the one with the large countdown.
  measure('table', i, () => model.frameMs(now));
  measure('view', i, () => model.view({width: 60, height: 20}, now, true));
  measure('all', i, () => model.forecasts(now));
}

const counted = polls - 60;
for (const [what, ms] of Object.entries(spent)) print(what, ms / counted);
// What the program calls at a poll: the poll is taken in, the next one planned by the forecasts of the watched targets,
// and the frame after it orders all targets and makes the forecasts of the rows that are seen (those are in `view`).
// Nobody asks for the forecasts of all (`all`, beyond those of the view) but a reader of JSON lines who watches all.
print(
  'poll: observe, the next moment, the order of all (bar: 2 ms)',
  (spent.observe + spent.pace + spent.table) / counted,
);

/** The first minute warms the compiler up and is not counted. */
function measure(what: keyof typeof spent, i: number, work: () => unknown): void {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  if (i >= 60) spent[what] += (user + system) / 1000;
}

function print(what: string, ms: number): void {
  process.stdout.write(`${what.padEnd(62)} ${ms.toFixed(3)} ms\n`);
}

/** The poll as the two endpoints would have written it. */
function answersOf({samples}: ReturnType<typeof syntheticPoll>): {summary: string; resource: string} {
  const resource: string[] = [];
  const pods = new Map<string, {podRef: unknown; cpu?: unknown; memory?: unknown; containers: unknown[]}>();
  for (const {target, at, usageCoreNanoSeconds, usageNanoCores, workingSetBytes} of samples) {
    const of = target.container === null ? 'pod' : 'container';
    const labels = `${target.container === null ? '' : `container="${target.container}",`}namespace="${target.namespace}",pod="${target.pod}"`;
    resource.push(`${of}_cpu_usage_seconds_total{${labels}} ${(usageCoreNanoSeconds ?? 0) / 1e9} ${at}`);
    resource.push(`${of}_memory_working_set_bytes{${labels}} ${workingSetBytes ?? 0} ${at}`);
    const time = new Date(at).toISOString();
    const figures = {
      cpu: {time, usageCoreNanoSeconds, usageNanoCores},
      memory: {time, workingSetBytes, usageBytes: workingSetBytes, rssBytes: 1, pageFaults: 2},
    };
    const pod = pods.get(target.pod) ?? {
      podRef: {name: target.pod, namespace: target.namespace, uid: 'u'},
      containers: [],
    };
    pods.set(target.pod, pod);
    if (target.container === null) Object.assign(pod, figures);
    else pod.containers.push({name: target.container, ...figures});
  }
  return {summary: JSON.stringify({pods: [...pods.values()]}), resource: resource.join('\n')};
}
