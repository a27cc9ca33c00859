import type {Failure} from '../../model/failure.ts';
import {shellQuote} from '../exec/shell-quote.ts';

/** The right that a kubelet path needs (kubelet `pkg/kubelet/server/auth.go`): a subresource of `nodes`. */
export function rightFor(path: string): string {
  if (/\/stats(\/|$|\?)/.test(path)) return 'nodes/stats';
  if (/\/metrics(\/|$|\?)/.test(path)) return 'nodes/metrics';
  if (/\/logs(\/|$|\?)/.test(path)) return 'nodes/log';
  if (/\/configz($|\?)/.test(path)) return 'nodes/configz';
  if (/\/healthz($|\/|\?)/.test(path)) return 'nodes/healthz';
  return 'nodes/proxy';
}

/** Whether a server answered and would not let us. */
export function isRefusal({code}: Failure): boolean {
  return code === 'unauthenticated' || code === 'denied';
}

/**
 * What a 401 or 403 to a request (`GET https://…`) means: which right is missing, for whom, and the command that grants
 * it, in the context of the node's cluster, which need not be the current one. Null for other statuses.
 */
export function deniedFailure(
  reply: {readonly status: number; readonly body: string},
  request: string,
  credential: string,
  context: string | null = null,
): Failure | null {
  const tried = `${request} with the ${credential}`;
  const where = context === null ? '' : ` --context ${shellQuote([context])}`;
  if (reply.status === 401) {
    return {
      code: 'unauthenticated',
      tried,
      problem: '401: the token or certificate is not accepted (expired, or of another cluster)',
      next: `ktop access --apply${where}`,
    };
  }
  if (reply.status !== 403) return null;
  const output = reply.body.slice(0, 2000);
  // The kubelet: `Forbidden (user=U, verb=get, resource=nodes, subresource(s)=[stats])`; older: `subresource=stats`.
  // The API server: `nodes "N" is forbidden: User "U" cannot get resource "nodes/proxy" in API group …`.
  const user = /user=([^,]+),/.exec(output)?.[1] ?? /User \\?"([^"\\]+)\\?"/.exec(output)?.[1] ?? 'this user';
  const [, verb = 'get', named] = /cannot (\w+) resource \\?"([^"\\]+)\\?"/.exec(output) ?? [];
  const sub = /subresource(?:\(s\))?=\[?([a-z/]+)/.exec(output)?.[1];
  const right = named ?? (sub === undefined ? rightFor(request) : `nodes/${sub}`);
  const problem = `403: ${user} lacks the right "${verb} ${right}"`;
  // What nobody can give to themselves.
  if (!/^(nodes|pods)(\/|$)/.test(right)) {
    return {code: 'denied', tried, problem, next: 'ktop access --apply --context ADMINISTRATOR'};
  }
  const proxy = right === 'nodes/proxy' ? ' --proxy' : '';
  return {code: 'denied', tried, problem, next: `ktop access --apply${proxy}${where}`};
}
