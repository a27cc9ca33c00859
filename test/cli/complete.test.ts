import {expect, test} from 'vitest';
import {buildProgram} from '../../src/cli/arguments.ts';
import {completionOf} from '../../src/cli/complete.ts';
import {manPage} from '../../src/cli/man-page.ts';
import {bindings} from '../../src/tui/keymap.ts';

const program = buildProgram(() => undefined, {});
const offered = (...words: readonly string[]) => completionOf(program, words).candidates.map(({word}) => word);

test('commands, options and their values are completed as the command line knows them', () => {
  expect(offered('res')).toEqual(['restart']);
  expect(offered('help', 'res')).toEqual(['restart']);
  expect(offered('--exc')).toEqual(['--exclude']);
  expect(offered('restart', '--exc')).toEqual([]);
  expect(offered('restart', '--ye')).toEqual(['--yes']);
  expect(offered('--theme', 's')).toEqual(['solarized']);
  expect(completionOf(program, ['--theme=s'])).toMatchObject({prefix: '--theme=', candidates: [{word: 'solarized'}]});
  expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
});

test('nodes and pods are asked for where one stands, and files where one does', () => {
  expect(completionOf(program, ['--node', '']).live).toBe('nodes');
  expect(completionOf(program, ['restart', '-n', 'k']).live).toBe('nodes');
  expect(completionOf(program, ['--node=k'])).toMatchObject({live: 'nodes', prefix: '--node='});
  expect(completionOf(program, ['-p', '@n'])).toMatchObject({live: 'pods', candidates: [{word: '@node'}]});
  expect(completionOf(program, ['--kubeconfig', '']).files).toBe(true);
  expect(completionOf(program, ['replay', '']).files).toBe(true);
  expect(completionOf(program, ['--grep', 'x'])).toMatchObject({live: null, files: false, candidates: []});
});

test('the man page has every option, command and key, and nothing of them is taken for a request', () => {
  const page = manPage(program, bindings, '1.0');
  const lines = page.split('\n');
  for (const {flags} of program.options) expect(page).toContain(`.B ${flags.replaceAll('-', '\\-')}`);
  for (const command of program.commands) expect(page).toContain(`.B ktop ${command.name()}`);
  expect(lines).toContain(".B \\&'");
  expect(lines.filter((line) => /^['.](?!TH |SH |TP$|B |I |br$|PP$)/.test(line))).toEqual([]);
});
