import {accessSync, constants, statSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import type {Env} from './environment.ts';

/**
 * Why a program cannot be started by this name, a sentence; null where it can, as far as files tell. It is searched for
 * as execvp(3) does: a name without a slash on the PATH, in which an empty word is the present folder. That is some
 * microseconds, where to hand each look to another thread costs a start milliseconds.
 */
export function whyNotRun(file: string, env: Env): string | null {
  const isPath = file.includes('/');
  const paths = isPath ? [file] : (env.PATH ?? '/bin:/usr/bin').split(delimiter).map((folder) => join(folder, file));
  const found: Found[] = [];
  for (const path of paths) {
    const one = lookAt(path);
    if (one === 'runs') return null;
    found.push(one);
  }
  if (found.includes('denied')) return `"${file}" may not be executed`;
  return `there is no "${file}" on this machine's PATH`;
}

/** Whether a program of that name is on the PATH. Costs no process. */
export function onPath(name: string, env: Env): boolean {
  return whyNotRun(name, env) === null;
}

type Found = 'runs' | 'denied' | 'absent';

function lookAt(path: string): Found {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? 'runs' : 'denied';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'denied' : 'absent';
  }
}
