// 110 pods of 3 containers, polled once a second: the answers' text to the drawn frame. Prints one line.
import {Writable} from 'node:stream';
import {Box, render} from 'ink';
import {CpuPane} from '../../src/components/cpu-pane.tsx';
import {HousekeptCgroup} from '../../src/demo/housekeeping.ts';
import {resourceMetrics, statsSummary, type ServedNode} from '../../src/demo/kubelet-stats.ts';
import {CpuPaneModel} from '../../src/model/cpu/cpu-pane-model.ts';
import {parsePodQuery} from '../../src/model/selection/pod-query.ts';
import {localMs} from '../../src/model/time.ts';
import {PollJoin} from '../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../src/sources/stats/summary.ts';

const pods = 110;
const containersPerPod = 3;
const warmUpPolls = 120;
const polls = 120;
const startMs = Date.UTC(2026, 10, 23, 12);
const width = 67;
const height = 18;

interface Answers {
  readonly atMs: number;
  readonly summary: string;
  readonly metrics: string;
}

/** What the kubelet would answer each second, made before anything is measured. */
function answersOf(count: number): Answers[] {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let nowMs = startMs;
  const ticking: {cgroup: HousekeptCgroup; nextMs: number}[] = [];
  const cgroup = (path: string) => {
    const share = random() * 2e8;
    const read = () => ({
      cpuNs: Math.round(((nowMs - startMs) / 1_000) * share),
      usageBytes: 2 ** 26,
      workingSetBytes: 2 ** 25,
      rssBytes: 2 ** 24,
      pageFaults: 100,
      majorPageFaults: 0,
    });
    const made = new HousekeptCgroup(path, read, {baseMs: 10_000, maxMs: 15_000}, random, nowMs);
    ticking.push({cgroup: made, nextMs: nowMs});
    return made;
  };
  const node: ServedNode = {
    name: 'bench',
    bootedAtMs: startMs - 1e6,
    root: cgroup('/'),
    kubepods: cgroup('/kubepods'),
    kubelet: cgroup('/kubelet'),
    pods: Array.from({length: pods}, (_, pod) => ({
      namespace: `team-${pod % 7}`,
      name: `service-${pod}-7d9f8c6b5-x7k2p`,
      uid: `uid-${pod}`,
      startedAtMs: startMs - 1e5,
      cgroup: cgroup(`/kubepods/${pod}`),
      containers: Array.from({length: containersPerPod}, (_, container) => ({
        name: `container-${container}`,
        startedAtMs: startMs - 1e5,
        memoryLimitBytes: null,
        cgroup: cgroup(`/kubepods/${pod}/${container}`),
      })),
    })),
  };
  return Array.from({length: count}, (_, s) => {
    const untilMs = startMs + s * 1_000;
    for (const each of ticking) {
      while (each.nextMs <= untilMs) {
        nowMs = each.nextMs;
        each.nextMs += each.cgroup.tick(nowMs).waitMs;
      }
    }
    nowMs = untilMs;
    return {atMs: nowMs, summary: statsSummary(node, nowMs), metrics: resourceMetrics(node, nowMs)};
  });
}

const answers = answersOf(warmUpPolls + polls);
const selection = parsePodQuery({pods: ['*'], labels: null, containers: [], top: null});
if ('problem' in selection) throw new Error(selection.problem);
const model = new CpuPaneModel(selection);
const join = new PollJoin();
let written = 0;
const screen = Object.assign(
  new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.length;
      done();
    },
  }),
  {columns: width, rows: height + 2, isTTY: true},
);

function Frame({atMs}: {readonly atMs: number}) {
  const view = model.view({width, height: height - 1}, {now: localMs(atMs), unicode: true, utcOffsetMs: 0});
  return (
    <Box width={width} height={height} flexDirection="column">
      <CpuPane view={view} banner={null} focused width={width} height={height} />
    </Box>
  );
}

const instance = render(<Frame atMs={startMs} />, {
  stdout: screen as unknown as NodeJS.WriteStream,
  incrementalRendering: true,
  maxFps: 1_000,
  interactive: true,
});

async function play(some: readonly Answers[]): Promise<number> {
  const before = process.cpuUsage();
  for (const {atMs, summary, metrics} of some) {
    const poll = join.join({
      sentAt: localMs(atMs),
      receivedAt: localMs(atMs),
      summary: parseSummary(summary),
      resource: parseResourceMetrics(metrics),
    });
    model.apply({type: 'poll', poll});
    instance.rerender(<Frame atMs={atMs} />);
    await instance.waitUntilRenderFlush();
  }
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1_000 / some.length;
}

const coldMs = await play(answers.slice(0, warmUpPolls));
const warmMs = await play(answers.slice(warmUpPolls));
instance.unmount();
const bytes = (answers[0]?.summary.length ?? 0) + (answers[0]?.metrics.length ?? 0);
const percent = (ms: number) => `${(ms / 10).toFixed(2)} %`;
console.log(
  `cpu pane: ${pods} pods × ${containersPerPod} containers, both endpoints (${Math.round(bytes / 1_024)} KiB) parsed, folded ` +
    `and drawn once a second: ${percent(warmMs)} of a core (first two minutes ${percent(coldMs)}; bar 3 %), ` +
    `${Math.round(written / answers.length)} bytes a frame`,
);
