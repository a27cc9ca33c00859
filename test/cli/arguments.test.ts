import {expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';

const nothing = {env: {}, config: null};
const config = (value: unknown) => ({path: '/home/me/.config/ktop/config.json', text: JSON.stringify(value)});

test('flags win over the environment, and that over the config file', () => {
  const asked = (argv: string[], env: Record<string, string>) =>
    parseArguments(argv, {env, config: config({node: 'from-file', pod: ['a', 'b'], scrollback: 1000})});
  expect(asked([], {})).toMatchObject({
    kind: 'watch',
    options: {connection: {node: 'from-file'}, pods: {pods: ['a', 'b']}, journal: {scrollback: 1000}},
  });
  process.env.KTOP_NODE = 'from-environment';
  try {
    expect(asked([], {})).toMatchObject({options: {connection: {node: 'from-environment'}}});
    expect(asked(['--node', 'from-flag', '--pod', 'c'], {})).toMatchObject({
      options: {connection: {node: 'from-flag'}, pods: {pods: ['c']}},
    });
  } finally {
    delete process.env.KTOP_NODE;
  }
});

test('a mistake in the config file names the file', () => {
  const request = parseArguments([], {env: {}, config: config({nod: 'x'})});
  expect(request).toMatchObject({kind: 'text', exitCode: 2});
  expect(JSON.stringify(request)).toContain('config.json: \\"nod\\" is not an option of ktop');
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
    'leave out --demo or --node': ['--demo', '--node', 'kind-worker'],
  };
  for (const [said, argv] of Object.entries(mistakes)) {
    const request = parseArguments(argv, nothing);
    expect(request).toMatchObject({kind: 'text', exitCode: 2});
    expect(JSON.stringify(request)).toContain(said);
    expect(JSON.stringify(request)).toContain('try: ktop --help');
  }
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
  const request = parseArguments(['--version'], nothing);
  expect(request.kind === 'text' ? request.text : '').toMatch(/^ktop \(kubelet\) \d/);
});
