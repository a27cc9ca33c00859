import {afterAll, beforeAll, expect, test} from 'vitest';
import {rowText} from '../../src/model/draw/canvas.ts';
import {CpuPaneModel} from '../../src/model/cpu/cpu-pane-model.ts';
import type {Poll} from '../../src/model/event.ts';
import {parsePodQuery, type PodQuery} from '../../src/model/selection/pod-query.ts';
import {localMs, type LocalMs} from '../../src/model/time.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import {PollJoin} from '../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../src/sources/stats/summary.ts';
import {account} from './accounting.ts';
import {describeOnNode} from './describe-on-node.ts';
import {busyPod, idlePod, startNode, stopNode, until, type TestNode} from './start-node.ts';

describeOnNode('the CPU pane of a real node', () => {
  let node: TestNode;
  let kubelet: Awaited<ReturnType<typeof openKubelet>>;
  beforeAll(async () => {
    node = await startNode({kubeletFlags: ['--v=2', '--housekeeping-interval=6s'], pods: [busyPod, idlePod]});
    kubelet = await openKubelet(node);
  });
  afterAll(async () => {
    await kubelet.close();
    await stopNode(node);
  });

  test("shows a pinned process within 3 % of the cgroup's own accounting", async () => {
    const state = JSON.parse(await node.exec('cat', '/run/ktop-test-pods/cpuload.json')) as {
      containers: {cgroupPath: string}[];
    };
    const path = state.containers[0]?.cgroupPath ?? '';
    const accounting = account(node, path);
    const model = paneModelOf({pods: ['cpuload'], containers: ['load']});
    const shown: {fromMs: number; toMs: number; millicores: number}[] = [];
    let before = Number.NaN;
    await until(
      'two samples are shown',
      async () => {
        const poll = await kubelet.poll();
        model.apply({type: 'poll', poll});
        const sample = poll.samples.find(({target}) => target.container === 'load');
        if (sample?.precision !== 'ms' || sample.at === before) return null;
        const figure = /^A cpuload load +(\d+)m/.exec(draw(model, localMs(sample.at)).at(-1) ?? '')?.[1];
        // Fresh after its start the kubelet answers with the runtime's own values of each moment: these are no intervals.
        if (figure !== undefined && sample.at - before > 3_000)
          shown.push({fromMs: before, toMs: sample.at, millicores: Number(figure)});
        before = sample.at;
        return shown.length === 2;
      },
      90_000,
    );
    const usageAt = await accounting.end();
    for (const {fromMs, toMs, millicores} of shown) {
      const accounted = (usageAt(toMs) - usageAt(fromMs)) / (toMs - fromMs) / 1e3;
      expect(Math.abs(millicores - accounted) / accounted).toBeLessThan(0.03);
    }
  });

  test('watches for a pod that is not there yet, and breaks its line when it is made anew', async () => {
    const late = {
      metadata: {namespace: 'default', name: 'late'},
      spec: {containers: [{name: 'late', command: ['sh', '-c', 'while :; do :; done'], cpuLimitMillicores: 50}]},
    };
    const model = paneModelOf({pods: ['late']});
    const see = async () => {
      const poll = await kubelet.poll();
      model.apply({type: 'poll', poll});
      return draw(model, poll.receivedAt).join('\n');
    };
    expect(await see()).toContain('no such pod yet: late');
    await node.addPod(late);
    await until('it is drawn', async () => / late +\d+(\.\d)?m /.test(await see()));
    await node.removePod('late');
    await until('it has ended', async () => (await see()).includes('ended'));
    await node.addPod(late);
    await until('it is drawn again, after a break', async () => /╳[^]* late +\d+(\.\d)?m .* \d+s/.test(await see()));
  });
});

async function openKubelet(node: TestNode) {
  const found = await findNode({node: node.name, tokenFile: node.tokenFile});
  const route = await found.openRoute(AbortSignal.timeout(10_000));
  const join = new PollJoin();
  return {
    poll: async (): Promise<Poll> => {
      const resource = await route.get('/metrics/resource');
      const summary = await route.get('/stats/summary?only_cpu_and_memory=true');
      return join.join({
        sentAt: resource.sentAt,
        receivedAt: summary.receivedAt,
        summary: parseSummary(summary.body),
        resource: parseResourceMetrics(resource.body),
      });
    },
    close: async () => {
      await route.close();
      await found.close();
    },
  };
}

function paneModelOf(query: Partial<PodQuery>): CpuPaneModel {
  const selection = parsePodQuery({pods: [], labels: null, containers: [], top: null, ...query});
  if ('problem' in selection) throw new Error(selection.problem);
  return new CpuPaneModel(selection);
}

function draw(model: CpuPaneModel, now: LocalMs): string[] {
  const view = model.view({width: 67, height: 17}, {now, unicode: true, utcOffsetMs: 0});
  return view.rows.map(rowText);
}
