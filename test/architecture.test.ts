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
});
