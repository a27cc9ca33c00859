import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {docker, whyNoEngine} from './engine.ts';
import {announced, missing, read, repeated} from './numbered-lines.ts';
import {OwnEngine, whyNoOwnEngine} from './own-engine.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const why = whyNoEngine() ?? whyNoOwnEngine();
if (why !== null) process.stderr.write(`\n*** SKIPPED: no engine was killed under the journal: ${why} ***\n\n`);

describe.skipIf(why !== null)('the journal while the container engine is killed', () => {
  const engine = new OwnEngine();
  let node: TestNode;
  beforeAll(async () => {
    await engine.takeOver();
    node = await startNode({pods: []});
    const config = '[Journal]\nRateLimitIntervalSec=0\nRateLimitBurst=0\n';
    await node.exec('mkdir', '-p', '/etc/systemd/journald.conf.d');
    await node.writeFile('/etc/systemd/journald.conf.d/unlimited.conf', config);
    await node.exec('systemctl', 'restart', 'systemd-journald');
  });
  afterAll(async () => {
    await stopNode(node);
    await engine.remove();
  });

  test('every line is there once, whether the node lives on or goes down with the engine', async () => {
    const reading = read(node);
    const reached = (number: number) => until(`line ${number}`, () => Promise.resolve(reading.highest >= number));
    await until('the stream follows', () => Promise.resolve(reading.following));
    await node.startLogLoad({perSecond: 5000, total: 90_000});
    await reached(5000);
    await engine.kill();
    await engine.start(true);
    await reached(15_000);
    const machine = Number(await docker('inspect', '--format', '{{.State.Pid}}', node.name));
    await engine.kill();
    // An engine without live-restore would stop the node when it comes back, and wait ten seconds for it.
    process.kill(machine, 'SIGKILL');
    await engine.start(false);
    await until('the node is started', async () => (await docker('start', node.name)) !== '');
    await node.ready();
    await node.exec('sh', '-c', 'echo 100000 >/run/kubelet-load-counter');
    await node.startLogLoad({perSecond: 5000, total: 102_000});
    await reached(101_999);
    await reading.stop();
    // What came to the journal before the node went down.
    const kept = await node.exec('sh', '-c', 'journalctl -u kubelet -o cat | grep -o "Numbered line. n=[0-9]*"');
    const numbers = kept
      .trim()
      .split('\n')
      .map((line) => Number(line.split('=')[1]));
    const before = Math.max(...numbers.filter((number) => number < 100_000));
    process.stderr.write(`the node went down at line ${before}, the follower began ${reading.reconnects} times anew\n`);
    expect(numbers).toHaveLength(before + 1 + 2000);
    expect([...missing(reading, 0, before + 1), ...missing(reading, 100_000, 102_000)]).toEqual([]);
    expect(repeated(reading)).toEqual([]);
    expect(announced(reading)).toBe(0);
    expect(reading.reconnects).toBeGreaterThanOrEqual(2);
    await until('no journalctl is left on the node', async () => (await node.countProcesses('journalctl')) === 0);
  });
});
