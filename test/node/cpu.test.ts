import {afterAll, beforeAll, expect, test} from 'vitest';
import {CpuRoom} from '../../src/model/cpu/room.ts';
import {rowText} from '../../src/model/cpu/canvas.ts';
import {parseWish} from '../../src/model/selection/wish.ts';
import {nodeMs, sameClock, toLocalTime} from '../../src/model/time.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import {PollJoin} from '../../src/sources/poll-join.ts';
import {parseResourceMetrics} from '../../src/sources/resource-metrics.ts';
import {parseSummary} from '../../src/sources/stats-summary.ts';
import {describeOnNode} from './describe-on-node.ts';
import {busyPod, idlePod, startNode, stopNode, type TestNode} from './start-node.ts';

/** On the node: prints `unix-ms nanoseconds` of a cgroup's own accounting every 5 ms. */
const accountant = `
  const {existsSync, readFileSync} = require('node:fs');
  const [path, forMs] = process.argv.slice(1);
  const unified = '/sys/fs/cgroup' + path + '/cpu.stat';
  const read = existsSync(unified)
    ? () => 1000 * /usage_usec (\\d+)/.exec(readFileSync(unified, 'utf8'))[1]
    : () => Number(readFileSync('/sys/fs/cgroup/cpuacct' + path + '/cpuacct.usage', 'utf8'));
  setInterval(() => console.log(performance.timeOrigin + performance.now(), read()), 5);
  setTimeout(() => process.exit(0), Number(forMs));
`;

describeOnNode('the CPU pane of a real node', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({kubeletFlags: ['--v=2', '--housekeeping-interval=5s'], pods: [busyPod, idlePod]});
  });
  afterAll(() => stopNode(node));

  test("shows a pinned process within 3 % of the cgroup's own accounting", async () => {
    const state = JSON.parse(await node.exec('cat', '/run/ktop-test-pods/cpuload.json')) as {
      containers: {cgroupPath: string}[];
    };
    const path = state.containers[0]?.cgroupPath ?? '';
    const forMs = 40_000;
    const account = node.exec('/opt/ktop-test/node', '-e', accountant, path, String(forMs));
    const shown = await watchSteps(3, forMs - 5_000);
    const readings = (await account)
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));

    const usageAt = (atMs: number) => {
      const after = readings.findIndex(([ms = 0]) => ms >= atMs);
      const [toMs = 0, to = 0] = readings[after] ?? [];
      const [fromMs = 0, from = 0] = readings[after - 1] ?? [];
      return from + ((to - from) * (atMs - fromMs)) / (toMs - fromMs);
    };
    expect(shown.length).toBeGreaterThanOrEqual(3);
    for (const {fromMs, toMs, millicores} of shown) {
      const accounted = (usageAt(toMs) - usageAt(fromMs)) / (toMs - fromMs) / 1e3;
      expect(Math.abs(millicores - accounted) / accounted).toBeLessThan(0.03);
    }
  });

  /** Polls each second and reads off the drawn legend what the pane shows for each new sample. */
  async function watchSteps(count: number, forMs: number) {
    const found = await findNode({node: node.name, tokenFile: node.tokenFile});
    const route = await found.openRoute(AbortSignal.timeout(10_000));
    const room = roomFor('load');
    const join = new PollJoin();
    const shown: {fromMs: number; toMs: number; millicores: number}[] = [];
    const deadline = Date.now() + forMs;
    let before = Number.NaN;
    while (shown.length < count && Date.now() < deadline) {
      const resource = await route.get('/metrics/resource');
      const summary = await route.get('/stats/summary?only_cpu_and_memory=true');
      const poll = join.join({
        sentAt: resource.sentAt,
        receivedAt: summary.receivedAt,
        summary: parseSummary(summary.body),
        resource: parseResourceMetrics(resource.body),
      });
      room.apply({type: 'poll', poll});
      const sample = poll.samples.find(({target}) => target.container === 'load');
      if (sample?.precision === 'ms' && sample.at !== before) {
        const now = toLocalTime(nodeMs(sample.at + 1), sameClock);
        const view = room.view({width: 67, height: 17}, {now, unicode: true, utcOffsetMs: 0});
        const figure = /^A \S+ +load +(\d+)m/.exec(rowText(view.rows.at(-1) ?? []))?.[1];
        if (figure !== undefined) shown.push({fromMs: before, toMs: sample.at, millicores: Number(figure)});
        before = sample.at;
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    await route.close();
    await found.close();
    return shown;
  }
});

function roomFor(container: string): CpuRoom {
  const selection = parseWish({pods: ['cpuload'], labels: null, containers: [container], top: null});
  if ('problem' in selection) throw new Error(selection.problem);
  return new CpuRoom(selection);
}
