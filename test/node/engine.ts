import {execFile, spawnSync} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** An engine that test nodes run on. */
export type TestEngine = 'docker' | 'podman';

/** Runs an engine's client to its end and returns its standard output; rejects with what it said. */
export async function engine(name: TestEngine, ...args: readonly string[]): Promise<string> {
  const {stdout} = await run(name, args, {maxBuffer: 256 * 1_048_576});
  return stdout;
}

export const docker = (...args: readonly string[]) => engine('docker', ...args);

/** Why no test node can be made on this machine, or null where it can. */
export function whyNoEngine(): string | null {
  if (process.platform !== 'linux') return 'the test node needs Linux containers on a Linux host';
  const found = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], {encoding: 'utf8'});
  if (found.error !== undefined) return 'there is no "docker" on the PATH (Debian: apt-get install docker.io)';
  if (found.status !== 0) return `no Docker engine answers: ${found.stderr.trim()} (start it: dockerd &)`;
  return null;
}

/** The same for podman, whose image comes from Docker's engine. */
export function whyNoPodman(): string | null {
  const found = spawnSync('podman', ['info'], {encoding: 'utf8'});
  if (found.error !== undefined) return 'there is no "podman" on the PATH (Debian: apt-get install podman)';
  return found.status === 0 ? whyNoEngine() : `podman does not work here: ${found.stderr.trim()}`;
}
