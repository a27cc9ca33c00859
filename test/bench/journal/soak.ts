// `node test/bench/journal/soak.ts [MINUTES] [LINES_PER_SECOND]`: the built program in a real terminal against a real
// node whose kubelet logs at a rate, while the node's journal stays small and rotates all the time. Prints memory each
// minute, and at the end whether all lines came.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TerminalProgram} from '../../e2e/terminal.ts';
import {startNode, stopNode} from '../../node/start-node.ts';
import {seenOn} from './full-screen.ts';

const minutes = Number(process.argv[2] ?? 60);
const perSecond = Number(process.argv[3] ?? 5000);
const total = minutes * 60 * perSecond;
const say = (text: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
const mb = (bytes: number) => (bytes / 1_048_576).toFixed(1);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const scratch = mkdtempSync(join(tmpdir(), 'ktop-soak-'));
const reportFile = join(scratch, 'memory.json');
const reporter = join(scratch, 'report-memory.mjs');
// Only the process itself knows its heap.
writeFileSync(
  reporter,
  `import {writeFileSync} from 'node:fs';
  const report = () => writeFileSync(${JSON.stringify(reportFile)},
    JSON.stringify({...process.memoryUsage(), ...process.cpuUsage()}));
  setInterval(report, 1000).unref();`,
);

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  /** Microseconds of processor time. */
  readonly user: number;
  readonly system: number;
}

const node = await startNode();
const limits = 'SystemMaxUse=192M\nSystemMaxFileSize=32M\nRateLimitIntervalSec=0\nRateLimitBurst=0\n';
await node.exec('mkdir', '-p', '/etc/systemd/journald.conf.d');
await node.writeFile('/etc/systemd/journald.conf.d/soak.conf', `[Journal]\n${limits}`);
await node.exec('systemctl', 'restart', 'systemd-journald');
const ktop = TerminalProgram.ktop(
  ['--node', node.name, '--token-file', node.tokenFile, '--pod', '*', '--grep', 'n=\\d*00 |housekeeping'],
  {env: {KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', NODE_OPTIONS: `--import=${reporter}`}},
);
const seen = () => seenOn(ktop);
try {
  await ktop.waitFor(/following/);
  await sleep(5000);
  const seenBefore = seen();
  await node.startLogLoad({perSecond, total});
  const startMs = Date.now();
  let cpuBefore = 0;
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(startMs + minute * 60_000 - Date.now());
    const {rss, heapUsed, external, user, system} = JSON.parse(readFileSync(reportFile, 'utf8')) as Memory;
    const cpu = ((user + system - cpuBefore) / 600_000).toFixed(1);
    cpuBefore = user + system;
    const kept = (await node.exec('du', '-sh', '/var/log/journal')).split('\t')[0];
    say(
      `rss ${mb(rss)} MB, heap ${mb(heapUsed)} MB, external ${mb(external)} MB, CPU ${cpu} %, ` +
        `${seen() - seenBefore} lines seen, ${kept} on the node, ${mb(ktop.raw.length)} MB drawn`,
    );
  }
  await sleep(3000);
  say(`${total} lines were written, ${seen() - seenBefore} seen (the kubelet's own few included)`);
  say(`screen at the end:\n${ktop.text}`);
} finally {
  await ktop.dispose();
  await stopNode(node);
  rmSync(scratch, {recursive: true});
}
