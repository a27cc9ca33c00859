import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {build} from 'rolldown';
import type {Caller} from '../../src/demo/kubelet-server.ts';
import {engine as engineClient, type TestEngine} from './engine.ts';
import {ensureImage, type Suite} from './image.ts';
import {loadFile, manifestDirectory, tokenFile, type LogLoad, type PodManifest} from './stand-in/pod-manifest.ts';

export interface TestNodeOptions {
  /** Default `docker`. */
  readonly engine?: TestEngine;
  /** Default `bookworm`. */
  readonly suite?: Suite;
  /** What the node is called after the run's own prefix: `worker` becomes `kt3f9a-worker`. */
  readonly role?: 'control-plane' | 'worker' | 'worker2' | 'worker3';
  /** Default true: carry kind's labels, so that discovery finds it as a node of the cluster `kt3f9a`. */
  readonly kindLabels?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** Flags of the kubelet in `/var/lib/kubelet/kubeadm-flags.env`; default `--v=2`. */
  readonly kubeletFlags?: readonly string[];
  readonly pods?: readonly PodManifest[];
  /** Bearer tokens and what they may get; the node's `token` may get all. */
  readonly callers?: Readonly<Record<string, Caller>>;
  /** A public key that root, `docker` (sudo without a password) and `admin` (sudo with one) let in over ssh. */
  readonly authorizedKey?: string;
  /** By how much the node's clock is ahead; it then has a boot of its own, as another machine has. */
  readonly clockAheadS?: number;
}

/** A machine with systemd, journald, sshd and the stand-in kubelet, in a container. */
export interface TestNode {
  readonly name: string;
  /** kind's cluster name in its labels. */
  readonly cluster: string;
  readonly address: string;
  /** May get everything; also in `tokenFile`, a local file of mode 0600. */
  readonly token: string;
  readonly tokenFile: string;
  /** Runs a command on the node as root and returns its standard output; rejects where it fails. */
  exec(...argv: readonly string[]): Promise<string>;
  writeFile(path: string, content: string): Promise<void>;
  addPod(manifest: PodManifest): Promise<void>;
  removePod(name: string): Promise<void>;
  /** Lets the kubelet log lines `"Numbered line" n=0 of=TOTAL` … at a rate. */
  startLogLoad(load: LogLoad): Promise<void>;
  stopLogLoad(): Promise<void>;
  /** Sets the clock of a node that has its own (`clockAheadS`): it jumps within a second. */
  setClock(aheadS: number): Promise<void>;
  /** Waits until systemd is up and the kubelet serves; after `docker restart` for example. The address may change. */
  ready(): Promise<void>;
  /** How many processes with this word in their command line run on the node (`pgrep -f -c`). */
  countProcesses(word: string): Promise<number>;
}

/** One busy pod held to a known share, one idle. */
export const busyPod: PodManifest = {
  metadata: {namespace: 'default', name: 'cpuload'},
  spec: {containers: [{name: 'load', command: ['sh', '-c', 'while :; do :; done'], cpuLimitMillicores: 150}]},
};
export const idlePod: PodManifest = {
  metadata: {namespace: 'default', name: 'idle'},
  spec: {containers: [{name: 'idle', command: ['sleep', 'infinity']}]},
};

const project = join(import.meta.dirname, '..', '..');
const started = new Map<string, TestEngine>();
process.on('exit', () => {
  for (const [name, engine] of started) spawnSync(engine, ['rm', '--force', '--volumes', name], {stdio: 'ignore'});
});

/** What an engine wants beside the rest: podman must be told of systemd, and in a sandbox may raise no limits. */
const engineArgs = {
  docker: [],
  podman: ['--systemd=always', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'],
};

/** libfaketime reads it again every second. */
const clockFile = '/etc/faketimerc';
/** What `node-init` takes for a clock of its own: containers share the machine's, so libfaketime tells another. */
const ownClock = [
  `FAKETIME_TIMESTAMP_FILE=${clockFile}`,
  'FAKETIME_CACHE_DURATION=1',
  // Timers go by the monotonic clock, which is nobody's time of day.
  'FAKETIME_DONT_FAKE_MONOTONIC=1',
  'LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1',
];
const clockText = (aheadS: number) => `${aheadS < 0 ? '' : '+'}${aheadS}s\n`;

/** Starts a node under a name that no other run has. Stop it with `stopNode`; the end of the process does it too. */
export async function startNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const {engine = 'docker', suite = 'bookworm'} = options;
  const cli = (...args: readonly string[]) => engineClient(engine, ...args);
  const [image, bundle] = await Promise.all([ensureImage(engine, suite), bundleKubelet(), removeLeftovers(engine)]);
  const cluster = `kt${randomBytes(2).toString('hex')}`;
  const role = options.role ?? 'worker';
  const name = `${cluster}-${role}`;
  const token = randomBytes(24).toString('base64url');
  const all = ['stats', 'metrics', 'log', 'configz', 'healthz', 'pods', 'proxy'];
  const ktop = {user: 'system:serviceaccount:kube-system:ktop', mayGet: all, mayUpdate: true};
  const callers = {[token]: ktop, ...options.callers};
  const kind = {'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': role.replace(/\d+$/, '')};
  const labels = {
    'ktop-test': String(process.pid),
    ...(options.kindLabels === false ? {} : kind),
    ...options.labels,
  };
  await cli(
    ...[
      'create',
      ...engineArgs[engine],
      '--name',
      name,
      '--hostname',
      name,
      '--cap-add',
      'SYS_ADMIN',
      '--cgroupns=private',
    ],
    ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    ...['--tmpfs', '/run', '--tmpfs', '/tmp'],
    ...(options.clockAheadS === undefined ? [] : ownClock.flatMap((one) => ['--env', one])),
    ...['--volume', `${nodeBinary()}:/opt/ktop-test/node:ro`, '--volume', `${bundle}:/opt/ktop-test/bundle:ro`],
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    image,
  );
  started.set(name, engine);

  const local = mkdtempSync(join(tmpdir(), 'ktop-test-node-'));
  const localTokenFile = join(local, 'token');
  writeFileSync(localTokenFile, token, {mode: 0o600});
  const writeFile = async (path: string, content: string, mode = 0o644) => {
    const tree = mkdtempSync(join(tmpdir(), 'ktop-test-copy-'));
    mkdirSync(dirname(join(tree, path)), {recursive: true});
    writeFileSync(join(tree, path), content, {mode});
    await cli('cp', join(tree, path), `${name}:${path}`);
    rmSync(tree, {recursive: true});
  };
  const runtimeEndpoint = '--container-runtime-endpoint=unix:///run/containerd/containerd.sock';
  const flags = [runtimeEndpoint, ...(options.kubeletFlags ?? ['--v=2'])];
  await writeFile('/var/lib/kubelet/kubeadm-flags.env', `KUBELET_KUBEADM_ARGS="${flags.join(' ')}"\n`);
  await writeFile(tokenFile, JSON.stringify(callers), 0o600);
  const manifestFile = (pod: string) => `${manifestDirectory}/${pod}.json`;
  for (const pod of options.pods ?? [busyPod, idlePod]) {
    await writeFile(manifestFile(pod.metadata.name), JSON.stringify(pod));
  }
  if (options.clockAheadS !== undefined) await writeFile(clockFile, clockText(options.clockAheadS));
  await cli('start', name);

  const exec = (...argv: readonly string[]) => cli('exec', name, ...argv);
  // Whoever reads it meanwhile sees the old one or the new one.
  const replaceFile = async (path: string, content: string) => {
    await exec('sh', '-c', 'printf %s "$1" >"$2.new" && mv "$2.new" "$2"', 'replace', content, path);
  };
  const ready = async () => {
    await until(`${name} is up`, async () => {
      await exec('systemctl', 'is-active', '--quiet', 'kubelet.service', 'ssh.service', 'dbus.socket');
      await exec('sh', '-c', 'curl -ks https://127.0.0.1:10250/healthz');
      return true;
    });
  };
  await ready();
  if (options.authorizedKey !== undefined) {
    const install =
      'for u in root docker admin; do h=$(getent passwd $u | cut -d: -f6); install -d -m 700 -o $u -g $u $h/.ssh; ' +
      'printf "%s\\n" "$1" >$h/.ssh/authorized_keys; chown $u:$u $h/.ssh/authorized_keys; done';
    await exec('sh', '-c', install, 'install', options.authorizedKey);
  }
  const address = await cli('inspect', '--format', '{{.NetworkSettings.IPAddress}}', name);
  return {
    name,
    cluster,
    address: address.trim(),
    token,
    tokenFile: localTokenFile,
    exec,
    writeFile,
    ready,
    addPod: (manifest) => writeFile(manifestFile(manifest.metadata.name), JSON.stringify(manifest)),
    removePod: async (pod) => {
      await exec('rm', '--force', manifestFile(pod));
    },
    startLogLoad: (load) => replaceFile(loadFile, JSON.stringify(load)),
    stopLogLoad: async () => {
      await exec('rm', '--force', loadFile);
    },
    setClock: (aheadS) => replaceFile(clockFile, clockText(aheadS)),
    countProcesses: async (word) => {
      const count = await exec('sh', '-c', 'pgrep -f -c -- "$1" || true', 'count', word);
      // The shell that asks carries the word too.
      return Number(count.trim()) - 1;
    },
  };
}

/** Removes the node and all that it held. */
export async function stopNode(node: TestNode | undefined): Promise<void> {
  if (node === undefined) return;
  rmSync(dirname(node.tokenFile), {recursive: true, force: true});
  await engineClient(started.get(node.name) ?? 'docker', 'rm', '--force', '--volumes', node.name);
  started.delete(node.name);
}

/** Asks again until the answer is neither null nor false; a rejection is a "not yet" too. */
export async function until<T>(what: string, ask: () => Promise<T | null | false>, timeoutMs = 120_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`gave up waiting until ${what}`, {cause: last});
}

/** Nodes of a run that was killed before it could remove them. */
async function removeLeftovers(engine: TestEngine): Promise<void> {
  const label = engine === 'docker' ? '{{.Label "ktop-test"}}' : '{{index .Labels "ktop-test"}}';
  const format = `{{.Names}} ${label}`;
  const lines = await engineClient(engine, 'ps', '--all', '--filter', 'label=ktop-test', '--format', format);
  for (const line of lines.split('\n')) {
    const [name = '', pid = ''] = line.split(' ');
    if (name !== '' && !existsSync(`/proc/${pid}`))
      await engineClient(engine, 'rm', '--force', '--volumes', name).catch(() => '');
  }
}

/** The Node that runs this project: the one that npm installed. */
function nodeBinary(): string {
  const installed = join(project, 'node_modules', 'node', 'bin', 'node');
  return existsSync(installed) ? installed : process.execPath;
}

let bundled: Promise<string> | null = null;

/** Bundles the stand-in kubelet and returns the directory that holds it. */
function bundleKubelet(): Promise<string> {
  bundled ??= (async () => {
    const directory = join(project, 'node_modules', '.cache', `ktop-test-node-${process.pid}`);
    process.on('exit', () => rmSync(directory, {recursive: true, force: true}));
    await build({
      input: join(import.meta.dirname, 'stand-in', 'kubelet.ts'),
      platform: 'node',
      output: {file: join(directory, 'kubelet.mjs'), format: 'esm', codeSplitting: false},
    });
    return directory;
  })();
  return bundled;
}
