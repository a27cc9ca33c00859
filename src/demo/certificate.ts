import {generateKeyPairSync, randomBytes, sign, type KeyObject} from 'node:crypto';

/** A serving certificate as the kubelet makes it for itself when nobody gives it one. */
export interface ServingCertificate {
  /** PKCS #8, PEM. */
  readonly key: string;
  /** The serving certificate followed by its throw-away CA, PEM: the content of `/var/lib/kubelet/pki/kubelet.crt`. */
  readonly chain: string;
}

/**
 * Makes `CN=HOST@EPOCH` with `DNS:HOST`, signed by `CN=HOST-ca@EPOCH` (client-go `util/cert`,
 * `GenerateSelfSignedCertKey`). Written in DER by hand, because the packages that do it cost more to load than the
 * whole demo and an openssl binary cannot be taken for granted. The key is P-256: an RSA one takes 100 ms to find.
 */
export function makeServingCertificate(host: string, nowMs: number): ServingCertificate {
  const epoch = Math.floor(nowMs / 1000);
  const ca = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const serving = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const issuer = `${host}-ca@${epoch}`;
  const caCertificate = certificate({
    issuer,
    subject: issuer,
    publicKey: ca.publicKey,
    signer: ca.privateKey,
    nowMs,
    extensions: [extension([2, 5, 29, 19], sequence(tlv(0x01, Buffer.from([0xff]))), true)],
  });
  const servingCertificate = certificate({
    issuer,
    subject: `${host}@${epoch}`,
    publicKey: serving.publicKey,
    signer: ca.privateKey,
    nowMs,
    extensions: [
      extension([2, 5, 29, 37], sequence(objectId(1, 3, 6, 1, 5, 5, 7, 3, 1))),
      extension([2, 5, 29, 17], sequence(tlv(0x82, Buffer.from(host, 'ascii')))),
    ],
  });
  return {
    key: serving.privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
    chain: pem(servingCertificate) + pem(caCertificate),
  };
}

interface CertificateFields {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly nowMs: number;
  readonly extensions: readonly Buffer[];
}

const hourMs = 3_600_000;

/** X.509 version 3, RFC 5280 section 4.1. */
function certificate(fields: CertificateFields): Buffer {
  const algorithm = sequence(objectId(1, 2, 840, 10045, 4, 3, 2));
  const serial = randomBytes(8);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    commonName(fields.issuer),
    sequence(utcTime(fields.nowMs - hourMs), utcTime(fields.nowMs + 365 * 24 * hourMs)),
    commonName(fields.subject),
    fields.publicKey.export({type: 'spki', format: 'der'}),
    tlv(0xa3, sequence(...fields.extensions)),
  );
  const signature = sign('sha256', toBeSigned, fields.signer);
  return sequence(toBeSigned, algorithm, tlv(0x03, Buffer.from([0]), signature));
}

function extension(id: readonly number[], value: Buffer, critical = false): Buffer {
  const flag = critical ? [tlv(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectId(...id), ...flag, tlv(0x04, value));
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(objectId(2, 5, 4, 3), tlv(0x0c, Buffer.from(name)))));
}

function utcTime(unixMs: number): Buffer {
  const digits = new Date(unixMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

function objectId(...[first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

/** Tag, length, value; long lengths take one byte more for each 8 bits. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const length: number[] = [];
  for (let left = value.length; left > 0; left >>= 8) length.unshift(left & 0xff);
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length, ...length]), value]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
