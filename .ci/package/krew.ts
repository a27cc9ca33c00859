// For krew: an archive for each machine, and the manifest that names their sums.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';

/** A tar.gz of the executable under the name that kubectl looks for; `time`: seconds since the epoch of each file in it. */
export function krewArchive(executable: string, time: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-krew-'));
  try {
    cpSync(executable, join(folder, 'kubectl-kubelet_top'));
    cpSync('LICENSE', join(folder, 'LICENSE'));
    const same = ['--sort=name', `--mtime=@${time}`, '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
    const tar = execFileSync('tar', [...same, '-C', folder, '-cf', '-', 'LICENSE', 'kubectl-kubelet_top'], {
      maxBuffer: 1 << 30,
    });
    return gzipSync(tar, {level: 6});
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** docs/krew.yaml with a release's figures; `archives` by architecture. */
export function krewManifest(version: string, archives: Readonly<Record<string, Buffer>>): string {
  const template = readFileSync('docs/krew.yaml', 'utf8').replaceAll(/^#.*\n/gm, '');
  const releases = process.env.KTOP_RELEASES ?? 'RELEASES';
  const filled = template.replaceAll('RELEASES', releases).replace('vVERSION', `v${version}`);
  return Object.entries(archives).reduce(
    (text, [arch, bytes]) =>
      text.replace(`SHA256_${arch.toUpperCase()}`, createHash('sha256').update(bytes).digest('hex')),
    filled,
  );
}
