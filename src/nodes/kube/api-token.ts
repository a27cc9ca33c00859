import {FailureError} from '../../model/failure.ts';
import type {ApiServer} from './api-server.ts';
import {cachedToken, type Credential} from './credential.ts';
import {parseJson, textAt} from '../../util/json.ts';
import {replyProblem} from './reply-problem.ts';
import {serviceAccount} from './rights.ts';

const tokenSeconds = 3600;

/** A short-lived token of ktop's own service account, renewed by itself; null where there is no such account. */
export async function grantedToken(server: ApiServer, signal: AbortSignal): Promise<Credential | null> {
  const path = `/api/v1/namespaces/${serviceAccount.namespace}/serviceaccounts/${serviceAccount.name}/token`;
  const label = `token of the service account ${serviceAccount.namespace}/${serviceAccount.name}`;
  const fetch = async (fetchSignal?: AbortSignal) => {
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {expirationSeconds: tokenSeconds},
    };
    const reply = await server.request(path, {method: 'POST', body: JSON.stringify(body), signal: fetchSignal});
    const token = textAt(parseJson(reply.body), 'status', 'token');
    if (reply.status >= 300 || token === undefined) {
      const problem = reply.status >= 300 ? replyProblem(reply) : 'no token came back';
      throw new FailureError({tried: `request a ${label}`, problem, next: 'ktop access --apply'});
    }
    const expires = Date.parse(textAt(parseJson(reply.body), 'status', 'expirationTimestamp') ?? '');
    const lifeMs = (Number.isNaN(expires) ? Date.now() + tokenSeconds * 1000 : expires) - Date.now();
    // Renewed after 80 % of its life, as client-go does.
    return {token, validUntil: Date.now() + lifeMs * 0.8};
  };
  let first: Awaited<ReturnType<typeof fetch>> | null;
  try {
    first = await fetch(signal);
  } catch {
    // Not made, or not for this user: then ktop goes on with what the user has.
    return null;
  }
  return cachedToken(label, () => {
    const token = first;
    first = null;
    return token === null ? fetch() : Promise.resolve(token);
  });
}

/** The token of a long-lived secret, as `kube-system/monitoring-secret-token`. */
export function secretToken(server: ApiServer, secret: string): Credential {
  const label = `token of the secret ${secret}`;
  return cachedToken(label, async () => {
    const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(secret) ?? [];
    const tried = `read the ${label}`;
    if (namespace === undefined || name === undefined) {
      throw new FailureError({tried, problem: 'it must be given as NAMESPACE/NAME', next: 'kubectl get secrets -A'});
    }
    const found = await server.read(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    const data = textAt(found, 'data', 'token');
    if (data === undefined) {
      const problem = found === null ? 'there is no such secret' : 'it holds no token';
      throw new FailureError({tried, problem, next: `kubectl -n ${namespace} get secrets`});
    }
    return {token: Buffer.from(data, 'base64').toString('utf8'), validUntil: null};
  });
}
