import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {buildProgram, parseArguments} from '../src/cli/arguments.ts';
import {rightName, rights} from '../src/nodes/kube/rights.ts';
import {bindings} from '../src/tui/keymap.ts';
import {commandsInText, shellLines, typedByHand} from './readme-commands.ts';
import {markdownTable} from './markdown-table.ts';

const project = join(import.meta.dirname, '..');

function keys(): string {
  const titles = {all: 'everywhere', journal: 'journal', cpu: 'CPU', housekeeping: 'housekeeping'};
  const rows = bindings.map((binding): readonly [string, string] => [
    binding.keys.map((key) => `\`${key}\``).join(' '),
    `${binding.replay === true ? 'recording: ' : binding.pane === 'all' ? '' : `${titles[binding.pane]}: `}${binding.what}`,
  ]);
  return markdownTable(['key', 'what it does'], rows);
}

function options(): string {
  const program = buildProgram(() => undefined, {});
  const flags = program.options.map((option): readonly [string, string] => {
    const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
    return [`\`${option.flags}\``, option.description + choices];
  });
  const commands = program.commands.map((command): readonly [string, string] => [
    `\`ktop ${command.name()} ${command.usage()}\``,
    command.description(),
  ]);
  return markdownTable(['option or command', 'what it does'], [...flags, ...commands]);
}

function rightsTable(): string {
  const rows = rights.map((right): readonly [string, string] => {
    const {verbs, path, purpose, granted, since} = right;
    const only = {
      always: '',
      'with --proxy': '; granted with `--proxy` only',
      'with --verbosity': '; granted with `--verbosity` only',
      'with --pipeline': '; granted with `--pipeline` only',
      never: '; not part of the role',
    }[granted];
    const older = since === undefined ? '' : `; before Kubernetes ${since.version}: \`${since.before}\``;
    return [`\`${verbs.join(',')} ${rightName(right)}\``, `\`${path}\`: ${purpose}${only}${older}`];
  });
  return markdownTable(['right', 'what it is for'], rows);
}

test.each([
  ['rights', 'docs/reaching-a-node.md', rightsTable],
  ['keys', 'docs/reference.md', keys],
  ['options', 'docs/reference.md', options],
])('the documents tell all %s as the program knows them', (name, file, made) => {
  const path = join(project, file);
  const text = readFileSync(path, 'utf8');
  const block = new RegExp(`(<!-- ${name} -->\\n\\n?)([\\s\\S]*?)(\\n*<!-- /${name} -->)`);
  if (process.env.UPDATE_README === '1') {
    writeFileSync(
      path,
      text.replace(block, () => `<!-- ${name} -->\n\n${made()}\n\n<!-- /${name} -->`),
    );
    return;
  }
  expect(block.exec(text)?.[2]?.trim(), 'run: UPDATE_README=1 npm run test:unit').toBe(made());
});

test('every command line of ktop in the documents is one that it takes', () => {
  const files = [
    'README.md',
    ...readdirSync(join(project, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const lines = files.flatMap((file) =>
    commandsIn(readFileSync(join(project, file), 'utf8')).map((line) => ({file, line})),
  );
  expect(lines.length).toBeGreaterThan(20);
  for (const {file, line} of lines) {
    const request = parseArguments(words(line), {env: {}, config: null});
    if (request.kind === 'text') expect(request.exitCode, `${file}: ktop ${line}: ${request.text}`).toBe(0);
  }
});

/** What follows `ktop` on the lines of the shell blocks. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .flatMap((line) => /^(?:npx )?ktop (.*)$/.exec(line.replace(/\s+#.*$/, ''))?.[1] ?? [])
    .filter((line) => !line.includes('…'));
}

function words(line: string): string[] {
  const typed = line.split(/\s(?:[|>&]|2>)/)[0] ?? '';
  return [...typed.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}

/** Who runs a command of the README; who adds one says here by whom it is run. */
const runners: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm (?:start|test)$/, '.ci/run'],
  [/^(?:npm start --|npx ktop)(?: |$)/, 'test/node/readme.test.ts'],
  [/^ktop .*--node kind-worker/, 'test/e2e/readme-loop.test.ts'],
  [/^(?:npm install --global|npx|apt-get install) \.\/ktop|^kubectl kubelet-top$/, 'test/install/install.test.ts'],
];

test('every command of the README is one that a test runs, and no shell stumbles over it', () => {
  const scripts = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {scripts: Record<string, string>};
  const program = buildProgram(() => undefined, {});
  const all = [...shellLines(), ...commandsInText()];
  expect(all.length).toBeGreaterThan(25);
  for (const command of all) {
    execFileSync('bash', ['-n', '-c', command]);
    // What is typed by hand is run on a node, whatever it is (test/node/readme.test.ts).
    if (typedByHand().includes(command)) continue;
    const script = /^npm (?:run )?([\w:]+)$/.exec(command)?.[1];
    const named = /^ktop ([a-z]+)$/.exec(command)?.[1];
    if (script !== undefined) expect(Object.keys(scripts.scripts), command).toContain(script);
    else if (named !== undefined) {
      expect(
        program.commands.map((one) => one.name()),
        command,
      ).toContain(named);
    } else {
      const runner = runners.find(([pattern]) => pattern.test(command));
      expect(runner, `nobody runs: ${command}`).toBeDefined();
      expect(existsSync(join(project, runner?.[1] ?? '')), command).toBe(true);
    }
  }
});
