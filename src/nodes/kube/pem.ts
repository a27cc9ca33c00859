import {createPrivateKey, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {FailureError} from '../../model/failure.ts';

/** A certificate or key: in the kubeconfig itself (base64), or in a file of its own. */
export type Material = ({readonly data: string} | {readonly file: string}) & {
  /** Who names it, for messages: `client-key-data of the user "jane" in /home/jane/.kube/config`. */
  readonly place: string;
};

/** What a PEM text should hold. */
export type PemKind = 'certificate' | 'key';

const begins: Readonly<Record<PemKind, RegExp>> = {
  certificate: /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/,
  key: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
};
const names: Readonly<Record<PemKind, string>> = {certificate: 'certificate', key: 'private key'};

/**
 * Why a text cannot serve as a certificate (of several, the first) or as a private key, as a sentence about it; null
 * where it can. OpenSSL's own words for that ("no start line") name neither, and of a CA it takes anything.
 */
export function pemProblem(pem: string, kind: PemKind): string | null {
  if (!begins[kind].test(pem)) {
    const other = kind === 'key' ? 'certificate' : 'key';
    const instead = begins[other].test(pem) ? `, but a ${names[other]}` : '';
    return `it holds no ${names[kind]} in PEM form${instead}`;
  }
  try {
    if (kind === 'certificate') new X509Certificate(pem);
    else createPrivateKey(pem);
    return null;
  } catch {
    // RFC 7468 says it in the first line, the older form in a header (RFC 1421).
    if (kind === 'key' && pem.includes('ENCRYPTED'))
      return 'the private key is encrypted, and ktop asks for no passphrase';
    return `the ${names[kind]} in it is damaged`;
  }
}

/** Whether a private key is the one of a certificate; both as `pemProblem` accepts them. */
export function isPair(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/**
 * A certificate or key as PEM text. Rejects where it cannot be read or is none, with the place that names it; `next` is
 * the command that leads there.
 */
export async function readMaterial(material: Material, kind: PemKind, next = 'kubectl config view'): Promise<string> {
  const isInline = 'data' in material;
  const tried = `read ${isInline ? 'the' : `${material.file}, the`} ${material.place}`;
  const unfit = (problem: string) => new FailureError({code: 'bad-config', tried, problem, next});
  let pem: string;
  try {
    pem = isInline ? Buffer.from(material.data, 'base64').toString('utf8') : await readFile(material.file, 'utf8');
  } catch (error) {
    throw unfit(error instanceof Error ? error.message : String(error));
  }
  const problem = pemProblem(pem, kind);
  if (problem === null) return pem;
  // client-go refuses what is not strictly base64; here a blank too many in it does no harm.
  const isBase64 = !isInline || /^[\w+/=\s-]*$/.test(material.data);
  throw unfit(isBase64 ? problem : 'it is no base64');
}
