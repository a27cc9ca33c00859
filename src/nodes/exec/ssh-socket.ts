import {createHash} from 'node:crypto';
import {lstat, mkdir, mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Env} from './environment.ts';

/**
 * The socket of the connection that all commands to one destination share, also those of another ktop. ssh removes it
 * with its master; one that was killed leaves a socket that the next ssh replaces.
 */
export async function sharedSocket(destination: readonly string[], env: Env): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(destination)).digest('hex').slice(0, 12);
  const name = (folder: string) => join(folder, hash);
  for (const folder of [env.XDG_RUNTIME_DIR ?? '', env.TMPDIR ?? '', tmpdir(), '/tmp']) {
    const own = join(folder, `ktop-ssh-${process.getuid?.() ?? 0}`);
    if (isUsable(name(own)) && (await isPrivate(own))) return name(own);
  }
  return name(await mkdtemp('/tmp/ktop-ssh-'));
}

/**
 * ssh first binds the socket under a longer name (17 characters more), and some systems have room for 104 bytes only. It
 * reads the path as a part of its configuration, where spaces, quotes, `%`, `$` and `~` mean something.
 */
function isUsable(path: string): boolean {
  return path.startsWith('/') && Buffer.byteLength(path) + 17 < 104 && /^[\w/.,:+@=-]+$/.test(path);
}

/** Whoever can open the socket can run commands on the node: the folder is ours alone. */
async function isPrivate(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, {mode: 0o700, recursive: true});
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === (process.getuid?.() ?? 0) && (found.mode & 0o077) === 0;
  } catch {
    // A runtime folder that is not there, or a name that somebody else has taken.
    return false;
  }
}
