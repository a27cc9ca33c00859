import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ktopBinary, nodeBinary, project} from './terminal.ts';

/** The command lines under "From build to rollback", as the README has them. */
function loop(): readonly string[] {
  const section = readFileSync(join(project, 'README.md'), 'utf8').split('## From build to rollback')[1] ?? '';
  const block = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
  return block.trim().split('\n');
}

/** Runs it on the demo's node, with an ELF file of this machine for the build. */
function run(line: string): Promise<{code: number; said: string}> {
  const isAction = /^ktop [a-z]/.test(line);
  const args = line
    .replace(/^ktop /, '')
    .replace('--node kind-worker', `--demo ${isAction ? '--yes' : '--output jsonl --for 2s'}`)
    .replace(/\S+\/kubelet\b/, '/bin/ls')
    .split(' ');
  return new Promise((resolve) => {
    execFile(nodeBinary, [ktopBinary, ...args], (error, stdout, stderr) => {
      resolve({code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr});
    });
  });
}

// Each demo is a node of its own, on which nothing was set or deployed before.
const nothingToTakeBack = /--reset|rollback/;

test.each(loop())('the README can be followed: %s', async (line) => {
  const {code, said} = await run(line);
  if (nothingToTakeBack.test(line)) {
    expect(said).toMatch(/has set no flags|has replaced no binary/);
    expect(code).toBeGreaterThan(0);
  } else {
    expect(code, said).toBe(0);
  }
});
