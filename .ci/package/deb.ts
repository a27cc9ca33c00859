// A Debian package of the single file: Debian's own Node is older than what ktop needs.
import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import type {Architecture} from './node-binary.ts';

const debianName = {x64: 'amd64', arm64: 'arm64'};

/** The file name that Debian expects of the package. */
export function debName(version: string, arch: Architecture): string {
  return `ktop_${version}_${debianName[arch]}.deb`;
}

export interface DebParts {
  readonly version: string;
  readonly description: string;
  readonly arch: Architecture;
  readonly executable: string;
  readonly texts: Readonly<Record<'man' | 'bash' | 'zsh' | 'fish' | 'licences' | 'sbom', string>>;
  /** Seconds since the epoch that every file gets, so that two builds are equal. */
  readonly time: number;
  readonly output: string;
}

/** Builds the package from the executable. */
export function buildDeb({version, description, arch, executable, texts, time, output}: DebParts): void {
  const root = mkdtempSync(join(tmpdir(), 'ktop-deb-'));
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(join(root, path, '..'), {recursive: true});
    writeFileSync(join(root, path), content);
  };
  try {
    mkdirSync(join(root, 'usr/bin'), {recursive: true});
    cpSync(executable, join(root, 'usr/bin/ktop'));
    for (const other of ['kubelet-top', 'kubectl-kubelet_top']) symlinkSync('ktop', join(root, 'usr/bin', other));
    put('usr/share/man/man1/ktop.1.gz', gzipSync(texts.man, {level: 9}));
    put('usr/share/bash-completion/completions/ktop', texts.bash);
    put('usr/share/zsh/vendor-completions/_ktop', texts.zsh);
    put('usr/share/fish/vendor_completions.d/ktop.fish', texts.fish);
    put('usr/share/doc/ktop/copyright', texts.licences);
    put('usr/share/doc/ktop/ktop.cdx.json', texts.sbom);
    const size = Math.ceil(statSync(executable).size / 1024);
    put(
      'DEBIAN/control',
      [
        'Package: ktop',
        `Version: ${version}`,
        `Architecture: ${debianName[arch]}`,
        'Maintainer: the ktop authors <ktop@localhost>',
        'Section: admin',
        'Priority: optional',
        `Installed-Size: ${size}`,
        // What the Node inside is linked against.
        'Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1',
        'Suggests: docker.io, openssh-client',
        `Description: ${description.split(':')[0]}`,
        ` ${description}`,
        '',
      ].join('\n'),
    );
    execFileSync('chmod', ['-R', 'u=rwX,go=rX', root]);
    const env = {...process.env, SOURCE_DATE_EPOCH: String(time)};
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zzstd', '--build', root, output], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}

/** Seconds since the epoch of what is packed: the newest commit's, else of the build's own start. */
export function sourceTime(folder: string): number {
  if (process.env.SOURCE_DATE_EPOCH !== undefined) return Number(process.env.SOURCE_DATE_EPOCH);
  try {
    return Number(
      execFileSync('git', ['log', '-1', '--format=%ct'], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
  } catch {
    return Math.floor(statSync(join(folder, 'package.json')).mtimeMs / 1000);
  }
}

export const licencesOf = (folder: string, bundled: string): string =>
  `ktop\n----\n${readFileSync(join(folder, 'LICENSE'), 'utf8')}\n\n${bundled}`;
