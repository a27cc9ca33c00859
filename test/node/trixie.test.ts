import {afterAll, afterEach, beforeAll, expect, onTestFinished, test} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import {describeOnNode} from './describe-on-node.ts';
import {clearAll, clearReadOnly, flagThereAndBack, healKubelet, restartMended} from './kubelet-commands.ts';
import {
  announced,
  linesIn,
  missing,
  read,
  readEvents,
  readThroughKills,
  repeated,
  unlimitJournald,
} from './numbered-lines.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const counterFile = '/run/kubelet-load-counter';
const bootFile = '/proc/sys/kernel/random/boot_id';

// What depends on the systemd of the node, on the newest that Debian has released; the other tests run on bookworm's.
describeOnNode('a node with systemd 257', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({suite: 'trixie', pods: []});
    await unlimitJournald(node);
  });
  afterAll(() => stopNode(node));
  afterEach(() => healKubelet(node));

  /** The number of the line that a load logs first. */
  const nextNumber = async () => Number(await node.exec('sh', '-c', `cat ${counterFile} 2>/dev/null || echo 0`));

  test('is what it says', async () => {
    expect(await node.exec('systemctl', '--version')).toMatch(/^systemd 257 /);
  });

  test('every line is there once, whatever is killed or rotated', () => readThroughKills(node, 40_000));

  test('clearing while the journal is followed takes nothing that was read', async () => {
    const from = await nextNumber();
    const reading = read(node);
    await until('the stream follows', () => Promise.resolve(reading.following));
    const log = async (upTo: number) => {
      await node.startLogLoad({perSecond: 2000, total: upTo});
      await until(`line ${upTo} is read`, () => Promise.resolve(reading.highest === upTo - 1));
    };
    await log(from + 2000);
    await clearAll(node);
    await log(from + 4000);
    expect(reading.gaps).toEqual([]);
    expect(missing(reading, from, from + 4000)).toEqual([]);
    // And while lines come: what goes before it was read is told.
    const cleared = log(from + 14_000);
    await until('lines come', () => Promise.resolve(reading.highest > from + 5000));
    await clearAll(node);
    await cleared;
    const lost = () => missing(reading, from, from + 14_000).length;
    await until('each loss is told', () => Promise.resolve(lost() <= announced(reading)));
    await reading.stop();
    await node.stopLogLoad();
    process.stderr.write(`${lost()} lines went while they were read, gaps tell of ${announced(reading)}\n`);
    expect(announced(reading)).toBeLessThan(lost() + 200);
    expect({repeated: repeated(reading), backwards: reading.backwards}).toEqual({repeated: [], backwards: 0});
  });

  test('a journal that may not be written is not cleared, and that is said', () => clearReadOnly(node));

  test('a kubelet that was flapping and is mended has been restarted', () => restartMended(node));

  test('a flag is set and taken away without a trace', () => flagThereAndBack(node, {args: ['--node', node.name]}));

  test('lines of the boot before are shown where --since reaches that far', async () => {
    const first = await nextNumber();
    const log = async (upTo: number) => {
      await node.startLogLoad({perSecond: 1000, total: upTo});
      const last = ['-u', 'kubelet', '-o', 'cat', '--boot', '--grep', `n=${upTo - 1} `];
      await until('it is in the journal', async () => (await node.exec('journalctl', ...last)) !== '');
      await node.stopLogLoad();
    };
    await log(first + 10);
    // A container has its machine's boot; another is all that journald and journalctl see of a machine that was restarted.
    await node.exec('sh', '-c', `cat /proc/sys/kernel/random/uuid >/run/boot && mount --bind /run/boot ${bootFile}`);
    onTestFinished(async () => {
      await node.exec('sh', '-c', `umount ${bootFile}; systemctl restart systemd-journald`);
    });
    await node.exec('systemctl', 'restart', 'systemd-journald');
    await node.exec('systemctl', 'restart', 'kubelet');
    await node.ready();
    await log(first + 11);
    const current = await node.exec('journalctl', '--boot', '-u', 'kubelet', '-o', 'cat', '--no-pager');
    expect(current).not.toContain(`n=${first + 9} `);
    const numbersIn = (events: readonly Event[]) =>
      linesIn(events)
        .map((line) => Number(/"Numbered line" n=(\d+)/.exec(line)?.[1] ?? NaN))
        .filter((number) => number >= first);
    const events = await readEvents(node, {since: '-1h'}, (soFar) => numbersIn(soFar).includes(first + 10));
    expect(numbersIn(events)).toEqual(Array.from({length: 11}, (_, index) => first + index));
  });
});
