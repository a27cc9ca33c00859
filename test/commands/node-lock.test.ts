import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {lockNode} from '../../src/commands/node-lock.ts';
import type {Launcher} from '../../src/nodes/exec/launcher.ts';
import {processShell} from '../../src/nodes/exec/process-shell.ts';

/** This machine as the node, with a folder of the test's own in place of `/run/ktop`. */
function shellIn(folder: string) {
  const launcher: Launcher = {
    title: 'here',
    command: (argv) =>
      Promise.resolve(['env', ...argv.map((one) => one.replace('d=/run/ktop', `d=${folder}`))] as const),
    explain: (tried, problem) => ({tried, problem, next: null}),
  };
  return processShell(launcher);
}

test('one at a time changes a node, the other is told who; the lock goes with its holder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-lock-'));
  try {
    const shell = shellIn(folder);
    const [one, other] = [new AbortController(), new AbortController()];
    const first = await lockNode(shell, 'ktop restart, of alice', one.signal);
    expect(first.kind).toBe('held');
    expect(await lockNode(shell, 'ktop clear, of bob', other.signal)).toEqual({
      kind: 'busy',
      who: 'ktop restart, of alice',
    });
    if (first.kind === 'held') await first.release();
    const second = await lockNode(shell, 'ktop clear, of bob', other.signal);
    expect(second.kind).toBe('held');
    if (second.kind === 'held') await second.release();
  } finally {
    rmSync(folder, {recursive: true});
  }
});
