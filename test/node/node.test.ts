import {afterAll, beforeAll, expect, test} from 'vitest';
import {describeOnNode} from './describe-on-node.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

// The proving ground itself: what the other tests on a node take for granted.
describeOnNode('the test node', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({kubeletFlags: ['--v=3', '--housekeeping-interval=1s']});
  });
  afterAll(() => stopNode(node));

  const get = (path: string, token = node.token) =>
    node.exec('curl', '-ks', '-H', `Authorization: Bearer ${token}`, `https://127.0.0.1:10250${path}`);
  const metric = async (line: RegExp) => {
    const found = line.exec(await get('/metrics/resource'));
    return found === null ? null : {value: Number(found[1]), atMs: Number(found[2])};
  };

  test('serves the CPU of real processes, sampled at housekeeping ticks', async () => {
    const busy = /^container_cpu_usage_seconds_total\{container="load".*\} (\S+) (\d+)$/m;
    // Until cAdvisor has two samples the values are the runtime's own and their time moves at every request.
    const first = await until('the samples stand still', async () => {
      const [one, two] = [await metric(busy), await metric(busy)];
      return one?.atMs === two?.atMs ? one : null;
    });
    const next = await until('the next tick', async () => {
      const sample = await metric(busy);
      return sample?.atMs === first.atMs ? null : sample;
    });
    const millicores = (next.value - first.value) / ((next.atMs - first.atMs) / 1e6);
    // The kernel holds it to 150; a machine with other things to do may give it less.
    expect(millicores).toBeGreaterThan(20);
    expect(millicores).toBeLessThan(200);
  });

  test('logs through the real journald, and systemd restarts it', async () => {
    await node.exec('systemctl', 'restart', 'kubelet');
    await node.ready();
    const journal = await node.exec('journalctl', '-u', 'kubelet', '-o', 'cat', '--no-pager');
    expect(journal).toMatch(/BJOSV housekeeping container="\/kubepods\/besteffort\/pod\S+" interval=1s next=1\.\d+s/);
    expect(journal.match(/Started kubelet\.service/g)).toHaveLength(2);
  });

  test('keeps pods running over a restart of the kubelet, and follows its manifests', async () => {
    const pid = async () => (await node.exec('pgrep', '-f', 'while :; do :; done')).trim();
    const before = await pid();
    await node.exec('systemctl', 'restart', 'kubelet');
    await node.ready();
    expect(await pid()).toBe(before);

    await node.addPod({
      metadata: {namespace: 'default', name: 'late'},
      spec: {containers: [{name: 'late', command: ['sleep', '1234']}]},
    });
    await until('the new pod is served', async () => (await get('/metrics/resource')).includes('pod="late"'));
    await node.removePod('late');
    await until('it is gone', async () => !(await get('/metrics/resource')).includes('pod="late"'));
    expect(await node.countProcesses('sleep 1234')).toBe(0);
  });

  test('logs numbered lines as the kubelet, each once', async () => {
    await node.startLogLoad({perSecond: 5000, total: 5000});
    const lines = await until('all are in the journal', async () => {
      const found = await node.exec(
        'journalctl',
        '-u',
        'kubelet',
        '-o',
        'cat',
        '--no-pager',
        '--grep',
        'Numbered line',
      );
      const numbers = [...found.matchAll(/n=(\d+)/g)].map((match) => Number(match[1]));
      return numbers.length >= 5000 && numbers;
    });
    await node.stopLogLoad();
    expect(lines).toEqual(Array.from({length: 5000}, (_, index) => index));
  });

  test('refuses callers as a kubelet does', async () => {
    expect(await get('/stats/summary', 'nobody')).toBe('Unauthorized');
  });
});
