import {rights} from '../nodes/kube/rights.ts';

const name = 'ktop-exporter';
const namespace = 'kube-system';
const port = 9477;
const labels = {'app.kubernetes.io/name': 'ktop', 'app.kubernetes.io/component': 'exporter'};
const rbac = 'rbac.authorization.k8s.io';
/** What a poll asks for, and nothing else: neither the list of nodes nor of pods. */
const needed = ['nodes/metrics', 'nodes/stats'];
const secret = 'ktop-exporter-web';
const web = '/etc/ktop';
const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What runs the exporter on every node, each pod beside its kubelet, which it asks directly: nothing goes through the API
 * server. It fits the restricted Pod Security Standard.
 */
export function daemonSetManifests(image: string): readonly object[] {
  const metadata = {name, namespace, labels};
  const resources = rights.map(({resource}) => resource).filter((resource) => needed.includes(resource));
  return [
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false},
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: {name, labels},
      rules: [{apiGroups: [''], resources, verbs: ['get']}],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name, labels},
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name},
      subjects: [{kind: 'ServiceAccount', name, namespace}],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: {
        selector: {matchLabels: labels},
        updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '10%'}},
        template: {metadata: {labels}, spec: podOf(image)},
      },
    },
  ];
}

function podOf(image: string): object {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    nodeSelector: {'kubernetes.io/os': 'linux'},
    tolerations: [{operator: 'Exists'}],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      // The group may read the secret and the token.
      fsGroup: 65534,
      seccompProfile: {type: 'RuntimeDefault'},
    },
    containers: [
      {
        name: 'exporter',
        image,
        args: [
          'exporter',
          '--via=api',
          '--node=$(NODE_NAME)',
          '--route=direct',
          '--address=$(NODE_ADDRESS)',
          `--token-file=${account}/token`,
          `--ca-file=${account}/ca.crt`,
          `--metrics=:${port}`,
          `--metrics-web-config=${web}/web.yml`,
        ],
        env: [
          {name: 'NODE_NAME', valueFrom: {fieldRef: {fieldPath: 'spec.nodeName'}}},
          {name: 'NODE_ADDRESS', valueFrom: {fieldRef: {fieldPath: 'status.hostIP'}}},
        ],
        ports: [{name: 'metrics', containerPort: port, protocol: 'TCP'}],
        resources: {requests: {cpu: '20m', memory: '96Mi'}, limits: {memory: '256Mi'}},
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: {drop: ['ALL']},
          readOnlyRootFilesystem: true,
        },
        readinessProbe: {httpGet: {path: '/-/healthy', port: 'metrics', scheme: 'HTTPS'}, periodSeconds: 10},
        livenessProbe: {
          httpGet: {path: '/-/healthy', port: 'metrics', scheme: 'HTTPS'},
          periodSeconds: 30,
          timeoutSeconds: 5,
          failureThreshold: 4,
        },
        volumeMounts: [{name: 'web', mountPath: web, readOnly: true}],
      },
    ],
    volumes: [{name: 'web', secret: {secretName: secret, defaultMode: 0o440}}],
  };
}

const head = `
# ktop exporter on every node: kubectl apply -f - of this. It asks the kubelet beside it and needs no right but to read its figures.
# Its metrics leave the node, so they want TLS: the secret ${secret} holds web.yml, tls.crt and tls.key (docs/prometheus.md):
#   kubectl -n ${namespace} create secret generic ${secret} --from-file=web.yml --from-file=tls.crt --from-file=tls.key
# The kubelets' certificates must be signed by the cluster's CA for the node's name (serverTLSBootstrap); where they are
# self-signed, put --insecure in the place of --ca-file: then the token goes to whoever answers at the node's address.
`.trimStart();

/** The manifests as YAML, with what must be there before them. */
export async function daemonSetText(image: string): Promise<string> {
  const {dump} = await import('js-yaml');
  const documents = daemonSetManifests(image).map((object) => dump(object, {lineWidth: -1, noRefs: true}));
  return `${head}${documents.join('---\n')}`;
}
