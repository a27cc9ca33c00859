import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {project} from '../e2e/terminal.ts';

// Programs of Debian's that are tried with ours, kept under node_modules/.cache. Nothing of them is installed here.
const cache = join(project, 'node_modules', '.cache', 'ktop-test-debian');

/** A real kubectl, from the package `kubernetes-client`. */
export function kubectl(): string {
  return join(fetched('kubernetes-client'), 'usr', 'bin', 'kubectl');
}

/** What runs a program for arm64 here: the emulator, and the folder that it takes for the file system's root. */
export function arm64(): {readonly emulator: string; readonly root: string} {
  const installed = spawnSync('sh', ['-c', 'command -v qemu-aarch64-static'], {encoding: 'utf8'}).stdout.trim();
  const emulator = installed === '' ? join(fetched('qemu-user-static'), 'usr/bin/qemu-aarch64-static') : installed;
  const root = once('arm64', (folder) => {
    const args = ['--quiet', '--architectures=arm64', '--variant=extract', '--include=libc6,libstdc++6,libgcc-s1'];
    execFileSync('mmdebstrap', [...args, 'bookworm', folder], {stdio: ['ignore', 'ignore', 'inherit']});
  });
  return {emulator, root};
}

/** A package of Debian's, unpacked. */
function fetched(name: string): string {
  return once(name, (folder) => {
    mkdirSync(folder);
    const quiet = {cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[]};
    // As root apt would want to read the folder as another user.
    execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', name], quiet);
    const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get brought no ${name}: apt-get update`);
    execFileSync('dpkg-deb', ['-x', archive, '.'], quiet);
    rmSync(join(folder, archive));
  });
}

/** The folder of that name, made where it is not there; half of one is never taken for whole. */
function once(name: string, make: (folder: string) => void): string {
  const target = join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, {recursive: true});
  const attempt = mkdtempSync(`${target}-`);
  try {
    make(join(attempt, 'root'));
    renameSync(join(attempt, 'root'), target);
  } finally {
    rmSync(attempt, {recursive: true, force: true});
  }
  return target;
}
