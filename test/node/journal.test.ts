import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {
  account,
  announced,
  journalFiles,
  linesIn,
  missing,
  read,
  readEvents,
  readThroughKills,
  repeated,
  unlimitJournald,
} from './numbered-lines.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const warningOf = (events: readonly Event[]) => {
  const last = events.findLast((event) => event.type === 'journal-stream');
  return last?.state.kind === 'following' ? last.state.warning : undefined;
};
describeOnNode('the journal of a real node at 5 000 lines a second', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({pods: []});
    await unlimitJournald(node);
  });
  afterAll(() => stopNode(node));

  test('every line is there once, whatever is killed or rotated', () => readThroughKills(node, 100_000));

  test('what a vacuum takes is shown as a gap with its size', async () => {
    // The numbers go on where the first test ended.
    const [from, total] = [100_000, 160_000];
    const reading = read(node);
    await until('the stream follows', () => Promise.resolve(reading.following));
    await node.startLogLoad({perSecond: 5000, total});
    const reached = (number: number) => until(`line ${number}`, () => Promise.resolve(reading.highest >= number));
    await reached(110_000);
    for (const number of [114_000, 118_000, 122_000]) {
      // Cleared while it is read: a file goes before journalctl has read its end. Held up, it has more to miss.
      const clear = 'journalctl --rotate && journalctl --vacuum-time=1s';
      const heldUp = `pkill -STOP -x journalctl; sleep 0.5; ${clear}; pkill -CONT -x journalctl || true`;
      await node.exec('sh', '-c', number >= 118_000 ? heldUp : clear);
      await reached(number);
    }
    const soFar = reading.highest;
    const isTold = () => Promise.resolve(missing(reading, from, soFar).length <= announced(reading));
    await until('each loss is told', isTold).catch(async (error: unknown) => {
      throw new Error(`${account(reading, from, soFar)}; the node: ${await journalFiles(node)}`, {cause: error});
    });
    const [lostReading, toldReading] = [missing(reading, from, soFar).length, announced(reading)];
    expect(toldReading).toBeLessThan(lostReading + 200);
    // Cleared while nobody reads: journalctl is held up, the entries go, then it is killed.
    // There is none for a moment where it has just been started again.
    await until('journalctl is held up', () => node.exec('pkill', '-STOP', '-x', 'journalctl').then(() => true));
    await node.exec(
      'sh',
      '-c',
      'sleep 2.5; journalctl --rotate; sleep 1.5; journalctl --rotate; journalctl --vacuum-time=1s',
    );
    await node.exec('pkill', '-KILL', 'journalctl');
    await reached(total - 1);
    await reading.stop();
    await node.stopLogLoad();
    const lost = missing(reading, soFar, total);
    const told = announced(reading) - toldReading;
    process.stderr.write(
      `${lostReading} lines went while they were read, gaps tell of ${toldReading}; ` +
        `${lost.length} went while nobody read, gaps tell of ${told}\n`,
    );
    expect(repeated(reading)).toEqual([]);
    expect(lost.length).toBeGreaterThan(0);
    expect(told).toBeGreaterThanOrEqual(lost.length);
    expect(told).toBeLessThan(lost.length + 2000);
  });

  test('a pattern that the node filters by hides no restart', async () => {
    const started = (lines: readonly string[]) => lines.filter((line) => line.startsWith('Started kubelet')).length;
    const listens = (lines: readonly string[]) => lines.filter((line) => line.includes('Starting to listen')).length;
    let before: readonly string[] | null = null;
    const events = await readEvents(node, {sourceGrep: 'starting to listen'}, (soFar) => {
      const follows = soFar.some((event) => event.type === 'journal-stream' && event.state.kind === 'following');
      if (before === null && follows) {
        before = linesIn(soFar);
        void node.exec('systemctl', 'restart', 'kubelet');
      }
      const lines = linesIn(soFar);
      return before !== null && started(lines) > started(before) && listens(lines) > listens(before);
    });
    expect(linesIn(events).filter((line) => !/^Start|^Stopping|Starting to listen/.test(line))).toEqual([]);
  }, 60_000);

  test('without a pattern that the node can use, all lines come, with a word on why', async () => {
    const followed = (events: readonly Event[]) => warningOf(events) !== undefined && linesIn(events).length > 0;
    const bad = await readEvents(node, {sourceGrep: 'pod ('}, followed);
    expect(warningOf(bad)).toContain('Bad pattern "pod (": missing closing parenthesis');
    // What a journalctl says that was built without PCRE2 (systemd, journalctl.c).
    const without = 'case "$*" in *--grep*) echo "Compiled without pattern matching support" >&2; exit 1;; esac';
    await node.writeFile('/usr/local/bin/journalctl', `#!/bin/sh\n${without}\nexec /usr/bin/journalctl "$@"\n`);
    await node.exec('chmod', '755', '/usr/local/bin/journalctl');
    const plain = await readEvents(node, {sourceGrep: 'pod'}, followed);
    await node.exec('rm', '/usr/local/bin/journalctl');
    expect(warningOf(plain)).toContain('Compiled without pattern matching support');
  }, 60_000);

  test('loses no line over a restart of the node', async () => {
    const reading = read(node);
    await node.startLogLoad({perSecond: 500, total: 1_000_000});
    await until('lines come', () => Promise.resolve(reading.counts.size > 200));
    await docker('restart', '--time', '2', node.name);
    await node.ready();
    // The load and its counter lay on /run, which is empty now.
    await node.exec('sh', '-c', 'echo 2000000 >/run/kubelet-load-counter');
    await node.startLogLoad({perSecond: 5000, total: 2_010_000});
    await until('the last line', () => Promise.resolve(reading.highest === 2_009_999));
    await reading.stop();
    const before = [...reading.counts.keys()].filter((number) => number < 2_000_000).sort((a, b) => a - b);
    expect(missing(reading, before[0] ?? NaN, before.at(-1) ?? NaN)).toEqual([]);
    expect(missing(reading, 2_000_000, 2_010_000)).toEqual([]);
    expect(repeated(reading)).toEqual([]);
  });
});
