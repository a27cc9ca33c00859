import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {sourceCopy} from '../source-copy.ts';

const project = join(import.meta.dirname, '..', '..');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true});
});

interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly {readonly path: string; readonly mode: number}[];
}

/** What npm would put into the package. */
function packed(): Packed {
  const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: project,
    encoding: 'utf8',
  });
  const [only] = Object.values(JSON.parse(told) as Record<string, Packed>);
  if (only === undefined) throw new Error(told);
  return only;
}

test('the npm package holds the program, its licences and the man page, and nothing else', () => {
  const {files, unpackedSize} = packed();
  const chunk = /^dist\/[\w-]+\.js$/;
  const others = files.map(({path}) => path).filter((path) => !chunk.test(path));
  expect(others.sort()).toEqual([
    'LICENSE',
    'README.md',
    'bin/ktop.js',
    'bin/package.json',
    'dist/LICENCES.txt',
    'dist/help.txt',
    'dist/ktop.1',
    'package.json',
  ]);
  expect(files.find(({path}) => path === 'bin/ktop.js')?.mode).toBe(0o755);
  expect(unpackedSize).toBeLessThan(2_500_000);
});

test('the package asks npm for nothing: what it needs is bundled', () => {
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {scripts: unknown};
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest).not.toHaveProperty('optionalDependencies');
  expect(manifest.scripts).not.toHaveProperty('postinstall');
});

test('two builds in two folders are equal, byte by byte', () => {
  const outputs = [0, 1].map(() => {
    const folder = sourceCopy();
    folders.push(folder);
    execFileSync(process.execPath, ['.ci/package/dist.ts'], {cwd: folder});
    return execFileSync('sh', ['-c', 'sha256sum dist/*'], {cwd: folder, encoding: 'utf8'});
  });
  expect(outputs[1]).toBe(outputs[0]);
});

test('the help that lies in the package is what the program tells, and never what a config file hides', () => {
  const help = (file: string, config: string) =>
    execFileSync(process.execPath, [join(project, file), '--help'], {
      env: {...process.env, XDG_CONFIG_HOME: config},
      encoding: 'utf8',
    });
  const folder = mkdtempSync(join(tmpdir(), 'ktop-help-'));
  folders.push(folder);
  const told = help('bin/ktop.js', folder);
  expect(told).toMatch(/^ {2}restart/m);
  expect(told).toBe(help('dist/main.js', folder));
  mkdirSync(join(folder, 'ktop'));
  writeFileSync(join(folder, 'ktop', 'config.yaml'), 'read-only: true\n');
  expect(help('bin/ktop.js', folder)).not.toMatch(/^ {2}restart/m);
});
