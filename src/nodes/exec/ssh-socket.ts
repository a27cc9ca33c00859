import {createHash} from 'node:crypto';
import {lstat, mkdir, mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Env} from './local-command.ts';

/**
 * The socket of the connection that all commands to one destination share, also those of another ktop. ssh removes it
 * with its master; one that was killed leaves a socket that the next ssh replaces.
 */
export async function sharedSocket(destination: readonly string[], env: Env): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(destination)).digest('hex').slice(0, 12);
  // Short, because the path of a socket has room for some hundred bytes only; `%` begins ssh's own words.
  return join(await privateFolder(env), hash).replaceAll('%', '%%');
}

/** Whoever can open the socket can run commands on the node: the folder is ours alone. */
async function privateFolder(env: Env): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const {XDG_RUNTIME_DIR: runtime = ''} = env;
  const folder = join(runtime.startsWith('/') ? runtime : tmpdir(), `ktop-ssh-${uid}`);
  try {
    await mkdir(folder, {mode: 0o700, recursive: true});
    const found = await lstat(folder);
    if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  } catch {
    // A runtime folder that is not there, or a name that somebody else has taken.
  }
  return mkdtemp(join(tmpdir(), 'ktop-ssh-'));
}
