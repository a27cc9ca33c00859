import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {describe, expect, it} from 'vitest';

const project = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(project, path), 'utf8');

const sources = readdirSync(join(project, 'src'), {recursive: true, withFileTypes: true})
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(project, join(entry.parentPath, entry.name)));

const imports = new Map(
  sources.map((file) => [
    file,
    [...read(file).matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, to = '']) => join(dirname(file), to)),
  ]),
);

/** Files that import each other, directly or through others: each pair once. */
function circles(): string[] {
  const reached = new Map<string, Set<string>>();
  for (const file of sources) {
    const seen = new Set<string>();
    const open = [...(imports.get(file) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    reached.set(file, seen);
  }
  return sources.filter((file) => reached.get(file)?.has(file));
}

describe('the architecture', () => {
  it('has no circle of imports', () => {
    expect(circles()).toEqual([]);
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])('names only files that are there: %s', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|docs|bin)\/[\w./-]*)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });

  it('names every folder of src/', () => {
    const page = read('docs/architecture.md');
    const folders = new Set(sources.map((file) => dirname(file).split('/').slice(0, 2).join('/')));
    expect([...folders].filter((folder) => folder !== 'src' && !page.includes(`\`${folder}/\``))).toEqual([]);
  });

  it('gives every parser of what others wrote to the fuzzer', () => {
    const parses =
      /^export (?:async )?function\*? (?:parse|read)[A-Z]|\b(?:parseJson(?:Object)?|JSON\.parse|matchAll)\(/m;
    const fuzzed = new Set(
      readdirSync(join(project, 'test/fuzz')).flatMap((file) =>
        [...read(`test/fuzz/${file}`).matchAll(/from '\.\.\/\.\.\/([^']+)'/g)].map(([, to]) => to),
      ),
    );
    // What these read is given to them by one that is fuzzed, or is of our own making.
    const through = new Set([
      ...['action', 'connection', 'deploy', 'metrics', 'watch'].map((flags) => `src/cli/${flags}-flags.ts`),
      ...[
        'src/commands/deploy/build.ts',
        'src/session/player/read-recording.ts',
        'src/session/read-only.ts',
        'src/tui/ink/changed-cells.ts',
        'src/util/json.ts',
      ],
    ]);
    const missing = sources.filter((file) => !file.startsWith('src/demo/') && parses.test(read(file)));
    expect(missing.filter((file) => !fuzzed.has(file) && !through.has(file))).toEqual([]);
  });
});
