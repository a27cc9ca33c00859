import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {configPath, readConfig} from '../../src/cli/config-file.ts';
import {parseConfig} from '../../src/cli/parse-config.ts';
import {configText} from '../../src/cli/run-config.ts';

let home = '';
const folder = () => join(home, '.config', 'ktop');
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ktop-config-'));
  mkdirSync(folder(), {recursive: true});
});
afterEach(() => rmSync(home, {recursive: true}));

const yaml = (...lines: readonly string[]) => parseConfig('~/.config/ktop/config.yaml', lines.join('\n'));
const said = (config: ReturnType<typeof yaml>) => {
  const request = parseArguments(['--demo'], {env: {}, config});
  return request.kind === 'text' ? request.text : '';
};

test('YAML, and JSON with comments, say the same', () => {
  const asked = (config: ReturnType<typeof yaml>) => parseArguments([], {env: {}, config});
  const expected = {options: {connection: {node: 'a'}, journal: {scrollback: 1000, sourceGrep: 'http://x'}}};
  expect(asked(yaml('# mine', 'node: a', 'scrollback: 1000', 'source-grep: http://x'))).toMatchObject(expected);
  const json = '// mine\n{\n "node": "a", /* the\n first */ "scrollback": 1000,\n "source-grep": "http://x",\n}';
  expect(asked(parseConfig('/c/config.json', json))).toMatchObject(expected);
});

test('a mistake is told with file, line and key, and what was probably meant', () => {
  expect(said(yaml('node: a', '', '# c', 'excldue: x'))).toContain(
    "~/.config/ktop/config.yaml:4: unknown key 'excldue', did you mean 'exclude'?",
  );
  expect(said(yaml('theme: mono', 'top: many'))).toContain("config.yaml:2: 'top': a whole number from 1");
  expect(said(yaml('a: 1', 'a: 2'))).toContain('config.yaml:2: this is no YAML: duplicated mapping key');
  expect(said(parseConfig('/c/config.json', '{\n// c\n"node": "a",\n"pdo": 1}'))).toContain(
    'config.json:4: unknown key',
  );
  expect(said(yaml('keys:', '  restart: R', '  quit: {a: b}'))).toContain("config.yaml:3: 'quit': a key, or a list");
  expect(said(yaml('keys: R'))).toContain("config.yaml:1: 'keys': what each key does is wanted");
});

test('a file that cannot be read, or is there twice, is told and not passed over', async () => {
  const env = {HOME: home};
  expect(await readConfig(env)).toBeNull();
  expect(configPath(env)).toBe(join(folder(), 'config.yaml'));
  mkdirSync(join(folder(), 'config.yml'));
  const unread = await readConfig(env);
  expect(unread?.mistakes.map(String).join()).toContain('~/.config/ktop/config.yml: it cannot be read: it is no file');
  expect(parseArguments(['--help'], {env: {}, config: unread})).toMatchObject({exitCode: 0});
  rmSync(join(folder(), 'config.yml'), {recursive: true});
  writeFileSync(join(folder(), 'config.json'), '{"node": "old"}');
  expect((await readConfig(env))?.settings).toMatchObject([{key: 'node', value: 'old', line: 1}]);
  writeFileSync(join(folder(), 'config.yaml'), 'node: new');
  expect((await readConfig(env))?.mistakes.map(String).join()).toContain('config.json is there, too');
});

test('the settings are printed with where each comes from, as a file that says the same again', () => {
  const config = yaml('grep: "(?i)a: b"', 'fold: false', 'pod: [a, b]', 'scrollback: 1000');
  const request = parseArguments(['config', '--print', '--top', '3'], {env: {}, config});
  if (request.kind !== 'config') throw new Error(request.kind);
  const text = configText(request.lines, []);
  expect(text).toMatch(/^grep: "\(\?i\)a: b" +# ~\/\.config\/ktop\/config\.yaml:1$/m);
  expect(text).toMatch(/^top: 3 +# flag$/m);
  expect(text).toMatch(/^# output: tui +# default$/m);
  const again = parseConfig('x.yaml', text);
  const values = ({settings}: typeof again) => Object.fromEntries(settings.map(({key, value}) => [key, value]));
  expect(values(again)).toEqual({...values(config), top: 3});
});
