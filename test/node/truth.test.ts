import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import type {TruthTarget} from '../../src/model/truth/cgroup-paths.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import {followTruth} from '../../src/sources/truth/follow-truth.ts';
import {account} from './accounting.ts';
import {describeOnNode} from './describe-on-node.ts';
import {busyPod, idlePod, startNode, stopNode, until, type TestNode} from './start-node.ts';

type Truth = Extract<Event, {type: 'truth'}>;

describeOnNode('what containers really use', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({pods: [busyPod, idlePod]});
  });
  afterAll(() => stopNode(node));

  test('is within 1 % of the accounting over a minute, costs the node next to nothing, and leaves nothing behind', async () => {
    const state = JSON.parse(await node.exec('cat', '/run/ktop-test-pods/cpuload.json')) as {
      uid: string;
      containers: {id: string; cgroupPath: string}[];
    };
    const [container] = state.containers;
    const of = (name: string | null): TruthTarget => ({
      target: {namespace: 'default', pod: 'cpuload', container: name},
      podUid: state.uid,
      containerId: name === null ? null : (container?.id.replace(/^.*:\/\//, '') ?? ''),
    });
    // Ten of them, as many as are ever read.
    const targets = [
      of('load'),
      of(null),
      ...Array.from({length: 8}, (_, i) => ({...of(null), target: {...of(null).target, pod: `p${i}`}})),
    ];
    const accounting = account(node, container?.cgroupPath ?? '');
    const found = await findNode({node: node.name, tokenFile: node.tokenFile});
    if (found.shell.kind === 'none') throw new Error(found.shell.why.problem);
    const stop = new AbortController();
    const truths: Truth[] = [];
    let spentMs = [0, 0];
    const spent = async (): Promise<number> => {
      const script =
        'for p in $(pgrep -f "[k]top-truth ktop-truth|ktop-truth /sys" ); do cat /proc/$p/stat 2>/dev/null; done';
      const lines = (await node.exec('sh', '-c', script)).trim().split('\n');
      // Of all processes of the reader: user and system time in hundredths of a second.
      return lines.reduce(
        (sum, line) =>
          sum +
          line
            .replace(/^.*\) /, '')
            .split(' ')
            .slice(11, 13)
            .reduce((a, b) => a + Number(b) * 10, 0),
        0,
      );
    };
    for await (const event of followTruth({shell: found.shell.shell, targets: () => targets}, stop.signal)) {
      if (event.type === 'truth-state') expect(event.problem).toBeNull();
      if (event.type !== 'truth') continue;
      truths.push(event);
      if (truths.length === 1) spentMs = [await spent(), 0];
      if (truths.length === 62) {
        spentMs = [spentMs[0] ?? 0, await spent()];
        stop.abort();
      }
    }
    const usageAt = await accounting.end();
    const [first, last] = [truths[1], truths.at(-1)];
    const used = (truth: Truth | undefined) => truth?.readings[0]?.usageNs ?? Number.NaN;
    const told = used(last) - used(first);
    const accounted = usageAt(last?.at ?? 0) - usageAt(first?.at ?? 0);
    expect(told).toBeGreaterThan(1e9);
    expect(Math.abs(told - accounted) / accounted).toBeLessThan(0.01);
    const [before = 0, after = 0] = spentMs;
    expect((after - before) / 61_000).toBeLessThan(0.002);
    await found.close();
    await until(
      'nothing of the reader is left',
      async () => (await node.exec('sh', '-c', 'pgrep -f "[k]top-truth" || true')).trim() === '',
    );
  }, 180_000);
});
