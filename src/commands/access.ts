import {FailureError} from '../model/failure.ts';
import {ApiServer} from '../nodes/kube/api-server.ts';
import {likelyContexts} from '../nodes/kube/api-lookup.ts';
import {rights, serviceAccount, type Right} from '../nodes/kube/rights.ts';
import type {ListOptions} from '../nodes/options.ts';

export interface AccessOptions {
  /** Also `nodes/proxy`: needed for the route through the API server, and it allows exec in every pod. */
  readonly proxy: boolean;
  /** Also `update nodes/proxy`: to set the verbosity of a running kubelet. */
  readonly verbosity?: boolean;
  /** Also what leads from a pod to its autoscaler. */
  readonly pipeline?: boolean;
}

interface Manifest {
  readonly path: string;
  readonly object: object;
}

const roleName = 'ktop';

/** The least that ktop needs: an account, what it may read of nodes, and who may have its token. */
export function accessManifests({proxy, verbosity = false, pipeline = false}: AccessOptions): readonly Manifest[] {
  const {namespace, name} = serviceAccount;
  const labels = {'app.kubernetes.io/name': 'ktop'};
  const rbac = 'rbac.authorization.k8s.io';
  const asked = {
    always: true,
    'with --proxy': proxy,
    'with --verbosity': verbosity,
    'with --pipeline': pipeline,
    never: false,
  };
  const granted = rights.filter((right) => asked[right.granted]);
  // A rule for each set of verbs in each group.
  const ruleOf = ({group = '', verbs}: Right): string => [group, ...verbs].join(' ');
  const rules = [...Map.groupBy(granted, ruleOf).values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const {group = '', verbs} = first;
    return [{apiGroups: [group], resources: all.map(({resource}) => resource), verbs: [...verbs]}];
  });
  return [
    {
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`,
      object: {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace, labels}},
    },
    {
      path: `/apis/${rbac}/v1/clusterroles/${roleName}`,
      object: {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: {name: roleName, labels},
        rules,
      },
    },
    {
      path: `/apis/${rbac}/v1/clusterrolebindings/${roleName}`,
      object: {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: roleName, labels},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: roleName},
        subjects: [{kind: 'ServiceAccount', name, namespace}],
      },
    },
  ];
}

/** The manifests as YAML for `kubectl apply -f -`, and apart from them what is to be known of them. */
export async function accessText(options: AccessOptions): Promise<{readonly yaml: string; readonly notes: string}> {
  const {dump} = await import('js-yaml');
  const {namespace, name} = serviceAccount;
  const proxy = rights.find((right) => right.granted === 'with --proxy');
  const warning = options.proxy && proxy !== undefined ? [`# ${proxy.resource}: ${proxy.purpose}.`] : [];
  const head = [
    '# What ktop may read of every node. Apply: ktop access --apply, or: ktop access | kubectl apply -f -',
    ...warning,
    `# ktop requests short-lived tokens of this account by itself; by hand: kubectl -n ${namespace} create token ${name}`,
  ];
  const documents = accessManifests(options).map(({object}) => dump(object, {lineWidth: -1, noRefs: true}));
  return {yaml: documents.join('---\n'), notes: `${head.join('\n')}\n`};
}

/** Applies the manifests (server-side, so that a second time changes nothing) and tells each step. */
export async function* applyAccess(options: AccessOptions, connection: ListOptions): AsyncGenerator<string> {
  const server = await openServer(connection);
  try {
    for (const {path, object} of accessManifests(options)) {
      await server.read(`${path}?fieldManager=ktop&force=true`, {
        method: 'PATCH',
        body: JSON.stringify(object),
        contentType: 'application/apply-patch+yaml',
      });
      yield `applied ${shortName(path)} in the context ${server.context.name}`;
    }
  } finally {
    await server.close();
  }
}

/** Takes away what `applyAccess` made; what is not there is no mistake. */
export async function* removeAccess(connection: ListOptions): AsyncGenerator<string> {
  const server = await openServer(connection);
  try {
    for (const {path} of accessManifests({proxy: false}).toReversed()) {
      const found = await server.read(path, {method: 'DELETE'});
      yield found === null ? `${shortName(path)} was not there` : `removed ${shortName(path)}`;
    }
  } finally {
    await server.close();
  }
}

async function openServer(connection: ListOptions): Promise<ApiServer> {
  const [context] = await likelyContexts(connection, []);
  if (context !== undefined) return ApiServer.open(context, connection.env ?? process.env);
  const problem = 'there is no kubeconfig with a current context';
  throw new FailureError({tried: 'reach the API server', problem, next: 'ktop access | kubectl apply -f -'});
}

function shortName(path: string): string {
  const [kind, name] = path.split('/').slice(-2);
  return `${kind?.replace(/s$/, '') ?? ''} ${name ?? ''}`;
}
