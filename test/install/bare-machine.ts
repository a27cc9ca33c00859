import {execFileSync, spawnSync} from 'node:child_process';
import {basename} from 'node:path';
import {TerminalProgram} from '../e2e/terminal.ts';

const image = 'ktop-test-bare:bookworm';

/** A Debian that has never seen the project, without Node and without a network. */
export class BareMachine {
  readonly #name: string;

  constructor(what: string) {
    this.#name = `ktop-test-${what}-${process.pid}`;
    ensureImage();
    docker('run', '--detach', '--name', this.#name, '--network', 'none', image, 'sleep', 'infinity');
  }

  /** Copies a file or folder from here into its /root. */
  copy(path: string, to = `/root/${basename(path)}`): void {
    docker('cp', '--follow-link', path, `${this.#name}:${to}`);
  }

  /** Standard output of a shell command there; its standard error is in the error where it fails. */
  run(command: string): string {
    return docker('exec', this.#name, 'sh', '-c', command);
  }

  /** A program there on a terminal of its own. */
  terminal(...command: readonly string[]): TerminalProgram {
    const env = ['--env', 'TERM=xterm-256color', '--env', 'COLORTERM=truecolor'];
    return new TerminalProgram('docker', ['exec', '--interactive', '--tty', ...env, this.#name, ...command]);
  }

  /** Every path of the file system, but for what changes by itself. */
  files(): ReadonlySet<string> {
    const except = [
      '/proc',
      '/sys',
      '/dev',
      '/run',
      '/tmp',
      '/root',
      '/var/lib/dpkg',
      '/var/lib/apt',
      '/var/cache',
      '/var/log',
    ];
    const prune = except.map((path) => `-path ${path}`).join(' -o ');
    return new Set(this.run(`find / \\( ${prune} \\) -prune -o -print`).split('\n'));
  }

  remove(): void {
    docker('rm', '--force', this.#name);
  }
}

function ensureImage(): void {
  if (docker('images', '--quiet', image).trim() !== '') return;
  const make = `set -o pipefail; mmdebstrap --quiet --variant=minbase bookworm - | docker import - ${image}`;
  const {status} = spawnSync('bash', ['-c', make], {stdio: ['ignore', 'ignore', 'inherit']});
  if (status !== 0) throw new Error('mmdebstrap or docker import failed; Debian: apt-get install mmdebstrap docker.io');
}

function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, {encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe']});
}
