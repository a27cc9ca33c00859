import {execFileSync} from 'node:child_process';
import {mkdtempSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const project = join(import.meta.dirname, '..');

/**
 * A copy of what ktop is built from, in a new folder, beside the project's packages: a build makes dist/ anew, and in the
 * project it would take it away from the tests that run meanwhile.
 */
export function sourceCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-source-'));
  for (const part of ['src', 'bin', 'package.json', 'bundling.ts', 'tsconfig.json', '.ci']) {
    execFileSync('cp', ['-r', join(project, part), folder]);
  }
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
