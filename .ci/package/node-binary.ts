// A Node to put the program into: from the npm registry, which has one for each machine, and checked against what is
// written here, because it ends in the hands of users.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';

// Long-term support, and the first line that takes an ES module as the main script of a single executable.
export const nodeVersion = '26.12.1';

/** The oldest Node that runs the package (`engines`); the tests install it there. */
export const oldestNode = '22.19.0';

/** SHA-512 of the packages `node-linux-ARCH@VERSION`, as the registry's own `integrity` has them. */
const integrity: Readonly<Record<string, string>> = {
  'x64@26.12.1': 'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  'arm64@26.12.1': 'sha512-8Oxs6Y7rDcKufVIM/zYRSwytj46WOrZk7yFCLTKDcs17bBjAeD9HMAqo97hMfMyxozIud0S4vZCs5WB/3iavNQ==',
  'x64@22.19.0': 'sha512-kjgmAijr2xPcEIrK1eky8L05W9pZcVUYihQbsN99F0zQP6VXX+DlAbSFbVre3bI7oLjtyUd10/vCdCkxfqnysw==',
};

export type Architecture = 'x64' | 'arm64';
export const architectures: readonly Architecture[] = ['x64', 'arm64'];

/** The path of the Node for linux on `arch`; fetched once, kept under node_modules/.cache. */
export function nodeBinary(arch: Architecture, version = nodeVersion): string {
  const name = `node-linux-${arch}`;
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', `${name}-${version}`);
  const binary = join(cache, 'package', 'bin', 'node');
  if (existsSync(binary)) return binary;
  rmSync(cache, {recursive: true, force: true});
  mkdirSync(cache, {recursive: true});
  execFileSync('npm', ['pack', '--silent', `${name}@${version}`], {
    cwd: cache,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const archive = join(cache, `${name}-${version}.tgz`);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity[`${arch}@${version}`]) {
    rmSync(cache, {recursive: true, force: true});
    throw new Error(`${name}@${version} is not the one that was chosen: ${found}`);
  }
  execFileSync('tar', ['-xzf', archive, '-C', cache]);
  rmSync(archive);
  return binary;
}
