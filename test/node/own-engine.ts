import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {docker} from './engine.ts';
import {ensureImage} from './image.ts';
import {until} from './start-node.ts';

const containerdPid = join('exec-root', 'containerd', 'containerd.pid');

/** Why no engine can be had here that may be killed, or null where it can. */
export function whyNoOwnEngine(): string | null {
  if (process.getuid?.() !== 0) return 'dockerd needs root';
  return spawnSync('dockerd', ['--version']).error === undefined ? null : 'there is no "dockerd" on the PATH';
}

/**
 * A Docker engine that nobody else uses: it can be killed. Without a bridge its containers have no network; the machine
 * reaches them at their addresses over `bridge`, a free name of at most 15 characters, and so do they each other.
 */
export class OwnEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ktop-engine-'));
  readonly #bridge: string | null;
  #daemon: ChildProcess | null = null;

  constructor({bridge = null}: {bridge?: string | null} = {}) {
    this.#bridge = bridge;
    const script = 'ip link add "$1" type bridge && ip address add 198.18.77.1/24 dev "$1" && ip link set "$1" up';
    if (bridge !== null) run('sh', ['-c', script, 'bridge', bridge]);
  }

  get host(): string {
    return `unix://${this.#folder}/docker.sock`;
  }

  /** Starts it with the test node's image; until it is removed `docker` means it, in this process and what it starts. */
  async takeOver(): Promise<void> {
    const image = await ensureImage('docker');
    await this.start(true);
    const command = 'docker save "$1" | docker --host "$2" load --quiet';
    run('sh', ['-c', command, 'load', image, this.host]);
    process.env.DOCKER_HOST = this.host;
  }

  /** `liveRestore`: containers live on while the engine is away; otherwise they are stopped when it comes back. */
  async start(liveRestore: boolean): Promise<void> {
    const roots = ['data-root', 'exec-root', 'pidfile'].map((root) => `--${root}=${this.#folder}/${root}`);
    const alone = [
      `--bridge=${this.#bridge ?? 'none'}`,
      '--iptables=false',
      ...(liveRestore ? ['--live-restore'] : []),
    ];
    // What was killed may still be there as a zombie: the next one would take it for alive.
    for (const file of ['pidfile', containerdPid]) rmSync(join(this.#folder, file), {force: true});
    // In a network of its own: `--bridge=none` deletes the docker0 that it finds, and that is the shared engine's.
    const network = this.#bridge === null ? ['--net'] : [];
    const argv = [...network, 'dockerd', ...roots, `--host=${this.host}`, ...alone];
    this.#daemon = spawn('unshare', argv, {stdio: 'ignore'});
    await until('the engine answers', async () => (await docker('--host', this.host, 'info')) !== '', 20_000);
  }

  /** As a crash or the out-of-memory killer would end it: its containers do not notice. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null) return;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await gone;
    this.#daemon = null;
  }

  /** Ends it, the containerd that it started, and all that it held. Its containers must be removed before. */
  async remove(): Promise<void> {
    delete process.env.DOCKER_HOST;
    await this.kill('SIGTERM');
    try {
      process.kill(Number(readFileSync(join(this.#folder, containerdPid), 'utf8')));
    } catch {
      // It went with the engine.
    }
    // An engine that was killed has left its containers' root file systems mounted.
    const unmount = 'grep -F " $1/" /proc/self/mounts | cut -d" " -f2 | sort -r | xargs -r umount --lazy';
    spawnSync('sh', ['-c', unmount, 'unmount', this.#folder]);
    rmSync(this.#folder, {recursive: true, force: true});
    if (this.#bridge !== null) run('ip', ['link', 'delete', this.#bridge]);
  }
}

function run(command: string, args: readonly string[]): void {
  const {status, stderr, error} = spawnSync(command, args, {encoding: 'utf8'});
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr);
}
