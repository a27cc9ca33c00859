import {access, constants} from 'node:fs/promises';
import {delimiter, join} from 'node:path';

/** The environment of the program, handed in so that a test can have its own. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Our token is nobody else's business: no engine, no ssh, no plugin inherits it. */
export function withoutToken(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'KTOP_TOKEN'));
}

/** Whether a program of that name is on the PATH. Costs no process. */
export async function onPath(name: string, env: Env): Promise<boolean> {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

export interface LocalResult {
  /** Null where it did not run to its end; `stderr` then says why. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on this machine (an engine's client, minikube, a credential plugin). Never rejects. */
export async function runLocal(
  file: string,
  args: readonly string[],
  options: {readonly env: Env; readonly timeoutMs?: number; readonly signal?: AbortSignal},
): Promise<LocalResult> {
  const {execa} = await import('execa');
  const {timeoutMs = 10_000} = options;
  const result = await execa(file, args, {
    stdin: 'ignore',
    reject: false,
    env: withoutToken(options.env),
    extendEnv: false,
    timeout: timeoutMs,
    ...(options.signal && {cancelSignal: options.signal}),
  });
  const why = result.timedOut ? `gave no answer within ${timeoutMs / 1000} s` : (result.shortMessage ?? '');
  const exitCode = result.timedOut || result.isCanceled ? null : (result.exitCode ?? null);
  return {exitCode, stdout: result.stdout, stderr: exitCode === null ? why : result.stderr};
}
