import {execFile, spawnSync} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** Runs `docker` to its end and returns its standard output; rejects with what it said. */
export async function docker(...args: readonly string[]): Promise<string> {
  const {stdout} = await run('docker', args, {maxBuffer: 256 * 1_048_576});
  return stdout;
}

/** Why no test node can be made on this machine, or null where it can. */
export function whyNoEngine(): string | null {
  if (process.platform !== 'linux') return 'the test node needs Linux containers on a Linux host';
  const found = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], {encoding: 'utf8'});
  if (found.error !== undefined) return 'there is no "docker" on the PATH (Debian: apt-get install docker.io)';
  if (found.status !== 0) return `no Docker engine answers: ${found.stderr.trim()} (start it: dockerd &)`;
  return null;
}
