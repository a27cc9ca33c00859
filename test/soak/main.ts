// `npm run soak [-- MINUTES]` (default 60): the built program in a real terminal on a real node to which, minute after
// minute, happens what happens in days. Prints what it holds each minute. Fails where the heap grows by more than
// chance, where handles, timers, files or children grow, or where a line is lost.
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {treeOf} from '../bench/peers/process-tree.ts';
import {TerminalProgram} from '../e2e/terminal.ts';
import {docker} from '../node/engine.ts';
import {OwnEngine} from '../node/own-engine.ts';
import {startNode, stopNode, until} from '../node/start-node.ts';
import {manifestDirectory} from '../node/stand-in/pod-manifest.ts';
import {slopeOf} from './slope.ts';

/** What it holds in a quiet moment. */
interface Held {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  /** By kind, as Node names them: timers, sockets, processes. */
  readonly resources: Readonly<Record<string, number>>;
  readonly files: number;
  readonly children: number;
}

const minutes = Number(process.argv[2] ?? 60);
const say = (text: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const scratch = mkdtempSync(join(tmpdir(), 'ktop-soak-'));
const report = join(scratch, 'held.json');

// An engine that may be killed.
const engine = new OwnEngine({bridge: `ktsoak${process.pid % 1e6}`});
await engine.takeOver();
const node = await startNode({clockAheadS: 0});
const limits = 'SystemMaxUse=192M\nSystemMaxFileSize=32M\nRateLimitIntervalSec=0\nRateLimitBurst=0\n';
await node.exec('mkdir', '-p', '/etc/systemd/journald.conf.d');
await node.writeFile('/etc/systemd/journald.conf.d/soak.conf', `[Journal]\n${limits}`);
await node.exec('systemctl', 'restart', 'systemd-journald');
const ktop = TerminalProgram.ktop(
  ['--node', node.name, '--token-file', node.tokenFile, '--pod', '*', '--grep', 'n=\\d*00 |housekeeping'],
  {
    env: {
      KUBECONFIG: '/nonexistent',
      XDG_CONFIG_HOME: scratch,
      XDG_STATE_HOME: scratch,
      XDG_CACHE_HOME: scratch,
      KTOP_SOAK_REPORT: report,
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'inside.mjs')}`,
    },
  },
);

const floodLines = 30_000;
/** A thousand: what is remembered of pods that ended is full in the first third, as it is after days. */
const churned = {rounds: 4, pods: 250};
const sizes = [
  [200, 50],
  [60, 15],
  [40, 8],
  [120, 40],
] as const;
const manifest = (name: string) =>
  JSON.stringify({metadata: {namespace: 'soak', name}, spec: {containers: [{name: 'c', command: ['sleep', '1d']}]}});

/** What happens, one after the other, a minute each. */
const happenings: readonly (readonly [string, (minute: number) => Promise<unknown>])[] = [
  ['the kubelet restarts', () => node.exec('systemctl', 'restart', 'kubelet')],
  [
    'a flood',
    async () => {
      await node.startLogLoad({perSecond: 5000, total: floodLines});
      await sleep(20_000);
      await node.stopLogLoad();
    },
  ],
  [
    'a thousand pods come and go',
    async (minute) => {
      for (let round = 0; round < churned.rounds; round += 1) {
        const names = Array.from({length: churned.pods}, (_, i) => `churn-${minute}-${round}-${i}`);
        const write = names.map((name) => `printf %s '${manifest(name)}' >${manifestDirectory}/${name}.json`).join(';');
        await node.exec('sh', '-c', write);
        await sleep(9_000);
        await node.exec('sh', '-c', `rm -f ${manifestDirectory}/churn-*.json`);
        await sleep(2_000);
      }
    },
  ],
  [
    'the terminal is resized',
    async () => {
      for (let round = 0; round < 20; round += 1) {
        const [columns, rows] = sizes[round % sizes.length] ?? [120, 40];
        ktop.resize(columns, rows);
        await sleep(150);
      }
    },
  ],
  [
    'keys and overlays',
    async () => {
      for (const key of ['?', 'escape', ':', 'escape', 'p', 'escape', '/', 'escape', 'tab', 'z', 'z', 'tab', 'tab']) {
        ktop.press(key);
        await sleep(300);
      }
    },
  ],
  [
    'the journal is cleared',
    async () => {
      ktop.press('c');
      await ktop.waitFor(/y\b.*yes|Yes/i);
      await sleep(100);
      ktop.press('y');
    },
  ],
  ['the node restarts', () => docker('restart', '--time', '1', node.name).then(() => node.ready())],
  ['the engine is killed and comes back', () => engine.kill().then(() => engine.start(true))],
  [
    "the node's clock jumps",
    async () => {
      for (const aheadS of [3600, -90, 0]) {
        await node.setClock(aheadS);
        await sleep(10_000);
      }
    },
  ],
];

async function held(): Promise<Held> {
  rmSync(report, {force: true});
  process.kill(ktop.pid, 'SIGUSR2');
  await until('ktop tells what it holds', () => Promise.resolve(existsSync(report)), 10_000);
  const told = JSON.parse(readFileSync(report, 'utf8')) as Omit<Held, 'children'>;
  return {...told, children: treeOf(ktop.pid).length - 1};
}

const all: Held[] = [];
try {
  await ktop.waitFor(/following/);
  for (let minute = 0; minute < minutes; minute += 1) {
    const ends = Date.now() + 60_000;
    const [what, happen] = happenings[minute % happenings.length] ?? ['nothing', () => Promise.resolve()];
    await happen(minute);
    await sleep(Math.max(10_000, ends - Date.now()));
    const now = await held();
    all.push(now);
    const resources = Object.entries(now.resources).map(([kind, count]) => `${count} ${kind}`);
    say(
      `${what}: heap ${mb(now.heapUsed)} MB, external ${mb(now.external)}, rss ${mb(now.rss)}; ` +
        `${now.files} files, ${now.children} children, ${resources.join(', ')}`,
    );
  }
  say(`the screen at the end:\n${ktop.text}`);
} finally {
  await ktop.dispose();
  await stopNode(node);
  await engine.remove();
  rmSync(scratch, {recursive: true});
}

// The ring fills and code is compiled in the first third.
const settled = all.slice(Math.floor(all.length / 3));
const {perStep, error} = slopeOf(settled.map(({heapUsed}) => heapUsed / 2 ** 20));
say(`heap: ${(perStep * 60).toFixed(2)} MB an hour, standard error ${(error * 60).toFixed(2)}`);
const grows = settled.length > 2 && perStep > 2 * error && perStep * 60 > 1;
// Each step has a time of its own: what grows is more at every one of them in the last third than in the middle one.
const counts = ['files', 'children'] as const;
const middle = settled.slice(0, Math.floor(settled.length / 2));
const last = settled.slice(middle.length);
const growing = counts.filter(
  (name) => Math.min(...last.map((h) => h[name])) > Math.max(...middle.map((h) => h[name])),
);
if (grows || growing.length > 0) {
  say(`grows: ${[...(grows ? ['heap'] : []), ...growing].join(', ')}`);
  process.exitCode = 1;
} else say('nothing grows');
