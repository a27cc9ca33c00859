// How long a kubelet of 80 MB takes to the node, step by step, beside what it is by hand: the engine's own copy or scp, and
// a restart until the kubelet is healthy. Needs Docker and a C compiler.
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buildKubelet, installKubelet, whyNoCompiler} from '../node/elf-kubelet.ts';
import {whyNoEngine} from '../node/engine.ts';
import {startNode, stopNode} from '../node/start-node.ts';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {median} from './peers/watched.ts';

const why = whyNoEngine() ?? whyNoCompiler();
if (why !== null) {
  process.stdout.write(`skipped: ${why}\n`);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'ktop-bench-deploy-'));
const bytes = 80_000_000;
const rounds = 3;
const builds = Array.from({length: 2 * rounds}, (_, index) =>
  buildKubelet(folder, {version: `v1.${index}.0`, bytes: bytes + index}),
);
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
const node = await startNode({pods: [], authorizedKey: readFileSync(join(folder, 'id.pub'), 'utf8').trim()});

/** Milliseconds of a program that runs to its end. */
function timed(file: string, args: readonly string[]): number {
  const beganAt = performance.now();
  const {status, stdout, stderr} = spawnSync(file, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stdout}${stderr}`);
  return performance.now() - beganAt;
}

/** The line with which each step ends; the first that matches counts. */
const steps: readonly (readonly [step: string, end: RegExp])[] = [
  ['start, look, lock', /^deploy: (?:docker exec|ssh) /],
  ['copy', /copied \S+ in/],
  ['check', /checked there in/],
  ['swap', /in place at/],
  ['journal, restart', /restarting the kubelet/],
  ['up', /the kubelet is active/],
  ['first stats', / runs, in /],
  ['end', /^the end$/],
];

interface Deploy {
  readonly wholeMs: number;
  /** As ktop says it itself: without the folder that is made first. */
  readonly copyMs: number;
  /** Milliseconds of each step. */
  readonly stepMs: readonly number[];
}

/** Runs a deploy to its end and reads its steps off the moments at which it tells them. */
async function deploy(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Deploy> {
  const beganAt = performance.now();
  const child = spawn(nodeBinary, [ktopBinary, 'deploy', ...args], {env, stdio: ['ignore', 'pipe', 'pipe']});
  const lines: {readonly at: number; readonly text: string}[] = [];
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const line of text.split('\n')) lines.push({at: performance.now(), text: line});
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`ktop deploy ${args.join(' ')}: ${said}`);
  lines.push({at: performance.now(), text: 'the end'});
  const ends = steps.map(([, end]) => lines.find(({text}) => end.test(text))?.at ?? NaN);
  const copied = /copied \S+ in ([\d.]+) s/.exec(said)?.[1];
  return {
    wholeMs: (ends.at(-1) ?? NaN) - beganAt,
    copyMs: Number(copied) * 1000,
    stepMs: ends.map((at, index) => at - (ends[index - 1] ?? beganAt)),
  };
}

/** By hand, on the node: restarts the kubelet and waits until it is healthy, or until its stats answer. */
function restartScript(until: 'healthy' | 'stats', token: string): string {
  const ask =
    until === 'healthy'
      ? 'http://127.0.0.1:10248/healthz'
      : `-k -H "Authorization: Bearer ${token}" https://127.0.0.1:10250/stats/summary?only_cpu_and_memory=true`;
  return `systemctl restart kubelet; until curl -fs -m 2 -o /dev/null ${ask}; do sleep 0.05; done`;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

try {
  await installKubelet(node, buildKubelet(folder, {version: 'v1.99.0'}));
  const config = join(folder, 'ssh_config');
  const known = `UserKnownHostsFile ${join(folder, 'known')}`;
  writeFileSync(
    config,
    `Host ${node.address}\nUser root\nIdentityFile ${join(folder, 'id')}\n${known}\nStrictHostKeyChecking accept-new\n`,
  );
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`);
  chmodSync(join(folder, 'bin', 'ssh'), 0o755);
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    XDG_RUNTIME_DIR: folder,
    XDG_STATE_HOME: folder,
    KUBECONFIG: '/nonexistent',
  };
  const ways = [
    {
      name: 'docker exec',
      tool: 'docker cp',
      args: ['--via', 'kind'],
      copy: (build: string) => timed('docker', ['cp', build, `${node.name}:/usr/bin/copied`]),
      run: (script: string) => timed('docker', ['exec', node.name, 'sh', '-c', script]),
      bar: 1.5,
    },
    {
      name: 'ssh',
      tool: 'scp',
      args: ['--ssh', `root@${node.address}`],
      copy: (build: string) => timed('scp', ['-q', '-F', config, build, `${node.address}:/usr/bin/copied`]),
      run: (script: string) => timed('ssh', ['-F', config, node.address, script]),
      bar: 1.3,
    },
  ];
  for (const [way, {name, tool, args, copy, run, bar}] of ways.entries()) {
    const byHand = {copyMs: [] as number[], healthyMs: [] as number[], statsMs: [] as number[]};
    const deploys: Deploy[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const build = builds[way * rounds + round] ?? '';
      byHand.copyMs.push(copy(build));
      byHand.healthyMs.push(run(restartScript('healthy', node.token)));
      byHand.statsMs.push(run(restartScript('stats', node.token)));
      deploys.push(await deploy([build, '--node', node.name, ...args, '--token-file', node.tokenFile, '--yes'], env));
    }
    const of = (value: (deploy: Deploy) => number) => median(deploys.map(value));
    const [copyMs, healthyMs, statsMs] = [median(byHand.copyMs), median(byHand.healthyMs), median(byHand.statsMs)];
    const wholeMs = of((one) => one.wholeMs);
    const against = (what: string, restartMs: number): string =>
      `  against ${tool} and a restart until ${what} (${seconds(copyMs)} + ${seconds(restartMs)}): ` +
      `${(wholeMs / (copyMs + restartMs)).toFixed(2)} × (bar ${bar} ×)\n`;
    const table = steps.map(([step], index) => `${step} ${seconds(of(({stepMs}) => stepMs[index] ?? NaN))}`);
    process.stdout.write(
      `${name}: the whole deploy ${seconds(wholeMs)}: ${table.join(', ')}\n` +
        against('it is healthy', healthyMs) +
        against('its stats answer', statsMs) +
        `  the copy alone ${seconds(of((one) => one.copyMs))}: ${(of((one) => one.copyMs) / copyMs).toFixed(2)} × ${tool}\n`,
    );
  }
} finally {
  await stopNode(node);
  rmSync(folder, {recursive: true});
}
process.exit(0);
