// How long a kubelet of 80 MB takes to the node, step by step, beside the engine's own copy and scp. Needs Docker and a
// C compiler.
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
  ['look, lock', /^deploy: (?:docker exec|ssh) /],
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

/** All but the copy, and but what follows the order to restart. */
function restMs({wholeMs, copyMs, stepMs}: Deploy): number {
  const watch = steps.flatMap(([step], index) =>
    step === 'up' || step === 'first stats' ? [stepMs[index] ?? NaN] : [],
  );
  return wholeMs - copyMs - watch.reduce((sum, ms) => sum + ms, 0);
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
      args: ['--via', 'kind'],
      own: (build: string) => timed('docker', ['cp', build, `${node.name}:/usr/bin/copied`]),
      bar: 1.5,
    },
    {
      name: 'ssh',
      args: ['--ssh', `root@${node.address}`],
      own: (build: string) => timed('scp', ['-q', '-F', config, build, `${node.address}:/usr/bin/copied`]),
      bar: 1.3,
    },
  ];
  for (const [way, {name, args, own, bar}] of ways.entries()) {
    const theirs: number[] = [];
    const deploys: Deploy[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const build = builds[way * rounds + round] ?? '';
      theirs.push(own(build));
      deploys.push(await deploy([build, '--node', node.name, ...args, '--token-file', node.tokenFile, '--yes'], env));
    }
    const of = (value: (deploy: Deploy) => number) => median(deploys.map(value));
    const ratio = (of(({copyMs}) => copyMs) / median(theirs)).toFixed(2);
    const tool = name === 'ssh' ? 'scp' : 'docker cp';
    const table = steps.map(([step], index) => `${step} ${seconds(of(({stepMs}) => stepMs[index] ?? NaN))}`);
    process.stdout.write(
      `${name}: copied in ${seconds(of(({copyMs}) => copyMs))}, ${tool} ${seconds(median(theirs))}: ${ratio} × (bar ${bar} ×)\n` +
        `  the whole deploy ${seconds(of(({wholeMs}) => wholeMs))}: ${table.join(', ')}\n` +
        `  all but the copy, the restart and the watch over it ${seconds(of(restMs))} (bar 1 s)\n`,
    );
  }
} finally {
  await stopNode(node);
  rmSync(folder, {recursive: true});
}
process.exit(0);
