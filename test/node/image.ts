import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {docker, engine, type TestEngine} from './engine.ts';

/** A Debian by name, for its systemd: bookworm has 252, trixie 257. */
export type Suite = 'bookworm' | 'trixie';

const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'curl', 'ca-certificates', 'procps'],
  // For nodes whose clock is off.
  'libfaketime',
];

const command = 'CMD ["/usr/local/sbin/node-init"]';
const rootfs = join(import.meta.dirname, 'image', 'rootfs');

/** Done in the new root file system, whose path is `$1`. */
const hooks = [
  `sync-in ${rootfs} /`,
  'chroot "$1" useradd --create-home --shell /bin/bash docker',
  // The one whose sudo wants a password.
  'chroot "$1" useradd --create-home --shell /bin/bash --groups sudo admin',
  'echo admin:secret | chroot "$1" chpasswd',
  'mkdir -p "$1/var/log/journal" "$1/etc/kubernetes/manifests" "$1/var/lib/kubelet/pki"',
  'chmod 0440 "$1/etc/sudoers.d/docker"',
  'chroot "$1" systemctl enable kubelet.service ssh.service',
  'rm -f "$1"/etc/ssh/ssh_host_*_key*',
];

/** The name of the test node's image; it carries its recipe's content, so that a changed recipe is a new image. */
export function imageName(suite: Suite = 'bookworm'): string {
  const hash = createHash('sha256').update(JSON.stringify({packages, hooks: hooks.slice(1)}));
  for (const file of filesUnder(rootfs)) {
    hash.update(`${file.slice(rootfs.length)} ${statSync(file).mode & 0o111}\n`).update(readFileSync(file));
  }
  return `ktop-test-node:${suite}-${hash.digest('hex').slice(0, 12)}`;
}

/** The image in either engine; podman gets it from Docker. */
export async function ensureImage(where: TestEngine, suite: Suite = 'bookworm'): Promise<string> {
  const name = await ensureDockerImage(suite);
  if (where === 'docker') return name;
  const own = `localhost/${name}`;
  if ((await engine('podman', 'images', '--quiet', own)).trim() !== '') return own;
  const made = await docker('create', name);
  try {
    const save = spawn('docker', ['export', made.trim()], {stdio: ['ignore', 'pipe', 'inherit']});
    const load = spawn('podman', ['import', '--quiet', '--change', command, '-', own], {
      stdio: [save.stdout, 'ignore', 'inherit'],
    });
    const ends = await Promise.all([save, load].map(exitCode));
    if (ends.some((code) => code !== 0)) throw new Error(`docker export or podman import failed (${ends.join(', ')})`);
  } finally {
    await docker('rm', made.trim());
  }
  return own;
}

/** Builds the image unless this machine's engine has it: a Debian with systemd, made by mmdebstrap (about a minute). */
async function ensureDockerImage(suite: Suite): Promise<string> {
  const name = imageName(suite);
  const id = await docker('images', '--quiet', name);
  if (id.trim() !== '') return name;
  process.stderr.write(`building the test node's image ${name} with mmdebstrap …\n`);
  const options = hooks.map((hook) => `--customize-hook=${hook}`);
  const make = spawn(
    'mmdebstrap',
    ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, ...options, suite, '-'],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  const load = spawn('docker', ['import', '--change', command, '-', name], {
    stdio: [make.stdout, 'ignore', 'inherit'],
  });
  const ends = await Promise.all([make, load].map(exitCode));
  if (ends.some((code) => code !== 0)) {
    await docker('rmi', '--force', name).catch(() => undefined);
    const install = 'apt-get install mmdebstrap debian-archive-keyring';
    throw new Error(`mmdebstrap of ${suite}, or docker import, failed (${ends.join(', ')}); Debian: ${install}`);
  }
  return name;
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // Not `close`: the pipe between the two has an end here that nobody reads.
    child.on('exit', resolve);
  });
}

function filesUnder(directory: string): readonly string[] {
  const entries = readdirSync(directory, {withFileTypes: true, recursive: true});
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
