import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parseConfig} from '../../src/cli/parse-config.ts';
import {parseArguments} from '../../src/cli/arguments.ts';
import {readConfig} from '../../src/cli/config-file.ts';

const nothing = {env: {}, config: null};
const config = (value: unknown) => parseConfig('/home/me/.config/ktop/config.json', JSON.stringify(value));

test('flags win over the environment, and that over the config file', () => {
  const asked = (argv: string[], env: Record<string, string>) =>
    parseArguments(argv, {env, config: config({node: 'from-file', pod: ['a', 'b'], scrollback: 1000})});
  expect(asked([], {})).toMatchObject({
    kind: 'watch',
    options: {connection: {node: 'from-file'}, pods: {pods: [{text: 'a'}, {text: 'b'}]}, journal: {scrollback: 1000}},
  });
  process.env.KTOP_NODE = 'from-environment';
  try {
    expect(asked([], {})).toMatchObject({options: {connection: {node: 'from-environment'}}});
    expect(asked(['--node', 'from-flag', '--pod', 'c'], {})).toMatchObject({
      options: {connection: {node: 'from-flag'}, pods: {pods: [{text: 'c'}]}},
    });
  } finally {
    delete process.env.KTOP_NODE;
  }
});

test('a mistake in the config file names the file', () => {
  const request = parseArguments([], {env: {}, config: config({nod: 'x'})});
  expect(request).toMatchObject({kind: 'text', exitCode: 2});
  expect(JSON.stringify(request)).toContain("config.json:1: unknown key 'nod', did you mean 'node'?");
});

test('npm start runs the demo unless a node is named', () => {
  const started = {env: {KTOP_DEMO: '1'}, config: null};
  expect(parseArguments([], started)).toMatchObject({options: {connection: {via: 'demo'}}});
  expect(parseArguments(['--node', 'kind-worker'], started)).toMatchObject({options: {connection: {via: null}}});
});

test('each mistake on the command line says what is wrong, what to try, and exits with 2', () => {
  const mistakes: Record<string, string[]> = {
    'missing closing )': ['--grep', '(', '--node', 'x'],
    '--nod': ['--nod', 'x'],
    'a whole number from 1': ['--top', '0'],
    'a duration such as 30s': ['--for', 'soon'],
    'Allowed choices are apiserver, direct, exec': ['--route', 'teleport'],
    "there is no command 'kind-worker', only restart": ['kind-worker'],
    'the one given is empty': ['--node', ''],
    'leave out --demo or --node, or name simulated nodes by --via demo': ['--demo', '--node', 'kind-worker'],
    "was given before, as 'a'": ['restart', '--node', 'a', '--node', 'b'],
    'goes with one node, and several are named; each can be named so: --node ssh:': ['--ssh', 'h', '--node', 'kind-*'],
    "option '--address <address[:port]>': it goes with one node": ['--address', 'h', '--node', 'a', '--node', 'b'],
    '--watch-binary goes with one node': ['--watch-binary', 'kubelet', '--node', 'a', '--node', 'b'],
    "'kind:a' says another way to the node": ['--node', 'kind:a', '--ssh', 'h'],
    'a time is wanted as journalctl takes it: today': ['--since', 'nonsense'],
    'a boot is wanted as journalctl takes it: 0, -1': ['--boot', '-h'],
    'a whole number from 0 to 1000': ['--context-lines', '999999'],
    'a duration of at most 596h': ['--for', '1000h'],
    'is no name of a systemd unit': ['--unit', 'a b'],
  };
  for (const [said, argv] of Object.entries(mistakes)) {
    const request = parseArguments(argv, nothing);
    expect(request).toMatchObject({kind: 'text', exitCode: 2});
    expect(JSON.stringify(request)).toContain(said);
    expect(JSON.stringify(request)).toContain('try: ktop --help');
  }
});

test('what a node could take for an option, or for another unit, never gets there', () => {
  for (const unit of [
    '*',
    'kube*',
    '-h',
    '--now',
    '',
    ' ',
    'a b',
    'kubelet;reboot',
    'poweroff.target',
    '../x',
    'ä',
    'k\n',
  ]) {
    for (const argv of [
      ['restart', '--node', 'n', '--yes'],
      ['--node', 'n'],
    ]) {
      const request = parseArguments([...argv, '--unit', unit], nothing);
      expect(request, JSON.stringify(unit)).toMatchObject({kind: 'text', exitCode: 2});
    }
  }
  expect(parseArguments(['restart', '--unit', 'snap.kubelet-eks.daemon'], nothing)).toMatchObject({
    connection: {unit: 'snap.kubelet-eks.daemon'},
  });
  // What is only read may be named by a pattern, as journalctl takes it.
  expect(parseArguments(['--unit', 'kubelet', '--unit', 'container*'], nothing)).toMatchObject({
    options: {journal: {units: ['kubelet', 'container*']}},
  });
});

test('a time is whatever journalctl takes for one', () => {
  const given = (since: string) => parseArguments(['--since', since], nothing);
  const times = ['today', 'yesterday', 'now', '-5m', '+1h 30min', '2 hours ago', '@1795831366.5', '14:00'].concat([
    ...['2026-11-28', '2026-11-28 14:00', 'Sat 2026-11-28 14:00:05.25', '2026-11-28T14:00:05Z', '2026-11-28 14:00 UTC'],
  ]);
  for (const since of times) expect(given(since), since).toMatchObject({options: {journal: {since}}});
  const mistakes = [
    'yesterdy',
    '5m',
    '2026-13-01',
    '25:00',
    '28.11.2026',
    '--help',
    'today at noon',
    `${'1 '.repeat(45)}x`,
  ];
  for (const since of mistakes) expect(given(since), since).toMatchObject({exitCode: 2});
});

test('a word that is no option ends a command that would change another node than the one named', () => {
  for (const command of ['clear', 'restart', 'nodes', 'access']) {
    const request = parseArguments([command, '--demo', 'kind-worker2'], nothing);
    expect(request).toMatchObject({kind: 'text', exitCode: 2});
    expect(JSON.stringify(request)).toContain(`a node is named so: ktop ${command} --node kind-worker2`);
  }
  expect(parseArguments(['replay', 'a', 'b'], nothing)).toMatchObject({kind: 'text', exitCode: 2});
});

test('a config file that cannot be used refuses what would act by it, with its key, and nothing else', () => {
  const files: readonly (readonly [content: string, said: string])[] = [
    ['{"nod": "x"}', "1: unknown key 'nod', did you mean 'node'?"],
    ['{"pod": 5}', "'pod': text, or a list of texts is wanted"],
    ['{"node": {"a": "b"}}', "'node': text, or a list of texts is wanted"],
    ['{"node": null}', "'node': text, or a list of texts is wanted"],
    ['{"demo": "yes"}', "'demo': true or false is wanted"],
    ['{"version": true}', "unknown key 'version'"],
    ['{"via": "teleport"}', "'via': Allowed choices are kind"],
    ['{"grep": "("}', "'grep': missing closing )"],
    ['{"unit": ["*"]}', '\'unit\': "*" is'],
    ['{"node"', 'JSON'],
  ];
  for (const [text, said] of files) {
    const surroundings = {env: {}, config: parseConfig('/x/config.json', text)};
    for (const argv of [
      ['--node', 'n'],
      ['restart', '--node', 'n'],
    ]) {
      const request = parseArguments(argv, surroundings);
      expect(request, text).toMatchObject({kind: 'text', exitCode: 2});
      expect(request.kind === 'text' ? request.text : '').toContain('/x/config.json:1: ');
      expect(request.kind === 'text' ? request.text : '').toContain(said);
    }
    expect(parseArguments(['--help'], surroundings)).toMatchObject({exitCode: 0});
    expect(parseArguments(['--version'], surroundings)).toMatchObject({exitCode: 0});
    const listing = parseArguments(['nodes'], surroundings);
    expect(listing.kind === 'nodes' ? listing.notes.join() : '').toContain(said);
  }
});

test('a config file that is there and cannot be read is a mistake, one that is not there is none', async () => {
  const base = mkdtempSync(join(tmpdir(), 'ktop-config-'));
  try {
    expect(await readConfig({XDG_CONFIG_HOME: base})).toBeNull();
    // A folder in its place: for the administrator, who runs tests, no file is unreadable.
    mkdirSync(join(base, 'ktop', 'config.json'), {recursive: true});
    const request = parseArguments(['--node', 'n'], {env: {}, config: await readConfig({XDG_CONFIG_HOME: base})});
    expect(request).toMatchObject({kind: 'text', exitCode: 2});
    expect(request.kind === 'text' ? request.text : '').toMatch(/config\.json: it cannot be read: /);
  } finally {
    rmSync(base, {recursive: true});
  }
});

test('a switch of the config file can be named either way', () => {
  const fold = (content: object) => parseArguments([], {env: {}, config: config(content)});
  expect(fold({})).toMatchObject({options: {journal: {fold: true}}});
  expect(fold({fold: false})).toMatchObject({options: {journal: {fold: false}}});
  expect(fold({'no-fold': true})).toMatchObject({options: {journal: {fold: false}}});
});

test('a node on the command line wins over the demo of the config file', () => {
  const demo = {env: {}, config: config({demo: true})};
  expect(parseArguments(['--node', 'n'], demo)).toMatchObject({options: {connection: {node: 'n', via: null}}});
  expect(parseArguments([], demo)).toMatchObject({options: {connection: {via: 'demo'}}});
});

test('a command takes its own node, and refuses one that stands before it', () => {
  const configured = {env: {}, config: config({node: 'from-file'})};
  expect(parseArguments(['restart', '--node', 'b'], configured)).toMatchObject({
    kind: 'command',
    connection: {node: 'b'},
  });
  expect(parseArguments(['--node', 'b', 'restart'], configured)).toMatchObject({kind: 'text', exitCode: 2});
});

test('the version says which of the two ktops this is', () => {
  for (const argv of [['--version'], ['version']]) {
    const request = parseArguments(argv, nothing);
    expect(request.kind === 'text' ? request.text : '').toMatch(/^ktop \(kubelet\) \d/);
  }
});

test('help is had in each of the ways in which it is asked for', () => {
  const text = (...argv: readonly string[]) => {
    const request = parseArguments(argv, nothing);
    return request.kind === 'text' && request.exitCode === 0 ? request.text : '';
  };
  expect(text('help')).toBe(text('--help'));
  expect(text('help', 'restart')).toBe(text('restart', '--help'));
  expect(text('help', 'restart')).toContain('Usage: ktop restart');
});

test('read-only is kept from the flag and from the file, and hides what changes a node', () => {
  const file = parseConfig('/home/u/config.json', '{"read-only": true, "on-restart": "make"}');
  const restart = parseArguments(['restart', '--node', 'n'], {env: {}, config: file});
  expect(restart).toMatchObject({kind: 'command', actions: {readOnly: '"read-only" in /home/u/config.json'}});
  expect(parseArguments(['--node', 'n', '--read-only'], {env: {}, config: null})).toMatchObject({
    actions: {readOnly: '--read-only', onRestart: null},
  });
  for (const [argv, config] of [[['--help'], file] as const, [['--read-only', '--help'], null] as const]) {
    const help = parseArguments(argv, {env: {}, config});
    expect(help.kind === 'text' && help.text).not.toMatch(/^ {2}(restart|clear)/m);
  }
});

test('a command for a restart is not taken from a file that others may write', () => {
  const config = {...parseConfig('/c.json', '{"on-restart": "make"}'), foreign: true};
  expect(parseArguments(['--node', 'n'], {env: {}, config})).toMatchObject({
    exitCode: 2,
    text: expect.stringContaining('others may write this file') as string,
  });
  expect(parseArguments(['--node', 'n', '--on-restart', 'make'], {env: {}, config})).toMatchObject({kind: 'watch'});
});

test('a word beside a change of flags is none of its filter, and nothing is changed', () => {
  for (const change of ['--reset', '--set v=6', '--unset v']) {
    const line = `flags ${change} kind-worker2 --node kind-worker --yes`;
    expect(parseArguments(line.split(' '), {env: {}, config: null}), change).toMatchObject({
      kind: 'text',
      exitCode: 2,
      text: expect.stringContaining("'kind-worker2' is one word too many for 'ktop flags'") as string,
    });
  }
  expect(parseArguments(['flags', 'eviction', '--node', 'n'], {env: {}, config: null})).toMatchObject({
    kind: 'flags',
    filter: 'eviction',
  });
});
test('what is only for one state, or only for the screen, is refused elsewhere; configured, it rests', () => {
  const asked = (argv: string[], file: object = {}) => parseArguments(argv, {env: {}, config: config(file)});
  expect(asked(['--demo', '--once'])).toMatchObject({options: {output: 'table'}});
  expect(asked(['--demo', '--once', '-o', 'json'])).toMatchObject({options: {output: 'json'}});
  expect(asked(['--demo', '--once'], {output: 'jsonl', bell: true, notify: true})).toMatchObject({
    options: {output: 'table'},
  });
  for (const argv of [
    ['-o', 'json'],
    ['--once', '-o', 'jsonl'],
    ['--once', '--bell'],
    ['-o', 'jsonl', '--notify'],
  ]) {
    expect(asked(['--demo', ...argv]), argv.join(' ')).toMatchObject({kind: 'text', exitCode: 2});
  }
  expect(asked(['--demo', '--once', '--watch-binary', 'kubelet'])).toMatchObject({kind: 'text', exitCode: 2});
  expect(asked(['--demo'])).toMatchObject({options: {notify: {bell: false, desktop: null}}});
  expect(asked(['--demo'], {notify: true, 'notify-with': 'osc777'})).toMatchObject({
    options: {notify: {bell: false, desktop: 'osc777'}},
  });
});

test('the config file paces an exporter, and no other command stumbles over it', () => {
  const file = config({qps: 20, every: '15s'});
  const asked = (argv: string[]) => parseArguments(argv, {env: {}, config: file});
  expect(asked(['exporter', '--demo'])).toMatchObject({options: {qps: 20, everyMs: 15_000}});
  expect(asked(['exporter', '--demo', '--qps', '5'])).toMatchObject({options: {qps: 5, everyMs: 15_000}});
  expect(asked(['--demo'])).toMatchObject({kind: 'watch'});
  const settings = asked(['config']);
  const lines = settings.kind === 'config' ? settings.lines : [];
  expect(lines.find(({key}) => key === 'qps')).toMatchObject({value: '20'});
  const wrong = parseArguments(['exporter', '--demo'], {env: {}, config: config({qps: 'many'})});
  expect(JSON.stringify(wrong)).toContain("config.json:1: 'qps': a whole number");
});

test('several nodes are those of all words behind --node, each with the way that it says; a command takes one', () => {
  const request = parseArguments(['--node', 'a', '--node', 'kind:b', '--node', 'ssh:root@h', '--node', 'a'], nothing);
  if (request.kind !== 'watch') throw new Error(request.kind);
  expect(request.nodes).toMatchObject([
    {label: 'a', connection: {node: 'a', via: null, ssh: null}},
    {label: 'kind:b', connection: {node: 'b', via: 'kind', ssh: null}},
    {label: 'ssh:root@h', connection: {node: null, via: null, ssh: 'root@h'}},
  ]);
  expect(parseArguments(['deploy', 'k', '--node', 'a', '--node', 'b'], nothing)).toMatchObject({
    kind: 'deploy',
    nodes: [{label: 'a'}, {label: 'b'}],
  });
  expect(parseArguments(['restart', '--node', 'ssh:root@h'], nothing)).toMatchObject({connection: {ssh: 'root@h'}});
  const listed = {env: {}, config: config({node: ['a', 'b']})};
  expect(parseArguments([], listed)).toMatchObject({nodes: [{label: 'a'}, {label: 'b'}]});
  expect(parseArguments(['restart', '--node', 'c'], listed)).toMatchObject({connection: {node: 'c'}});
  expect(parseArguments(['restart'], listed)).toMatchObject({kind: 'text', exitCode: 2});
  expect(JSON.stringify(parseArguments(['restart'], listed))).toContain('ktop restart takes one');
});
