import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {loginShellCommand} from '../../../src/nodes/exec/login-shell.ts';
import {onPath} from '../../../src/nodes/exec/runnable.ts';

const hostile = [
  ...['a b', '$(touch pwned)', "'; x", '`id`', 'line\nbreak', 'two\n\n', '-n', '*', '~', '=3', '{a,b}', '%1', '#no'],
  ...['\\', '\\\\', '\\n', '\\c', 'a\\\nb', 'end\\', '"', "'", '', '!', '!!', "it's !here\\'", '^a^b', '\t', 'ü', '@'],
];

// Those that this machine has: what one gets from ssh is one string for the user's own shell.
test.each(['sh', 'bash', 'dash', 'zsh', 'tcsh', 'fish'])('every argument goes through %s as it is', async (shell) => {
  if (!onPath(shell, process.env)) return;
  const command = loginShellCommand(['printf', '%s\\0', ...hostile]);
  const {stdout} = await promisify(execFile)(shell, ['-c', command]);
  expect(stdout.split('\0').slice(0, -1)).toEqual(hostile);
});

test('no line break reaches the login shell: csh would take it for the end', () => {
  expect(loginShellCommand(['sh', '-c', 'one\ntwo'])).not.toContain('\n');
});
