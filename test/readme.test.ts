import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {buildProgram, parseArguments} from '../src/cli/arguments.ts';
import {rights} from '../src/nodes/kube/rights.ts';
import {bindings} from '../src/tui/keymap.ts';

const project = join(import.meta.dirname, '..');

/** A Markdown table as prettier lays it out. */
function table(head: readonly [string, string], rows: readonly (readonly [string, string])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others.map(line)].join('\n');
}

function keys(): string {
  const titles = {all: 'everywhere', journal: 'journal', cpu: 'CPU', housekeeping: 'housekeeping'};
  const rows = bindings.map((binding): readonly [string, string] => [
    binding.keys.map((key) => `\`${key}\``).join(' '),
    `${binding.replay === true ? 'recording: ' : binding.pane === 'all' ? '' : `${titles[binding.pane]}: `}${binding.what}`,
  ]);
  return table(['key', 'what it does'], rows);
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
  return table(['option or command', 'what it does'], [...flags, ...commands]);
}

function rightsTable(): string {
  const rows = rights.map(({resource, verbs, path, purpose, granted, since}): readonly [string, string] => {
    const only = {
      always: '',
      'with --proxy': '; granted with `--proxy` only',
      'with --verbosity': '; granted with `--verbosity` only',
      never: '; not part of the role',
    }[granted];
    const older = since === undefined ? '' : `; before Kubernetes ${since.version}: \`${since.before}\``;
    return [`\`${verbs.join(',')} ${resource}\``, `\`${path}\`: ${purpose}${only}${older}`];
  });
  return table(['right', 'what it is for'], rows);
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
