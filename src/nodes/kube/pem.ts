import {createPrivateKey, X509Certificate} from 'node:crypto';

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
    if (kind === 'key' && pem.includes('ENCRYPTED')) return 'the private key is encrypted, and ktop asks for no passphrase';
    return `the ${names[kind]} in it is damaged`;
  }
}

/** Whether a private key is the one of a certificate; both as `pemProblem` accepts them. */
export function isPair(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}
