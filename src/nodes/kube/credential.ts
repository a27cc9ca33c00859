import {readFile} from 'node:fs/promises';
import {FailureError} from '../../model/failure.ts';

export interface ClientCertificate {
  /** Both PEM. */
  readonly cert: string;
  readonly key: string;
}

/** Who we are to a server. Its secrets never enter a message: `label` says where it came from. */
export interface Credential {
  readonly label: string;
  /** The `Authorization` header to send now (`Bearer …`), or null where there is none. The signal ends the search for it. */
  authorization(signal?: AbortSignal): Promise<string | null>;
  /** Asked whenever a connection is opened. */
  certificate(signal?: AbortSignal): Promise<ClientCertificate | null>;
  /** After a 401: forgets what it kept, so that the next one is fetched anew. */
  forget(): void;
}

/** The headers that carry a credential. */
export async function authorization(
  credential: Credential,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const authorization = await credential.authorization(signal);
  return authorization === null ? {} : {authorization};
}

/** A token that stays what it is, as the one of the environment. */
export function fixedToken(label: string, token: string): Credential {
  return cachedToken(label, () => Promise.resolve({token, validUntil: null}));
}

/** As long as client-go: a file whose token is renewed is read again before the old token ends. */
const fileTokenMs = 60_000;

/**
 * A token in a file, read each minute and after each refusal: whoever renews it is not our business. While the file
 * cannot be read, `otherwise` is taken, if there is one.
 */
export function fileToken(path: string, otherwise: string | null = null): Credential {
  const label = `token file ${path}`;
  return cachedToken(label, async () => {
    try {
      return {token: await readFile(path, 'utf8'), validUntil: Date.now() + fileTokenMs};
    } catch (error) {
      if (otherwise !== null) return {token: otherwise, validUntil: Date.now() + fileTokenMs};
      const problem = error instanceof Error ? error.message : String(error);
      throw new FailureError({tried: `read the ${label}`, problem, next: null}, {cause: error});
    }
  });
}

/** A user's name and password (HTTP basic authentication). */
export function basicCredential(
  label: string,
  {username, password}: {readonly username: string; readonly password: string},
): Credential {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {...anonymous, label, authorization: () => Promise.resolve(authorization)};
}

/** The client certificate of another credential without its token. */
export function certificateOnly(credential: Credential): Credential {
  return {...credential, authorization: () => Promise.resolve(null)};
}

/** No credential at all: the kubelet or API server sees `system:anonymous`. */
export const anonymous: Credential = {
  label: 'no credential',
  authorization: () => Promise.resolve(null),
  certificate: () => Promise.resolve(null),
  forget: () => undefined,
};

export interface FetchedToken {
  readonly token: string;
  /** Unix milliseconds after which it is fetched anew; null where it lasts. */
  readonly validUntil: number | null;
}

/** A token that is fetched when it is first needed, again shortly before it expires, and again after a refusal. */
export function cachedToken(label: string, fetch: () => Promise<FetchedToken>, now = () => Date.now()): Credential {
  let cached: Promise<FetchedToken> | null = null;
  const renew = async (): Promise<FetchedToken> => {
    try {
      const fetched = await fetch();
      return {...fetched, token: checkToken(label, fetched.token)};
    } catch (error) {
      cached = null;
      throw error;
    }
  };
  return {
    label,
    authorization: async () => {
      const current = await (cached ??= renew());
      const {token} = current.validUntil === null || now() < current.validUntil ? current : await (cached = renew());
      return `Bearer ${token}`;
    },
    certificate: () => Promise.resolve(null),
    forget: () => (cached = null),
  };
}

/** A token is one word of visible ASCII; anything else would break the header it travels in. */
export function checkToken(label: string, text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const problem = token === '' ? 'it is empty' : 'it is not one word of plain characters';
  throw new FailureError({tried: `use the ${label}`, problem, next: null});
}
