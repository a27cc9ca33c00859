import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {engine, type TestEngine} from './engine.ts';
import type {TestNode} from './start-node.ts';

/** Why no kubelet can be built on this machine, or null where it can. */
export function whyNoCompiler(): string | null {
  const found = spawnSync('cc', ['--version'], {stdio: 'ignore'});
  return found.status === 0 ? null : 'there is no "cc" on the PATH (Debian: apt-get install gcc libc6-dev)';
}

export interface KubeletBuild {
  readonly version: string;
  /** `dies`: ends at once with an error; `never-ready`: runs, but is never healthy. */
  readonly behaves?: 'well' | 'dies' | 'never-ready';
  /** How large the file is to be: filled up behind the program. */
  readonly bytes?: number;
}

/** Builds a kubelet that runs on the test node and returns its path. */
export function buildKubelet(folder: string, {version, behaves = 'well', bytes = 0}: KubeletBuild): string {
  mkdirSync(folder, {recursive: true});
  const path = join(folder, `kubelet-${version}`);
  const flags = {well: [], dies: ['-DDIES'], 'never-ready': ['-DNEVER_READY']}[behaves];
  const source = join(import.meta.dirname, 'stand-in', 'kubelet.c');
  execFileSync('cc', ['-O1', '-static', `-DVERSION="${version}"`, ...flags, '-o', path, source]);
  if (bytes > statSync(path).size) truncateSync(path, bytes);
  return path;
}

/** The same file for another architecture, as far as its header says it. */
export function forArm(path: string): string {
  const bytes = readFileSync(path);
  bytes.writeUInt16LE(183, 18);
  writeFileSync(`${path}-arm64`, bytes, {mode: 0o755});
  return `${path}-arm64`;
}

/** The same file without its end, as a build that was cut off leaves it. */
export function cutOff(path: string): string {
  writeFileSync(`${path}-cut`, readFileSync(path).subarray(0, statSync(path).size / 2), {mode: 0o755});
  return `${path}-cut`;
}

/** Gives the node an ELF kubelet in place of the script that its image has. */
export async function installKubelet(node: TestNode, path: string, where: TestEngine = 'docker'): Promise<void> {
  await engine(where, 'cp', path, `${node.name}:/usr/bin/kubelet.first`);
  await node.exec('sh', '-c', 'chmod 755 /usr/bin/kubelet.first; mv /usr/bin/kubelet.first /usr/bin/kubelet');
  await node.exec('systemctl', 'restart', 'kubelet');
}
