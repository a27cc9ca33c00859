import type {Failure} from '../../model/failure.ts';
import {shellQuote} from '../exec/shell-quote.ts';

/** The service account that `ktop access --apply` makes. */
export const serviceAccount = {namespace: 'kube-system', name: 'ktop'};

/** A right that ktop uses (RBAC), and what for. */
export interface Right {
  readonly resource: string;
  /** The API group; absent: the core group. */
  readonly group?: string;
  readonly verbs: readonly string[];
  /** What is asked with it: a path of the kubelet, or of the API server. */
  readonly path: string;
  readonly purpose: string;
  /** Who wants it: ktop's own account, or only who takes that way. */
  readonly granted: 'always' | 'with --proxy' | 'with --verbosity' | 'with --pipeline' | 'never';
  /** The Kubernetes from which on the kubelet asks for it by this name, and the one asked for by older ones. */
  readonly since?: {readonly version: string; readonly before: string};
  /** The paths of the kubelet that want it (kubelet `pkg/kubelet/server/auth.go`). */
  readonly pattern?: RegExp;
}

const get = ['get'];
// KubeletFineGrainedAuthz, on by default.
const fineGrained = {version: '1.33', before: 'nodes/proxy'};

/**
 * The rights that ktop uses, in one place: the manifest of `ktop access`, the sentence about a refusal and the README's
 * table follow from it. The first whose pattern fits a path is the one that the path wants.
 */
export const rights: readonly Right[] = [
  {
    resource: 'nodes/stats',
    verbs: get,
    path: '/stats/summary',
    purpose: 'CPU and memory of the pods',
    granted: 'always',
    pattern: /^\/stats(\/|$)/,
  },
  {
    resource: 'nodes/metrics',
    verbs: get,
    path: '/metrics/resource',
    purpose: 'when each sample was taken',
    granted: 'always',
    pattern: /^\/metrics(\/|$)/,
  },
  {
    resource: 'nodes/log',
    verbs: get,
    path: '/logs/?query=kubelet',
    purpose: 'the journal of a node without commands',
    granted: 'always',
    pattern: /^\/logs(\/|$)/,
  },
  {
    resource: 'nodes/configz',
    verbs: get,
    path: '/configz',
    purpose: "the kubelet's settings",
    granted: 'always',
    since: fineGrained,
    pattern: /^\/(configz|flagz)(\/|$)/,
  },
  {
    resource: 'nodes/healthz',
    verbs: get,
    path: '/healthz',
    purpose: 'whether it is well',
    granted: 'always',
    since: fineGrained,
    pattern: /^\/healthz(\/|$)/,
  },
  {
    resource: 'nodes/pods',
    verbs: get,
    path: '/pods',
    purpose: 'requests and limits, where no API server may be asked',
    granted: 'always',
    since: fineGrained,
    pattern: /^\/(running)?pods(\/|$)/,
  },
  {
    resource: 'nodes',
    verbs: ['get', 'list'],
    path: '/api/v1/nodes',
    purpose: "the node's address and port; the list of nodes",
    granted: 'always',
  },
  {
    resource: 'pods',
    verbs: ['get', 'list'],
    path: '/api/v1/pods',
    purpose: 'requests, limits and labels of the pods',
    granted: 'always',
  },
  {
    resource: 'nodes/proxy',
    verbs: get,
    path: '/api/v1/nodes/NAME/proxy/…',
    purpose: 'the route through the API server; not read-only: it allows exec in every pod of the node',
    granted: 'with --proxy',
  },
  {
    resource: 'nodes/proxy',
    verbs: ['update'],
    path: '/debug/flags/v',
    purpose: '`ktop verbosity` and the key `V`; it allows to send anything that a kubelet takes by PUT',
    granted: 'with --verbosity',
  },
  {
    resource: 'pods',
    group: 'metrics.k8s.io',
    verbs: get,
    path: '/apis/metrics.k8s.io/v1beta1/namespaces/…/pods/…',
    purpose: '`ktop pipeline`: what metrics-server says of a pod',
    granted: 'with --pipeline',
  },
  {
    resource: 'replicasets',
    group: 'apps',
    verbs: get,
    path: '/apis/apps/v1/namespaces/…/replicasets/…',
    purpose: '`ktop pipeline`: which Deployment a pod belongs to',
    granted: 'with --pipeline',
  },
  {
    resource: 'deployments',
    group: 'apps',
    verbs: get,
    path: '/apis/apps/v1/namespaces/…/deployments/…',
    purpose: '`ktop pipeline`: what stands above a Deployment',
    granted: 'with --pipeline',
  },
  {
    resource: 'statefulsets',
    group: 'apps',
    verbs: get,
    path: '/apis/apps/v1/namespaces/…/statefulsets/…',
    purpose: '`ktop pipeline`: what stands above a StatefulSet',
    granted: 'with --pipeline',
  },
  {
    resource: 'horizontalpodautoscalers',
    group: 'autoscaling',
    verbs: ['list'],
    path: '/apis/autoscaling/v2/namespaces/…/horizontalpodautoscalers',
    purpose: '`ktop pipeline`: which autoscaler reads the number, and what it did last',
    granted: 'with --pipeline',
  },
  {
    resource: 'serviceaccounts/token',
    verbs: ['create'],
    path: `/api/v1/namespaces/${serviceAccount.namespace}/serviceaccounts/${serviceAccount.name}/token`,
    purpose: 'your own right: short-lived tokens of the account that `ktop access --apply` makes',
    granted: 'never',
  },
  {
    resource: 'secrets',
    verbs: get,
    path: '/api/v1/namespaces/…/secrets/…',
    purpose: 'your own right: the token of `--token-secret`',
    granted: 'never',
  },
];

/** A right's resource as kubectl and RBAC write it where the group is not plain: `pods.metrics.k8s.io`. */
export function rightName({resource, group}: Pick<Right, 'resource' | 'group'>): string {
  return group === undefined || group === '' ? resource : `${resource}.${group}`;
}

/** What a request (`GET https://…`) needs, as `verb resource`: of a kubelet, or of an API server. */
function rightFor(request: string): string {
  const [method = 'GET', url = ''] = request.split(' ', 2);
  const path = URL.canParse(url) ? new URL(url).pathname : (url.split('?', 1)[0] ?? '');
  const asked =
    /\/(?:api|apis\/([^/]+))\/v\d\w*\/(?:namespaces\/[^/]+\/(?=[^/]))?([a-z]+)(?:\/([^/]+)(?:\/([a-z]+))?)?/.exec(path);
  if (asked === null) {
    // The whole path of a kubelet is known, so that no name in it is taken for an endpoint.
    return `get ${rights.find(({pattern}) => pattern?.test(path))?.resource ?? 'nodes/proxy'}`;
  }
  const [, group, resource = '', name, sub] = asked;
  const verb = verbs[method] ?? (name === undefined ? 'list' : 'get');
  // What comes behind `proxy` is the kubelet's: the API server asks for the right to go there.
  return `${verb} ${rightName({resource: `${resource}${sub === undefined ? '' : `/${sub}`}`, group})}`;
}

/** What a method needs by RBAC; to read, it depends on whether a name is given. */
const verbs: Readonly<Record<string, string>> = {POST: 'create', PATCH: 'patch', PUT: 'update', DELETE: 'delete'};

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
  const user =
    /user=([^,]{1,300}),/.exec(output)?.[1] ?? /User \\?"([^"\\]{1,300})\\?"/.exec(output)?.[1] ?? 'this user';
  const [, cannot, resource, group] =
    /cannot (\w+) resource \\?"([^"\\]+)\\?"(?: in API group \\?"([^"\\]*)\\?")?/.exec(output) ?? [];
  const named = resource === undefined ? undefined : rightName({resource, group});
  const [needed = '', wanted = ''] = rightFor(request).split(' ');
  const verb = cannot ?? /verb="?(\w+)/.exec(output)?.[1] ?? (request.startsWith('PUT ') ? 'update' : needed);
  const sub = /subresource(?:\(s\))?=\[?([a-z/]+)/.exec(output)?.[1];
  const right = named ?? (sub === undefined ? wanted : `nodes/${sub}`);
  const problem = `403: ${user} lacks the right "${verb} ${right}"`;
  const granted = rights.find((one) => rightName(one) === right && one.verbs.includes(verb))?.granted ?? 'never';
  // What nobody can give to themselves.
  if (granted === 'never') {
    return {code: 'denied', tried, problem, next: 'ktop access --apply --context ADMINISTRATOR'};
  }
  const option = granted === 'always' ? '' : granted.replace('with', '');
  return {code: 'denied', tried, problem, next: `ktop access --apply${option}${where}`};
}
