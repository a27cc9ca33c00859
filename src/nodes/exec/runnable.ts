import {access, constants, stat} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import type {Env} from './environment.ts';

/**
 * Why a program cannot be started by this name, a sentence; null where it can, as far as files tell. It is searched for
 * as execvp(3) does: a name without a slash on the PATH, in which an empty word is the present folder.
 */
export async function whyNotRun(file: string, env: Env): Promise<string | null> {
  const isPath = file.includes('/');
  const paths = isPath ? [file] : (env.PATH ?? '/bin:/usr/bin').split(delimiter).map((folder) => join(folder, file));
  const found: Found[] = [];
  for (const path of paths) {
    const one = await lookAt(path);
    if (one === 'runs') return null;
    found.push(one);
  }
  if (found.includes('denied')) return `"${file}" may not be executed`;
  return `there is no "${file}" on this machine's PATH`;
}

/** Whether a program of that name is on the PATH. Costs no process. */
export async function onPath(name: string, env: Env): Promise<boolean> {
  return (await whyNotRun(name, env)) === null;
}

type Found = 'runs' | 'denied' | 'absent';

async function lookAt(path: string): Promise<Found> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? 'runs' : 'denied';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'denied' : 'absent';
  }
}
