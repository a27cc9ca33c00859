import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ktopBinary, nodeBinary, project} from './terminal.ts';

/** The command lines of ktop for a node, as the documents have them: the README's are one day's loop. */
function lines(): readonly string[] {
  const texts = ['README.md', 'docs/deploy.md', 'docs/reference.md'].map((file) =>
    readFileSync(join(project, file), 'utf8'),
  );
  const blocks = texts.flatMap((text) => [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block));
  const all = blocks.flatMap((block) => block.split('\n')).map((line) => line.replace(/\s+#.*$/, ''));
  return [...new Set(all.filter((line) => /^ktop .*--node (?:kind-worker|N)\b/.test(line)))];
}

/** Runs it on the demo's node, with an ELF file of this machine for the build. */
function run(line: string): Promise<{code: number; said: string}> {
  const isAction = /^ktop [a-z]/.test(line);
  const args = line
    .replace(/^ktop /, '')
    .replace(/--node (?:kind-worker|N)\b/, `--demo ${isAction ? '--yes' : '--output jsonl --for 2s'}`)
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

test.each(lines())('the documents can be followed: %s', async (line) => {
  const {code, said} = await run(line);
  if (nothingToTakeBack.test(line)) {
    expect(said).toMatch(/has set no flags|has replaced no binary/);
    expect(code).toBeGreaterThan(0);
  } else {
    expect(code, said).toBe(0);
  }
});
