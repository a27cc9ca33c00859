import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {expect, test} from 'vitest';
import {ktopBinary, nodeBinary} from './terminal.ts';

/** Runs ktop with its standard output into `output`, which is closed at once where it is a pipe; its end and complaints. */
async function run(output: number | 'pipe', args: readonly string[]) {
  const child = spawn(nodeBinary, [ktopBinary, ...args], {stdio: ['ignore', output, 'pipe']});
  child.stdout?.destroy();
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return {code, complaints};
}

const commands = ['--demo --once', 'flags --demo', 'access', '--demo --output jsonl --for 1s', '--help'];

test.each(commands)('a reader that has gone is no mistake (ktop %s | true)', async (command) => {
  const {code, complaints} = await run('pipe', command.split(' '));
  expect(code).toBe(0);
  expect(complaints).not.toContain('EPIPE');
});

test.each(commands)('output that a full disk does not take is told (ktop %s)', async (command) => {
  const full = openSync('/dev/full', 'w');
  try {
    const {code, complaints} = await run(full, command.split(' '));
    expect(code).toBe(1);
    expect(complaints).toContain('ktop: write to standard output: ENOSPC');
    expect(complaints).not.toContain('    at ');
  } finally {
    closeSync(full);
  }
});
