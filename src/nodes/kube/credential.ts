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
  /** The bearer token to send now, or null where there is none. */
  token(): Promise<string | null>;
  /** Asked when a connection is opened. */
  certificate(): Promise<ClientCertificate | null>;
  /** After a 401: forgets what it kept, so that the next `token` is fetched anew. */
  forget(): void;
}

/** The headers that carry a credential. */
export async function authorization(credential: Credential): Promise<Readonly<Record<string, string>>> {
  const token = await credential.token();
  return token === null ? {} : {authorization: `Bearer ${token}`};
}

/** A token that stays what it is, as the one of the environment. */
export function fixedToken(label: string, token: string): Credential {
  return cachedToken(label, () => Promise.resolve({token, validUntil: null}));
}

/** A token in a file, read at each opening and after each refusal: whoever renews it is not our business. */
export function fileToken(path: string): Credential {
  const label = `token file ${path}`;
  return cachedToken(label, async () => {
    try {
      return {token: await readFile(path, 'utf8'), validUntil: null};
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new FailureError({tried: `read the ${label}`, problem, next: null}, {cause: error});
    }
  });
}

/** No credential at all: the kubelet or API server sees `system:anonymous`. */
export const anonymous: Credential = {
  label: 'no credential',
  token: () => Promise.resolve(null),
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
    token: async () => {
      const current = await (cached ??= renew());
      if (current.validUntil === null || now() < current.validUntil) return current.token;
      return (await (cached = renew())).token;
    },
    certificate: () => Promise.resolve(null),
    forget: () => (cached = null),
  };
}

/** A token is one word of visible ASCII; anything else would break the header it travels in. */
function checkToken(label: string, text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const problem = token === '' ? 'it is empty' : 'it is not one word of plain characters';
  throw new FailureError({tried: `use the ${label}`, problem, next: null});
}
