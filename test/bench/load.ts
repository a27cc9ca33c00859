// What watching costs the node, beside what one would type: `watch -n1` over curl and jq.
import {whyNoEngine} from '../node/engine.ts';
import {idlePod, startNode, stopNode, type TestNode} from '../node/start-node.ts';
import {TerminalProgram} from '../e2e/terminal.ts';
import {ktopOn, say, type Peer} from './peers/watched.ts';

/** Since the node was started, as it counts itself. */
interface Load {
  readonly requests: number;
  /** Processes, with the threads that they started. */
  readonly processes: number;
  /** Sent over its networks. */
  readonly bytes: number;
  /** Processor time of all that runs there. */
  readonly cpuMs: number;
}

const settleS = 60;
const minutes = 1;
const bar = 0.5;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const why = whyNoEngine();
if (why !== null) say(`skipped: ${why}`);
else {
  const node = await startNode({pods: [idlePod]});
  try {
    const nobody = await loadOf(node, null);
    const typed = await loadOf(node, byHand(node));
    const ours = await loadOf(node, ktopOn('ktop', node));
    for (const what of ['requests', 'processes', 'bytes', 'cpuMs'] as const) {
      const [own = 0, peer = 0] = [ours, typed].map((load) => Math.max(0, load[what] - nobody[what]));
      const ratio = (own / peer).toFixed(2);
      const told = `${own.toFixed(0)} a minute, by hand ${peer.toFixed(0)}: ${ratio} × as much`;
      say(`${what.padEnd(10)}${told}${what === 'cpuMs' ? '' : ` (bar ${bar})`}`);
    }
  } finally {
    await stopNode(node);
  }
}

/** As one types it into a pane, on the node because its address is reached nowhere else on other systems. */
function byHand({name, token}: TestNode): Peer {
  const curl = `docker exec ${name} curl -sk -H "Authorization: Bearer ${token}" https://127.0.0.1:10250/stats/summary`;
  const filter = '.pods[] | "\\(.podRef.name) \\(.cpu.time) \\(.cpu.usageNanoCores)"';
  return {
    name: 'watch -n1 curl | jq',
    start: () => new TerminalProgram('watch', ['-n1', `${curl} | jq -r '${filter}'`]),
  };
}

/** What a minute of it costs. */
async function loadOf(node: TestNode, peer: Peer | null): Promise<Load> {
  const program = peer?.start();
  await sleep(settleS * 1000);
  const before = await counted(node);
  await sleep(minutes * 60_000);
  const after = await counted(node);
  await program?.dispose();
  const aMinute = (what: keyof Load) => (after[what] - before[what]) / minutes;
  return {
    requests: aMinute('requests'),
    processes: aMinute('processes'),
    bytes: aMinute('bytes'),
    cpuMs: aMinute('cpuMs'),
  };
}

async function counted(node: TestNode): Promise<Load> {
  // The last number is that of the process that was started last, as this pid namespace counts them.
  const script = `
    awk '{print $5}' /proc/loadavg
    cat /sys/class/net/*/statistics/tx_bytes | awk '{sum += $1} END {print sum}'
    cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null | head -n 1
    curl -sk -H "Authorization: Bearer $1" https://127.0.0.1:10250/metrics | grep requests
  `;
  const [processes, bytes, cpu = '', requests] = (await node.exec('sh', '-c', script, 'count', node.token)).split('\n');
  const used = Number(cpu.split(' ').at(-1));
  return {
    processes: Number(processes),
    bytes: Number(bytes),
    cpuMs: cpu.startsWith('usage_usec') ? used / 1e3 : used / 1e6,
    requests: Number(requests?.split(' ')[1]),
  };
}
