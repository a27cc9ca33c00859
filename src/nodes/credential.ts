import {readFile} from 'node:fs/promises';
import {FailureError} from '../model/failure.ts';
import type {ClientCertificate} from './kubelet-endpoint.ts';

/** Who we are to a server. Its secrets never enter a message: `label` says where it came from. */
export interface Credential {
  readonly label: string;
  /** The bearer token to send now, or null where the client certificate says it all. */
  token(): Promise<string | null>;
  readonly clientCertificate: ClientCertificate | null;
  /** After a 401: forgets what it kept, so that the next `token` is fetched anew. */
  forget(): void;
}

/** The headers that carry a credential. */
export async function authorization(credential: Credential): Promise<Readonly<Record<string, string>>> {
  const token = await credential.token();
  return token === null ? {} : {authorization: `Bearer ${token}`};
}

/** A token that stays what it is: from the environment, or read once from a secret. */
export function fixedToken(label: string, token: string): Credential {
  const clean = checkToken(label, token);
  return {label, token: () => Promise.resolve(clean), clientCertificate: null, forget: () => undefined};
}

/** A token in a file, read at each opening and after each refusal: whoever renews it is not our business. */
export function fileToken(path: string): Credential {
  let kept: Promise<string> | null = null;
  const read = async () => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      throw new FailureError({tried: `read the token file ${path}`, problem, next: null}, {cause: error});
    });
    return checkToken(`token file ${path}`, text);
  };
  return {
    label: `token file ${path}`,
    token: () => (kept ??= read().catch((error: unknown) => ((kept = null), Promise.reject(asError(error))))),
    clientCertificate: null,
    forget: () => (kept = null),
  };
}

/** A token is one word of visible ASCII; anything else would break the header it travels in. */
function checkToken(label: string, text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const problem = token === '' ? 'it is empty' : 'it is not one word of plain characters';
  throw new FailureError({tried: `use the token of ${label}`, problem, next: null});
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
