import type {TestNode} from './start-node.ts';

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

/** Begins to read a cgroup's own accounting on the node; ended, it tells the nanoseconds used until a time (unix ms). */
export function account(node: TestNode, cgroupPath: string): {end: () => Promise<(atMs: number) => number>} {
  const read = node.exec('/opt/ktop-test/node', '-e', accountant, cgroupPath);
  return {
    end: async () => {
      await node.exec('touch', '/run/accounted');
      const readings = (await read)
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number));
      return (atMs) => {
        const after = readings.findIndex(([ms = 0]) => ms >= atMs);
        const [toMs = 0, to = 0] = readings[after] ?? [];
        const [fromMs = 0, from = 0] = readings[after - 1] ?? [];
        return from + ((to - from) * (atMs - fromMs)) / (toMs - fromMs);
      };
    },
  };
}
