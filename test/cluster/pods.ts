/** A container of a busybox that runs a script. */
export const container = (name: string, command: string, cpu?: string) => ({
  name,
  image: 'localhost/busybox:1',
  imagePullPolicy: 'Never',
  command: ['sh', '-c', command],
  ...(cpu === undefined ? {} : {resources: {limits: {cpu}}}),
});
/** What puts a pod on the worker, and lets it end at once. */
export const on = {nodeName: 'ktreal-worker', terminationGracePeriodSeconds: 1};
export const busy = 'while true; do :; done';
export const idle = 'while true; do sleep 1000; done';

/** A Deployment that works, and a pod that works only now and then beside a container that never does. */
export const pods = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'cpuload', namespace: 'default'},
    spec: {
      selector: {matchLabels: {app: 'cpuload'}},
      template: {
        metadata: {labels: {app: 'cpuload'}},
        spec: {...on, containers: [container('load', busy, '100m')]},
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'idle', namespace: 'default'},
    spec: {
      ...on,
      containers: [
        container('burst', 'while true; do timeout 2 yes >/dev/null; sleep 20; done', '200m'),
        container('idle', idle),
      ],
    },
  },
];
