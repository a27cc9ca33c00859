// How long a kubelet of 80 MB takes to the node, beside the engine's own copy and scp. Needs Docker and a C compiler.
import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buildKubelet, installKubelet, whyNoCompiler} from '../node/elf-kubelet.ts';
import {whyNoEngine} from '../node/engine.ts';
import {startNode, stopNode} from '../node/start-node.ts';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';

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
function timed(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): {ms: number; said: string} {
  const beganAt = performance.now();
  const {status, stdout, stderr} = spawnSync(file, args, {env, encoding: 'utf8'});
  const said = stdout + stderr;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${said}`);
  return {ms: performance.now() - beganAt, said};
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
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
    const mine: number[] = [];
    const theirs: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const build = builds[way * rounds + round] ?? '';
      theirs.push(own(build).ms);
      const all = [ktopBinary, 'deploy', build, '--node', node.name, ...args, '--token-file', node.tokenFile, '--yes'];
      const {ms, said} = timed(nodeBinary, all, env);
      const copied = /copied \S+ in ([\d.]+) s/.exec(said);
      mine.push(Number(copied?.[1]) * 1000);
      whole.push(ms);
    }
    const ratio = (median(mine) / median(theirs)).toFixed(2);
    const tool = name === 'ssh' ? 'scp' : 'docker cp';
    process.stdout.write(
      `${name}: copied in ${seconds(median(mine))}, ${tool} ${seconds(median(theirs))}: ${ratio} × (bar ${bar} ×); ` +
        `the whole deploy ${seconds(median(whole))}\n`,
    );
  }
} finally {
  await stopNode(node);
  rmSync(folder, {recursive: true});
}
process.exit(0);
