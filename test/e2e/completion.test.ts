import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {ktopBinary, nodeBinary, TerminalProgram} from './terminal.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).error === undefined;
let folder = '';
let env: Record<string, string | undefined> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktop-completion-'));
  writeFileSync(join(folder, 'ktop'), `#!/bin/sh\nexec '${nodeBinary}' '${ktopBinary}' "$@"\n`);
  chmodSync(join(folder, 'ktop'), 0o755);
  env = {...process.env, PATH: `${folder}:${process.env.PATH ?? ''}`, HOME: folder, KUBECONFIG: join(folder, 'none')};
});
afterAll(() => rmSync(folder, {recursive: true}));

const run = (shell: string, ...args: readonly string[]) => execFileSync(shell, args, {encoding: 'utf8', env});

test('bash completes commands, values of options, and none of what it cannot know', () => {
  const complete = (...words: readonly string[]) =>
    run(
      'bash',
      '-c',
      `eval "$(ktop completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ktop; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      'ktop',
      ...words,
    ).trim();
  expect(complete('res')).toBe('restart');
  expect(complete('--theme', 'so')).toBe('solarized');
  // bash takes what stands behind '=' for a word of its own.
  expect(complete('--theme', '=', 'so')).toBe('solarized');
  expect(complete('--node', 'there-is-no-such-node')).toBe('');
});

test.skipIf(!has('fish'))('fish completes with what each word means', () => {
  const complete = (line: string) => run('fish', '-c', `ktop completion fish | source; complete -C '${line}'`).trim();
  expect(complete('ktop res')).toMatch(/^restart\trestart the kubelet/);
  expect(complete('ktop --theme so')).toBe('solarized');
});

test.skipIf(!has('zsh'))('zsh completes where the cursor stands', async () => {
  const shell = new TerminalProgram('zsh', ['-f', '-i'], {env: {...env, PS1: 'prompt> '}});
  try {
    shell.type('autoload -Uz compinit && compinit -u && eval "$(ktop completion zsh)" && echo loa""ded\r');
    await shell.waitFor('loaded');
    shell.type('ktop rest').press('tab');
    await shell.waitFor('ktop restart');
    shell.type('--ye').press('tab');
    await shell.waitFor('ktop restart --yes');
  } finally {
    await shell.dispose();
  }
});
