import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {delimiter, dirname, isAbsolute, join, resolve} from 'node:path';
import {FailureError} from '../../model/failure.ts';
import {at, listAt, textAt} from '../../util/json.ts';
import type {Env} from '../exec/local-command.ts';

/** A place where a value may stand: in the file itself (base64), or in another file. */
export type Material = {readonly data: string} | {readonly file: string};

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
  readonly installHint: string | null;
}

/** One context of a kubeconfig, put together: which server, believed for what reason, asked as whom. */
export interface KubeContext {
  readonly name: string;
  /** It is in the user's kubeconfig, under that name. */
  readonly listed: boolean;
  readonly server: string;
  readonly ca: Material | null;
  readonly insecure: boolean;
  readonly serverName: string | null;
  readonly proxy: string | null;
  readonly user: string;
  readonly certificate: Material | null;
  readonly key: Material | null;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly exec: ExecPlugin | null;
  /** `auth-provider`, gone since Kubernetes 1.26; its name, to say so. */
  readonly legacyProvider: string | null;
}

export interface Kubeconfig {
  readonly current: string | null;
  readonly contexts: readonly KubeContext[];
}

/** The files that are read: `--kubeconfig`, else KUBECONFIG (a list), else `~/.kube/config`. */
export function kubeconfigFiles(explicit: string | null | undefined, env: Env): readonly string[] {
  if (explicit) return [explicit];
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(env.HOME ?? homedir(), '.kube', 'config')];
}

/**
 * Reads the user's kubeconfig: null where there is none at all. As with kubectl, of several files the first one that
 * names a thing wins and missing ones are passed over, but one that was asked for must be there.
 */
export async function readKubeconfig(explicit: string | null | undefined, env: Env): Promise<Kubeconfig | null> {
  const parsed: Kubeconfig[] = [];
  for (const path of kubeconfigFiles(explicit, env)) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (missing && !explicit) continue;
      const problem = missing ? 'there is no such file' : error instanceof Error ? error.message : String(error);
      throw new FailureError({
        code: 'bad-config',
        tried: `read the kubeconfig ${path}`,
        problem,
        next: 'kubectl config view',
      });
    }
    if (text.trim() !== '') parsed.push(await parseKubeconfig(text, path));
  }
  if (parsed.length === 0) return null;
  const contexts = new Map<string, KubeContext>();
  for (const file of parsed) {
    for (const context of file.contexts) if (!contexts.has(context.name)) contexts.set(context.name, context);
  }
  return {current: parsed.find((file) => file.current !== null)?.current ?? null, contexts: [...contexts.values()]};
}

/** Parses the text of one kubeconfig; `path` is for messages and for the relative paths in it. */
export async function parseKubeconfig(text: string, path: string): Promise<Kubeconfig> {
  // js-yaml: 4 ms and 45 KB in a chunk of its own; the KubeConfig class of @kubernetes/client-node is 100 ms and 1.4 MB.
  const {load} = await import('js-yaml');
  let root: unknown;
  try {
    root = load(text);
  } catch (error) {
    // Only the first line: the rest of the message quotes the file, and with it secrets.
    const problem = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new FailureError({
      code: 'bad-config',
      tried: `read the kubeconfig ${path}`,
      problem,
      next: 'kubectl config view',
    });
  }
  const folder = dirname(resolve(path));
  const clusters = named(root, 'clusters', 'cluster');
  const users = named(root, 'users', 'user');
  const contexts: KubeContext[] = [];
  for (const [name, context] of named(root, 'contexts', 'context')) {
    const user = textAt(context, 'user') ?? '';
    const cluster = clusters.get(textAt(context, 'cluster') ?? '');
    const server = textAt(cluster, 'server');
    if (server === undefined || !URL.canParse(server)) continue;
    contexts.push({
      name,
      listed: true,
      server,
      user,
      ...clusterPart(cluster, folder),
      ...userPart(users.get(user), folder),
    });
  }
  return {current: nonEmpty(textAt(root, 'current-context')), contexts};
}

function clusterPart(cluster: unknown, folder: string) {
  return {
    ca: material(cluster, 'certificate-authority', folder),
    insecure: at(cluster, 'insecure-skip-tls-verify') === true,
    serverName: textAt(cluster, 'tls-server-name') ?? null,
    proxy: textAt(cluster, 'proxy-url') ?? null,
  };
}

function userPart(user: unknown, folder: string) {
  const tokenFile = textAt(user, 'tokenFile');
  return {
    certificate: material(user, 'client-certificate', folder),
    key: material(user, 'client-key', folder),
    token: nonEmpty(textAt(user, 'token')),
    tokenFile: tokenFile === undefined ? null : resolve(folder, tokenFile),
    exec: execPart(at(user, 'exec'), folder),
    legacyProvider: textAt(user, 'auth-provider', 'name') ?? null,
  };
}

function execPart(exec: unknown, folder: string): ExecPlugin | null {
  const command = textAt(exec, 'command');
  if (command === undefined) return null;
  const env: Record<string, string> = {};
  for (const pair of listAt(exec, 'env')) env[textAt(pair, 'name') ?? ''] = textAt(pair, 'value') ?? '';
  return {
    apiVersion: textAt(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    // As kubectl: a path with a slash in it is relative to the kubeconfig, a bare name is looked for on the PATH.
    command: command.includes('/') && !isAbsolute(command) ? join(folder, command) : command,
    args: listAt(exec, 'args').filter((arg) => typeof arg === 'string'),
    env,
    provideClusterInfo: at(exec, 'provideClusterInfo') === true,
    installHint: textAt(exec, 'installHint') ?? null,
  };
}

function material(value: unknown, key: string, folder: string): Material | null {
  const data = textAt(value, `${key}-data`);
  if (data) return {data};
  const file = textAt(value, key);
  return file ? {file: resolve(folder, file)} : null;
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function named(root: unknown, list: string, item: string): Map<string, unknown> {
  const entries = new Map<string, unknown>();
  for (const entry of listAt(root, list)) {
    const name = textAt(entry, 'name');
    if (name !== undefined && !entries.has(name)) entries.set(name, at(entry, item));
  }
  return entries;
}

/** The bytes of a material as PEM text. */
export async function readMaterial(material: Material, what: string): Promise<string> {
  if ('data' in material) return Buffer.from(material.data, 'base64').toString('utf8');
  try {
    return await readFile(material.file, 'utf8');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new FailureError({
      code: 'bad-config',
      tried: `read the ${what} ${material.file}`,
      problem,
      next: 'kubectl config view',
    });
  }
}

/** The context of that name, or the current one. Rejects with the names there are. */
export function contextNamed(config: Kubeconfig, name: string): KubeContext {
  const found = config.contexts.find((context) => context.name === name);
  if (found !== undefined) return found;
  const names = config.contexts.map((context) => context.name).join(', ');
  throw new FailureError({
    code: 'bad-config',
    tried: `use the context "${name}" of the kubeconfig`,
    problem: names === '' ? 'it has no contexts' : `it has no such context, only ${names}`,
    next: 'kubectl config get-contexts',
  });
}
