// A Node to put the program into: from the npm registry, which has one for each machine, and checked against what is
// written here, because it ends in the hands of users.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';

// The one that this project is developed with. 26 needs libatomic, which a bare Debian has not.
const nodeVersion = '24.21.0';

/** The oldest Node that runs the package (`engines`); the tests install it there. */
export const oldestNode = '22.19.0';

/** SHA-512 of the packages `node-linux-ARCH@VERSION`, as the registry's own `integrity` has them. */
const integrity: Readonly<Record<string, string>> = {
  'x64@24.21.0': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'arm64@24.21.0': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
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
