import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import type {TruthTarget} from '../../src/model/truth/cgroup-paths.ts';
import {findNode} from '../../src/nodes/find-node.ts';
import {followTruth} from '../../src/sources/truth/follow-truth.ts';
import {describeOnNode} from './describe-on-node.ts';
import {busyPod, idlePod, startNode, stopNode, until, type TestNode} from './start-node.ts';

type Truth = Extract<Event, {type: 'truth'}>;

/** On the node: prints `unix-ms nanoseconds` of a cgroup's own accounting every 5 ms, until `/run/accounted` is there. */
const accountant = `
  const {existsSync, readFileSync} = require('node:fs');
  const [path] = process.argv.slice(1);
  const unified = '/sys/fs/cgroup' + path + '/cpu.stat';
  const read = existsSync(unified)
    ? () => 1000 * /usage_usec (\\d+)/.exec(readFileSync(unified, 'utf8'))[1]
    : () => Number(readFileSync('/sys/fs/cgroup/cpuacct' + path + '/cpuacct.usage', 'utf8'));
  setInterval(() => console.log(performance.timeOrigin + performance.now(), read()), 5);
  setInterval(() => existsSync('/run/accounted') && process.exit(0), 200);
  setTimeout(() => process.exit(0), 150_000);
`;

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
    const account = node.exec('/opt/ktop-test/node', '-e', accountant, container?.cgroupPath ?? '');
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
    await node.exec('touch', '/run/accounted');
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
