import {readFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import type {SecureContextOptions, TlsOptions} from 'node:tls';
import {FailureError, toFailure} from '../model/failure.ts';

/** What the web configuration says, ready for a server. */
export interface WebConfig {
  /** Null: plain HTTP. */
  readonly tls: (SecureContextOptions & Pick<TlsOptions, 'requestCert' | 'rejectUnauthorized'>) | null;
  /** User → bcrypt hash; empty: nobody is asked who they are. */
  readonly users: ReadonlyMap<string, string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What Node can do of `client_auth_type` (Go's `crypto/tls`, `ClientAuthType`). */
const clientAuth: Readonly<Record<string, Pick<TlsOptions, 'requestCert' | 'rejectUnauthorized'>>> = {
  NoClientCert: {},
  VerifyClientCertIfGiven: {requestCert: true, rejectUnauthorized: false},
  RequireAndVerifyClientCert: {requestCert: true, rejectUnauthorized: true},
};
const versions: Readonly<Record<string, 'TLSv1.2' | 'TLSv1.3'>> = {TLS12: 'TLSv1.2', TLS13: 'TLSv1.3'};
const bcryptHash = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/**
 * Reads a web configuration as the Prometheus exporters have it (prometheus/exporter-toolkit, `web-configuration.md`).
 * Paths in it are relative to its folder. What is unknown or not supported is refused, never passed over: a setting that
 * somebody relies on must not be missing in silence. Rejects with a `FailureError`.
 */
export async function readWebConfig(path: string): Promise<WebConfig> {
  const tried = `read the web configuration ${path}`;
  try {
    const {load} = await import('js-yaml');
    const top = fieldsOf(load(await readFile(path, 'utf8')) ?? {}, 'the file');
    only(top, 'the file', ['tls_server_config', 'http_server_config', 'basic_auth_users']);
    const http = fieldsOf(top.http_server_config ?? {}, 'http_server_config');
    // It is about HTTP/2, which nobody needs for a scrape.
    only(http, 'http_server_config', ['http2']);
    const tls = top.tls_server_config == null ? null : fieldsOf(top.tls_server_config, 'tls_server_config');
    return {tls: tls === null ? null : await tlsOf(tls, dirname(path)), users: usersOf(top.basic_auth_users ?? {})};
  } catch (error) {
    const {problem} = toFailure(error, tried);
    throw new FailureError({code: 'bad-config', tried, problem, next: null}, {cause: error});
  }
}

async function tlsOf(given: Fields, folder: string): Promise<NonNullable<WebConfig['tls']>> {
  const where = 'tls_server_config';
  const text = (name: string): string | null => {
    const value = given[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value !== 'string') throw new Error(`${where}: ${name} must be text`);
    return value;
  };
  only(given, where, [
    ...['cert', 'key', 'client_ca', 'cert_file', 'key_file', 'client_ca_file'],
    ...['client_auth_type', 'min_version', 'max_version'],
  ]);
  const material = async (name: string): Promise<string | null> => {
    const file = text(`${name}_file`);
    return text(name) ?? (file === null ? null : readFile(resolve(folder, file), 'utf8'));
  };
  const [cert, key, ca] = [await material('cert'), await material('key'), await material('client_ca')];
  if (cert === null || key === null) throw new Error(`${where}: cert_file and key_file are needed`);
  const [least, most] = [text('min_version') ?? 'TLS12', text('max_version') ?? 'TLS13'];
  const [minVersion, maxVersion] = [versions[least], versions[most]];
  if (minVersion === undefined || maxVersion === undefined) {
    throw new Error(`${where}: min_version and max_version may be TLS12 or TLS13`);
  }
  const type = text('client_auth_type') ?? 'NoClientCert';
  const auth = clientAuth[type];
  if (auth === undefined) {
    throw new Error(`${where}: client_auth_type may be ${Object.keys(clientAuth).join(', ')}`);
  }
  // As the exporters do: who is not asked for a certificate cannot be checked against a CA.
  if (ca !== null && auth.requestCert !== true) throw new Error(`${where}: client_ca_file needs a client_auth_type`);
  if (ca === null && auth.requestCert === true) throw new Error(`${where}: ${type} needs a client_ca_file`);
  return {cert, key, ...(ca !== null && {ca}), minVersion, maxVersion, ...auth};
}

function usersOf(given: unknown): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const [name, hash] of Object.entries(fieldsOf(given, 'basic_auth_users'))) {
    if (typeof hash !== 'string' || !bcryptHash.test(hash)) {
      throw new Error(`basic_auth_users: what stands for ${name} is no bcrypt hash (htpasswd -nBC 10 "" makes one)`);
    }
    users.set(name, hash);
  }
  return users;
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where}: a mapping is wanted`);
  return Object.fromEntries(Object.entries(value));
}

function only(fields: Fields, where: string, known: readonly string[]): void {
  const other = Object.keys(fields).find((name) => !known.includes(name));
  if (other !== undefined) throw new Error(`${where}: ${other} is not supported, only ${known.join(', ')}`);
}
