import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {delimiter, dirname, isAbsolute, join, resolve} from 'node:path';
import {FailureError} from '../../model/failure.ts';
import {at, listAt, textAt} from '../../util/json.ts';
import type {Env} from '../exec/environment.ts';
import type {Material} from './pem.ts';

/** `users[].user.exec`: a program that gives a credential. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
  /** `Always` wants a terminal, which ktop keeps for itself. */
  readonly interactiveMode: string | null;
  readonly installHint: string | null;
}

/** Somebody else whom the user acts as (`as`, `as-uid`, `as-groups`, `as-user-extra`). */
export interface Impersonation {
  readonly user: string;
  readonly uid: string | null;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
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
  /** Read again and again; what it says goes before `token`. */
  readonly tokenFile: string | null;
  readonly password: {readonly username: string; readonly password: string} | null;
  readonly exec: ExecPlugin | null;
  /** What the cluster says to the plugin: its extension `client.authentication.k8s.io/exec`. */
  readonly execConfig: unknown;
  /** `auth-provider`, gone since Kubernetes 1.26; its name, to say so. */
  readonly legacyProvider: string | null;
  readonly impersonation: Impersonation | null;
}

/** The parts of a `KubeContext` that most contexts lack. */
export const plainContext = {
  insecure: false,
  serverName: null,
  proxy: null,
  certificate: null,
  key: null,
  token: null,
  tokenFile: null,
  password: null,
  exec: null,
  execConfig: null,
  legacyProvider: null,
  impersonation: null,
};

/** The contexts of all files of a kubeconfig. */
export interface Kubeconfig {
  readonly current: string | null;
  readonly contexts: readonly KubeContext[];
  /** Contexts that are named but not complete, and what they lack. */
  readonly incomplete: ReadonlyMap<string, string>;
}

/** An entry of a list, and the folder of its file: relative paths are relative to that. */
interface Entry {
  readonly value: unknown;
  readonly folder: string;
  /** Which one it is, for messages: `user "jane" in /home/jane/.kube/config`. */
  readonly title: string;
}

interface ParsedFile {
  readonly root: unknown;
  readonly folder: string;
  readonly path: string;
}

/** The files that are read: `--kubeconfig`, else KUBECONFIG (a list), else `~/.kube/config`. */
function kubeconfigFiles(explicit: string | null | undefined, env: Env): readonly string[] {
  if (explicit) return [explicit];
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(env.HOME ?? homedir(), '.kube', 'config')];
}

/**
 * Reads the user's kubeconfig: null where there is none at all. As with kubectl, of several files the first one that
 * names a thing wins, a context may stand in one and its cluster and user in others, and missing files are passed over,
 * but one that was asked for must be there.
 */
export async function readKubeconfig(explicit: string | null | undefined, env: Env): Promise<Kubeconfig | null> {
  const files: ParsedFile[] = [];
  for (const path of kubeconfigFiles(explicit, env)) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (missing && !explicit) continue;
      const problem = missing ? 'there is no such file' : error instanceof Error ? error.message : String(error);
      throw unfitFile(path, problem);
    }
    if (text.trim() !== '') files.push({root: await parseYaml(text, path), folder: dirname(resolve(path)), path});
  }
  return files.length === 0 ? null : merged(files);
}

/** Parses the text of one kubeconfig; `path` is for messages and for the relative paths in it. */
export async function parseKubeconfig(text: string, path: string): Promise<Kubeconfig> {
  return merged([{root: await parseYaml(text, path), folder: dirname(resolve(path)), path}]);
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  // js-yaml: 4 ms and 45 KB in a chunk of its own; the KubeConfig class of @kubernetes/client-node is 100 ms and 1.4 MB.
  const {loadAll} = await import('js-yaml');
  let root: unknown;
  try {
    // Of several documents kubectl reads the first.
    [root] = loadAll(text);
  } catch (error) {
    // The parser's own words quote the file, and with it secrets.
    const line = at(error, 'mark', 'line');
    throw unfitFile(path, `it is no YAML${typeof line === 'number' ? `: see line ${line + 1}` : ''}`);
  }
  const problem = shapeProblem(root);
  if (problem !== null) throw unfitFile(path, problem);
  return root;
}

const unfitFile = (path: string, problem: string): FailureError =>
  new FailureError({code: 'bad-config', tried: `read the kubeconfig ${path}`, problem, next: 'kubectl config view'});

/** Why YAML is no kubeconfig, where kubectl refuses it too: what it would be taken for lacks what it names. */
function shapeProblem(root: unknown): string | null {
  // A file with nothing but comments.
  if (root === undefined || root === null) return null;
  if (typeof root !== 'object' || Array.isArray(root)) return 'it is no kubeconfig: at its top are no fields';
  const isNoText = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';
  const list = ['contexts', 'clusters', 'users'].find((name) =>
    listAt(root, name).some((entry) => isNoText(at(entry, 'name'))),
  );
  if (list !== undefined) return `in its ${list} a name is no text: put it in quotes`;
  return isNoText(at(root, 'current-context')) ? 'its current-context is no text: put it in quotes' : null;
}

function merged(files: readonly ParsedFile[]): Kubeconfig {
  const entries = (list: string, item: string): ReadonlyMap<string, Entry> => {
    const found = new Map<string, Entry>();
    for (const {root, folder, path} of files) {
      for (const entry of listAt(root, list)) {
        const name = textAt(entry, 'name');
        if (name !== undefined && !found.has(name))
          found.set(name, {value: at(entry, item), folder, title: `${item} "${name}" in ${path}`});
      }
    }
    return found;
  };
  const clusters = entries('clusters', 'cluster');
  const users = entries('users', 'user');
  const contexts: KubeContext[] = [];
  const incomplete = new Map<string, string>();
  for (const [name, {value}] of entries('contexts', 'context')) {
    const user = textAt(value, 'user') ?? '';
    const cluster = clusters.get(textAt(value, 'cluster') ?? '');
    const server = serverUrl(cluster?.value);
    if (cluster === undefined) incomplete.set(name, `its cluster "${textAt(value, 'cluster') ?? ''}" is not there`);
    else if (server === null) incomplete.set(name, 'its cluster has no valid server');
    else if (user !== '' && !users.has(user)) incomplete.set(name, `its user "${user}" is not there`);
    else contexts.push({name, listed: true, server, user, ...clusterPart(cluster), ...userPart(users.get(user))});
  }
  const current = files.map(({root}) => nonEmpty(textAt(root, 'current-context'))).find((name) => name !== null);
  return {current: current ?? null, contexts, incomplete};
}

/** The server of a cluster; without `https://` as kubectl completes it (client-go `DefaultServerURL`); null where it is none. */
function serverUrl(cluster: unknown): string | null {
  const server = textAt(cluster, 'server') ?? '';
  const isTls = ['certificate-authority', 'certificate-authority-data', 'insecure-skip-tls-verify'].some(
    (name) => (at(cluster, name) ?? '') !== '' && at(cluster, name) !== false,
  );
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `${isTls ? 'https' : 'http'}://${server}`;
  return URL.canParse(url) ? url : null;
}

function clusterPart(entry: Entry) {
  const {value} = entry;
  const extension = listAt(value, 'extensions').find(
    (entry) => textAt(entry, 'name') === 'client.authentication.k8s.io/exec',
  );
  return {
    ca: material(entry, 'certificate-authority'),
    insecure: at(value, 'insecure-skip-tls-verify') === true,
    serverName: nonEmpty(textAt(value, 'tls-server-name')),
    proxy: nonEmpty(textAt(value, 'proxy-url')),
    execConfig: at(extension, 'extension') ?? null,
  };
}

function userPart(entry: Entry | undefined) {
  const {value, folder} = entry ?? {value: undefined, folder: ''};
  const tokenFile = nonEmpty(textAt(value, 'tokenFile'));
  const username = nonEmpty(textAt(value, 'username'));
  return {
    certificate: entry === undefined ? null : material(entry, 'client-certificate'),
    key: entry === undefined ? null : material(entry, 'client-key'),
    token: nonEmpty(textAt(value, 'token')),
    tokenFile: tokenFile === null ? null : resolve(folder, tokenFile),
    password: username === null ? null : {username, password: textAt(value, 'password') ?? ''},
    exec: execPart(at(value, 'exec'), folder),
    legacyProvider: textAt(value, 'auth-provider', 'name') ?? null,
    impersonation: impersonationPart(value),
  };
}

function impersonationPart(user: unknown): Impersonation | null {
  const uid = nonEmpty(textAt(user, 'as-uid'));
  const groups = listAt(user, 'as-groups').filter((group) => typeof group === 'string');
  const extra: [string, readonly string[]][] = Object.entries(at(user, 'as-user-extra') ?? {}).map(
    ([key, values]: [string, unknown]) => [key, listAt(values).filter((value) => typeof value === 'string')],
  );
  const name = textAt(user, 'as') ?? '';
  if (name === '' && uid === null && groups.length === 0 && extra.length === 0) return null;
  return {user: name, uid, groups, extra: Object.fromEntries(extra)};
}

function execPart(exec: unknown, folder: string): ExecPlugin | null {
  const command = textAt(exec, 'command');
  if (command === undefined) return null;
  const env: Record<string, string> = {};
  for (const pair of listAt(exec, 'env')) {
    const name = textAt(pair, 'name');
    if (name) env[name] = textAt(pair, 'value') ?? '';
  }
  return {
    apiVersion: textAt(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    // As kubectl: a path with a slash in it is relative to the kubeconfig, a bare name is looked for on the PATH.
    command: command.includes('/') && !isAbsolute(command) ? join(folder, command) : command,
    args: listAt(exec, 'args').filter((arg) => typeof arg === 'string'),
    env,
    provideClusterInfo: at(exec, 'provideClusterInfo') === true,
    interactiveMode: textAt(exec, 'interactiveMode') ?? null,
    installHint: textAt(exec, 'installHint') ?? null,
  };
}

function material({value, folder, title}: Entry, key: string): Material | null {
  const data = textAt(value, `${key}-data`);
  if (data) return {data, place: `${key}-data of the ${title}`};
  const file = textAt(value, key);
  return file ? {file: resolve(folder, file), place: `${key} of the ${title}`} : null;
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** The context of that name. Throws with what it lacks, or with the names there are; `tried` is what it was wanted for. */
export function contextNamed(
  config: Kubeconfig,
  name: string,
  tried = `use the context "${name}" of the kubeconfig`,
): KubeContext {
  const found = config.contexts.find((context) => context.name === name);
  if (found !== undefined) return found;
  const names = config.contexts.map((context) => context.name).join(', ');
  const lack = config.incomplete.get(name);
  throw new FailureError({
    code: 'bad-config',
    tried,
    problem: lack ?? (names === '' ? 'it has no contexts' : `it has no such context, only ${names}`),
    next: 'kubectl config get-contexts',
  });
}
