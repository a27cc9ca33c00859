import {readFileSync} from 'node:fs';

const fixture = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
type Samples = readonly [string, ...string[]];

const klog: Samples = [
  'I1123 20:07:44.858588    1546 kubelet.go:2455] "SyncLoop ADD" source="api" pods=["default/web-1"]',
  'E1123 20:07:44.858588 1 pod_workers.go:1301] "Error syncing pod" err="failed to \\"Start\\" for {\\"a\\": [1]}" pod="x/y"',
  '{"ts":1795470381332.3,"caller":"kubelet/kubelet.go:2455","msg":"SyncLoop","v":2,"pods":["a/b"],"err":"no"}',
  'kubelet I1128 02:12:02.799479 137 container.go:589] housekeeping container="/kubepods/a" interval=10s next=18.78s',
  'panic: runtime error\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1d',
];
const head = '__CURSOR=s=ab;i=1;b=cd\n__REALTIME_TIMESTAMP=1795470381332331\n_SYSTEMD_UNIT=kubelet.service\n';
const rest = 'PRIORITY=6\nSYSLOG_IDENTIFIER=kubelet\n_PID=1546\n';
const journalEntry = {
  ...{__CURSOR: 's=ab;i=1;b=cd', __REALTIME_TIMESTAMP: '1795470381332331', _SYSTEMD_UNIT: 'kubelet.service', _PID: '1'},
  ...{PRIORITY: '6', SYSLOG_IDENTIFIER: 'kubelet', MESSAGE: klog[0]},
};
const cpu = {
  time: '2026-11-23T20:03:25Z',
  usageNanoCores: 78_306_738,
  usageCoreNanoSeconds: 28_808_758_318,
  psi: {full: {avg10: 0}},
};
const memory = {time: '2026-11-23T20:03:25Z', workingSetBytes: 622_592};
const container = {name: 'load', startTime: '2026-11-23T20:00:00Z', cpu, memory};
const summary = {
  node: {
    nodeName: 'kind-worker',
    startTime: '2026-11-23T19:00:00Z',
    cpu,
    memory,
    systemContainers: [{...container, name: 'kubelet'}],
  },
  pods: [
    {
      podRef: {name: 'web', namespace: 'default', uid: 'u-1'},
      startTime: cpu.time,
      containers: [container],
      cpu,
      memory,
    },
  ],
};
const metrics = [
  '# TYPE container_cpu_usage_seconds_total counter',
  'container_cpu_usage_seconds_total{container="load",namespace="default",pod="web"} 28.808758318 1795464470446',
  'pod_cpu_usage_seconds_total{namespace="default",pod="web"} 28.9 1795464470447',
  'container_start_time_seconds{container="load",namespace="default",pod="web"} 1.795464e+09 1795464470446',
  'container_memory_working_set_bytes{container="load",namespace="default",pod="a\\"b\\\\c"} 622592 1795464470446',
  'node_cpu_usage_seconds_total 12 1795464470446',
  'resource_scrape_error 0',
  'scrape_error 1',
].join('\n');
const exchange = (sent: number, path: string, body: unknown) =>
  JSON.stringify({sent, received: sent + 0.01, path, status: 200, body});
const pod = {
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'u-1',
    labels: {app: 'web'},
    ownerReferences: [{kind: 'ReplicaSet', name: 'web-1'}],
  },
  spec: {
    containers: [{name: 'load', resources: {requests: {cpu: '100m', memory: '1Gi'}, limits: {cpu: '0.5'}}}],
    resources: {},
  },
  status: {
    phase: 'Running',
    containerStatuses: [{name: 'load', containerID: 'containerd://1', resources: {limits: {cpu: '1'}}}],
  },
};
const kubeconfig = {
  ...{apiVersion: 'v1', kind: 'Config', 'current-context': 'k'},
  clusters: [
    {
      name: 'c',
      cluster: {server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Zm9v', 'proxy-url': 'socks5://p:1'},
    },
  ],
  users: [
    {name: 'u', user: {token: 'T', 'client-certificate': '/x', as: 'me'}},
    {
      name: 'p',
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'aws',
          args: ['a'],
          env: [{name: 'A', value: 'b'}],
        },
      },
    },
  ],
  contexts: [
    {name: 'k', context: {cluster: 'c', user: 'u'}},
    {name: 'l', context: {cluster: 'c', user: 'p'}},
  ],
};
const yaml = `apiVersion: v1
kind: Config
current-context: k
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users:
- name: u
  user: &u
    token: T
contexts:
- name: k
  context: {cluster: c, user: u, <<: *u}
`;

/** Valid inputs of every parser; the fuzzer changes them. */
export const samples = {
  klog,
  journalExport: [
    `${head}${rest}MESSAGE=plain a=b=c\n\n`.repeat(3),
    `${head}MESSAGE\n\u0009\0\0\0\0\0\0\0two\nlines\n${rest}\n${head}MESSAGE=x\n\n`,
  ],
  journalJson: [
    `${JSON.stringify(journalEntry)}\n`,
    `${JSON.stringify({...journalEntry, MESSAGE: [27, 91, 255], _PID: null, UNIT: ['a', 'b']})}\n`,
  ],
  journalLines: [
    'Nov 23 20:07:44.858588 kind-worker kubelet[1546]: I1123 20:07:44 x.go:1] a\n    continued\nNov 23 20:07:45.858588 h systemd[1]: b\n',
  ],
  cursors: ['s=ab;i=1f;b=cd;m=1;t=2;x=3', 's=ab;i=20'],
  summary: [JSON.stringify(summary)],
  metrics: [metrics],
  exchanges: [
    [
      exchange(1_795_464_470, '/metrics/resource', metrics),
      exchange(1_795_464_470.1, '/stats/summary?only_cpu_and_memory=true', summary),
      exchange(1_795_464_481, '/metrics/resource', metrics.replaceAll('446', '999')),
    ].join('\n'),
  ],
  meta: [
    JSON.stringify({
      node: 'n',
      kubeletVersion: 'v1.36.2',
      housekeepingInterval: 10,
      told: [{after: 1, clock: {ahead: 1, uncertainty: 2}}],
    }),
  ],
  facts: [
    'from=1795464470.1\nboot=b\nMainPID=12\nActiveState=active\nSubState=running\npid=12\nstarttime=1234\nuptime=99.5\nat=1795464470.2\narg=/usr/bin/kubelet\narg=--v=4\narg=--housekeeping-interval\narg=5s\nconfigured=3\nversion=Kubernetes v1.36.2\nto=1795464470.3\n',
  ],
  flagz: [
    'kubelet flagz\nWarning\n\nv=2\nhousekeeping-interval: 10s\nmax-housekeeping-interval 15s\n',
    'FLAG: --v="4"\nFLAG: --housekeeping-interval="10s"',
  ],
  pipeline: [
    '{"timestamp":"2026-11-28T12:00:00Z","window":"15.5s","containers":[{"name":"a","usage":{"cpu":"81203444n"}}]}',
    '{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-1","controller":true}]}}',
    '{"items":[{"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"averageUtilization":60}}}]},"status":{"lastScaleTime":"2026-11-28T12:00:00Z","currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageValue":"82m"}}}],"conditions":[{"type":"ScalingActive","status":"True"}]}}]}',
  ],
  pods: [JSON.stringify({kind: 'PodList', items: [pod, pod]}), '{"items":null}'],
  nodes: [
    JSON.stringify({
      items: [
        {
          metadata: {name: 'kind-worker', labels: {'node-role.kubernetes.io/control-plane': ''}},
          status: {
            addresses: [{type: 'InternalIP', address: '10.0.0.2'}],
            daemonEndpoints: {kubeletEndpoint: {Port: 10250}},
            nodeInfo: {kubeletVersion: 'v1.36.2'},
            conditions: [{type: 'Ready', status: 'True'}],
          },
        },
      ],
    }),
  ],
  statuses: [
    '{"kind":"Status","status":"Failure","message":"nodes \\"x\\" is forbidden: User \\"u\\" cannot get resource","reason":"Forbidden","code":403}',
    'Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource(s)=[stats])',
    '<html>\n<body>502</body></html>',
  ],
  kubeconfig: [JSON.stringify(kubeconfig), yaml],
  execCredentials: [
    '{"kind":"ExecCredential","status":{"token":"T","expirationTimestamp":"2026-11-28T05:00:00Z","clientCertificateData":"c"}}',
  ],
  pem: [fixture('nodes/pki/jane.pem'), fixture('nodes/pki/jane.key')],
  certificates: [`${fixture('nodes/pki/server.pem')}${fixture('nodes/pki/ca.pem')}port=10250\n`],
  minikube: [
    '{"invalid":[],"valid":[{"Name":"minikube","Status":"Running","Config":{"Driver":"kvm2","Nodes":[{"Name":"m02","ControlPlane":true,"KubernetesVersion":"v1.36.2"}]}}]}',
    '{"error":{"reason":"x"}}',
  ],
  inspect: [
    JSON.stringify([
      {
        ...{Id: 'abc', Name: '/kind-worker', Path: '/usr/local/bin/entrypoint', Args: ['/sbin/init']},
        State: {Running: true, Status: 'running'},
        Config: {Hostname: 'kind-worker', Labels: {'io.x-k8s.kind.cluster': 'kind', 'io.x-k8s.kind.role': 'worker'}},
        NetworkSettings: {
          Networks: {kind: {IPAddress: '172.18.0.2'}},
          Ports: {'6443/tcp': [{HostIp: '', HostPort: '41231'}], '1/tcp': null},
        },
      },
    ]),
  ],
  sshSettings: ['user me\nhostname 10.0.0.2\nport 22\ncontrolpath none\n', 'hostname a\ncontrolpath /run/x y\n'],
  sshProblems: [
    'ssh: Could not resolve hostname x: Name or service not known',
    'me@host: Permission denied (publickey).',
    'sudo: a password is required',
  ],
  sshTargets: ['me@host:22', '[fe80::1%eth0]:22', 'host'],
  names: ['kind-worker', 'minikube-m03'],
  remoteEnds: ['some words\nktop-exit:0\n', '\nktop-exit:127'],
  config: ['{"node":"kind-worker","pod":["web-*","@node"],"grep":"SyncLoop","scrollback":5000,"no-fold":true}'],
  argumentLines: [
    '--node kind-worker --pod web-* --grep a|b --severity error -C 3 --top 5 --for 5m',
    'restart --ssh me@host --yes --unit kubelet',
    'nodes --json',
    'access --apply --proxy',
  ],
  patterns: [
    'housekeeping container="(?P<container>[^"]+)" interval=(?P<interval>\\S+) next=(?P<next>\\S+)',
    '(?i)housekeeping|SyncLoop',
    '^(a|b)*[^c-e]{2,5}\\b$',
  ],
  podQueries: ['default/web-* @node web', 'deployment/web @*'],
  selectors: ['app=web,tier in (a, b),!x,env!=prod,y notin (c)'],
  durations: ['1h30m', '10s', '1.5ms', '0'],
  quantities: ['100m', '1.5Gi', '2e3', '128974848'],
  moments: ['12:30:05.5', '-5m', '12:30'],
  drawn: [
    'plain words and \u001b[31mcolours\u001b[0m, \u001b]0;title\u0007 and\ttabs\ttoo',
    '容器 👩‍👧 👍🏽 ❤️ 🇩🇪 1️⃣ e\u0301e\u0301 น้ำ ນຳ क्ष가ᄀ\u1100\u1161ｶﾞ',
    'a\u202eb\u2066c\u{e0041}\ud800\u009b2J\u009d0;x\u009c\u0085\u2028',
  ],
} satisfies Record<string, Samples>;
