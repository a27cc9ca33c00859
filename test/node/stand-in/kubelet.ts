// The stand-in kubelet of the test node: cAdvisor's housekeeping over real cgroups, the real kubelet's HTTPS surface,
// klog through the real journald. It is bundled to one file and runs as the node's kubelet.service.
import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {makeServingCertificate} from '../../../src/demo/certificate.ts';
import {HousekeptCgroup, maxHousekeepingIntervalMs} from '../../../src/demo/housekeeping.ts';
import {KubeletServer, type Caller} from '../../../src/demo/kubelet-server.ts';
import {resourceMetrics, statsSummary, type ServedNode, type ServedPod} from '../../../src/demo/kubelet-stats.ts';
import {goDuration, klogLine, type KlogSeverity} from '../../../src/demo/klog.ts';
import {makeCgroup, readCgroup} from './cgroup.ts';
import {parseFlags, refusedFlag} from './flags.ts';
import {runLogLoad} from './log-load.ts';
import {manifestDirectory, tokenFile} from './pod-manifest.ts';
import {readJson, syncPods, type RunningPod} from './pods.ts';
import {writeWhole} from './write-whole.ts';

const flags = parseFlags(process.argv.slice(2));
const version = 'v1.32.13';
const refused = refusedFlag(process.argv.slice(2));
if (refused !== null) {
  const usage = 'Usage:\n  kubelet [flags]\n\nFlags:\n      --v Level   number for the log level verbosity\n';
  const failed = `"command failed" err="failed to parse kubelet flag: ${refused}"`;
  process.stderr.write(`${usage}${klogLine('E', Date.now(), process.pid, 'run.go:74', failed)}\n`);
  process.exit(1);
}
if (flags.version) {
  process.stdout.write(`Kubernetes ${version}\n`);
  process.exit(0);
}

// Finer than a millisecond, and set with the machine's clock, as a real kubelet's time is.
let originMs = performance.timeOrigin;
const nowMs = () => {
  const stepMs = Date.now() - originMs - performance.now();
  if (Math.abs(stepMs) > 2) originMs += stepMs;
  return originMs + performance.now();
};
const bootedAtMs = statSync('/proc/1').ctimeMs;
// What `ps` and `pgrep` show; the title would overwrite the command line that ktop reads.
writeFileSync('/proc/self/comm', 'kubelet');

/** Written at once, so that no line is lost or out of order however this process ends. */
function log(severity: KlogSeverity, source: string, text: string): void {
  try {
    writeWhole(1, `${klogLine(severity, nowMs(), process.pid, source, text)}\n`);
  } catch {
    // journald was restarted: as for a real service, what is said from now on is lost.
  }
}

// As the real one ends where its runtime is not there.
if (process.argv.some((arg) => /^--container-runtime-endpoint=.*nowhere/.test(arg))) {
  log('E', 'run.go:74', '"command failed" err="failed to run Kubelet: validate service connection: nowhere"');
  process.exit(1);
}
const rule = {baseMs: flags.housekeepingIntervalMs, maxMs: maxHousekeepingIntervalMs};
const timers = new Map<string, NodeJS.Timeout>();

/** Watches a cgroup with a timer of its own from now on. */
function watch(path: string, read = () => readCgroup(path)): HousekeptCgroup {
  const cgroup = new HousekeptCgroup(path, read, rule, Math.random, nowMs());
  const tick = () => {
    const {intervalMs, waitMs} = cgroup.tick(nowMs());
    const said = `interval=${goDuration(intervalMs)} next=${goDuration(waitMs)}`;
    log('I', 'container.go:571', `BJOSV housekeeping container="${path}" ${said}`);
    timers.set(path, setTimeout(tick, waitMs));
  };
  tick();
  return cgroup;
}

function unwatch(path: string): void {
  clearTimeout(timers.get(path));
  timers.delete(path);
}

log('I', 'server.go:520', `"Kubelet version" kubeletVersion="${version}"`);
log('I', 'flags.go:64', `FLAG: --housekeeping-interval="${goDuration(flags.housekeepingIntervalMs)}"`);
log('I', 'flags.go:64', `FLAG: --v="${flags.verbosity}"`);
mkdirSync(manifestDirectory, {recursive: true});
makeCgroup('/kubepods/besteffort');
const ownCpu = () => {
  const {user, system} = process.cpuUsage();
  return {...readCgroup('/system.slice/kubelet.service'), cpuNs: (user + system) * 1000};
};
const node = {
  root: watch('/', () => readCgroup('')),
  kubepods: watch('/kubepods'),
  kubelet: watch('/system.slice/kubelet.service', ownCpu),
};
watch('/kubepods/besteffort');

let running: ReadonlyMap<string, RunningPod> = new Map();
const cgroups = new Map<string, HousekeptCgroup>();
const pathsOf = (pod: RunningPod) => [pod.cgroupPath, ...pod.containers.map((one) => one.cgroupPath)];

function sync(): void {
  const before = new Set([...running.values()].map((pod) => pod.uid));
  running = syncPods(running);
  const wanted = new Set([...running.values()].flatMap(pathsOf));
  for (const path of cgroups.keys()) {
    if (wanted.has(path)) continue;
    unwatch(path);
    cgroups.delete(path);
  }
  for (const path of wanted) if (!cgroups.has(path)) cgroups.set(path, watch(path));
  for (const pod of running.values()) {
    const {namespace, name} = pod.manifest.metadata;
    if (!before.has(pod.uid)) log('I', 'kubelet.go:2414', `"SyncLoop ADD" source="file" pods=["${namespace}/${name}"]`);
  }
}

function served(): ServedNode {
  const pods = [...running.values()].flatMap((pod): ServedPod[] => {
    const cgroup = cgroups.get(pod.cgroupPath);
    if (cgroup === undefined) return [];
    const containers = pod.containers.flatMap((one) => {
      const own = cgroups.get(one.cgroupPath);
      const {name, startedAtMs} = one;
      return own === undefined ? [] : [{name, startedAtMs, memoryLimitBytes: null, cgroup: own}];
    });
    return [{...pod.manifest.metadata, uid: pod.uid, startedAtMs: pod.startedAtMs, cgroup, containers}];
  });
  return {name: hostname(), bootedAtMs, ...node, pods};
}

/** `serverTLSBootstrap`: certificate and key in one file, which the cluster has signed and rotates. */
const rotatedFile = '/var/lib/kubelet/pki/kubelet-server-current.pem';
const rotated = existsSync(rotatedFile);
const certificateFile = rotated ? rotatedFile : '/var/lib/kubelet/pki/kubelet.crt';
const keyFile = rotated ? rotatedFile : '/var/lib/kubelet/pki/kubelet.key';
if (!existsSync(certificateFile)) {
  const {chain, key} = makeServingCertificate(hostname(), nowMs());
  mkdirSync('/var/lib/kubelet/pki', {recursive: true});
  writeFileSync(keyFile, key, {mode: 0o600});
  writeFileSync(certificateFile, chain);
}

let callers: Readonly<Record<string, Caller>> = {};
let callersReadAtMs = -1;
function authenticate(token: string): Caller | null {
  const changedAtMs = statSync(tokenFile, {throwIfNoEntry: false})?.mtimeMs ?? 0;
  if (changedAtMs !== callersReadAtMs) {
    callers = readJson<Readonly<Record<string, Caller>>>(tokenFile) ?? {};
    callersReadAtMs = changedAtMs;
  }
  return callers[token] ?? null;
}

const configFile = '/var/lib/kubelet/config.yaml';
const config = existsSync(configFile) ? readFileSync(configFile, 'utf8') : '';
const answersLogQueries = /^enableSystemLogQuery: true$/m.test(config);

/** `/logs/?query=UNIT` of `NodeLogQuery` runs journalctl on the node (`pkg/kubelet/kubelet_server_journal.go`). */
function queryJournal(url: URL): Promise<string> {
  // Without the feature the same path lists the files of /var/log, whatever is asked.
  if (!answersLogQueries) return Promise.resolve('<!doctype html>\n<pre>\n<a href="journal/">journal/</a>\n</pre>\n');
  const tailLines = url.searchParams.get('tailLines');
  const pattern = url.searchParams.get('pattern');
  const argv = [
    ...['--utc', '--no-pager', `--unit=${url.searchParams.get('query') ?? ''}`, '--output=short-precise'],
    ...(tailLines === null ? [] : ['--pager-end', `--lines=${tailLines}`]),
    ...(pattern === null ? [] : [`--grep=${pattern}`]),
  ];
  return new Promise((resolve) => {
    execFile('journalctl', argv, {maxBuffer: 64 * 1_048_576}, (_error, stdout) => resolve(stdout));
  });
}

let requests = 0;
const server = new KubeletServer({
  certificate: {chain: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8')},
  address: '0.0.0.0',
  port: 10250,
  authenticate,
  answer: (url) => {
    requests += 1;
    const json = (body: string) => ({contentType: 'application/json', body});
    const text = (body: string) => ({contentType: 'text/plain; charset=utf-8', body});
    switch (url.pathname) {
      case '/stats/summary':
        return json(statsSummary(served(), nowMs()));
      case '/metrics/resource':
        return text(resourceMetrics(served(), nowMs()));
      case '/metrics':
        return text(
          `process_start_time_seconds ${performance.timeOrigin / 1000}\nkubelet_http_requests_total ${requests}\n`,
        );
      case '/configz':
        return json(
          JSON.stringify({kubeletconfig: {port: 10250, logging: {format: 'text', verbosity: flags.verbosity}}}),
        );
      case '/healthz':
        return text('ok');
      case '/logs/':
        return queryJournal(url).then(text);
      default:
        return null;
    }
  },
  setVerbosity: (level) => log('I', 'flags.go:59', `verbosity set to ${level}`),
  log,
});

const counterFile = '/run/kubelet-load-counter';
runLogLoad((text) => log('I', 'load.go:1', text), {
  read: () => Number(existsSync(counterFile) ? readFileSync(counterFile, 'utf8') : 0),
  write: (n) => writeFileSync(counterFile, String(n)),
});

sync();
setInterval(sync, 500);
await server.start();
log('I', 'server.go:1293', '"Started kubelet"');
log('I', 'server.go:169', '"Starting to listen" address="0.0.0.0" port=10250');
process.on('SIGTERM', () => process.exit(0));
