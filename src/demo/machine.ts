import {randomBytes} from 'node:crypto';
import {makeServingCertificate, type ServingCertificate} from './certificate.ts';
import {Journald} from './journald.ts';
import {KubeletServer} from './kubelet-server.ts';
import {resourceMetrics, statsSummary} from './kubelet-stats.ts';
import {goDurationMs} from '../util/go-duration.ts';
import {kubeletVersion, SimulatedKubelet} from './kubelet.ts';
import {podList} from './pods.ts';

export interface MachineOptions {
  readonly name: string;
  readonly housekeepingIntervalMs: number;
  readonly random: () => number;
}

/** How much the machine has lived through before anybody looks: its journal and its counters are not empty. */
const pastMs = 150_000;
/** A kubelet serves about a second after its process started. */
const serveAfterMs = 900;

/** The simulated machine on the real clock: its kubelet, its journal, the kubelet's HTTPS port on the loopback. */
export class Machine {
  readonly name: string;
  readonly journal: Journald;
  readonly certificate: ServingCertificate;
  /** The only bearer token that its kubelet knows; made anew for each machine, never shown. */
  readonly token = randomBytes(32).toString('base64url');
  readonly kubelet: SimulatedKubelet;
  readonly #housekeepingIntervalMs: number;
  readonly #server: KubeletServer;
  #timer: NodeJS.Timeout | null = null;
  #restarting: Promise<void> = Promise.resolve();
  #running = true;
  #flags: readonly string[] = [];

  constructor({name, housekeepingIntervalMs, random}: MachineOptions) {
    this.name = name;
    this.#housekeepingIntervalMs = housekeepingIntervalMs;
    const bootedAtMs = Date.now() - pastMs;
    this.journal = new Journald(name, bootedAtMs);
    this.certificate = makeServingCertificate(name, bootedAtMs);
    this.kubelet = new SimulatedKubelet({
      nodeName: name,
      journal: this.journal,
      random,
      housekeepingIntervalMs,
      bootedAtMs,
    });
    this.#systemd('Started kubelet.service - kubelet: The Kubernetes Node Agent.', bootedAtMs);
    this.kubelet.start(bootedAtMs);
    this.#server = new KubeletServer({
      certificate: this.certificate,
      address: '127.0.0.1',
      port: 0,
      authenticate: (token) =>
        token === this.token
          ? {
              user: 'system:serviceaccount:kube-system:ktop',
              mayGet: ['stats', 'metrics', 'configz', 'healthz', 'pods', 'log'],
              mayUpdate: true,
            }
          : null,
      answer: (url) => this.#answer(url),
      setVerbosity: (level) =>
        this.kubelet.say({severity: 'I', source: 'flags.go:59', text: `"Set verbosity" v=${level}`}, Date.now()),
      log: (severity, source, text) => this.kubelet.say({severity, source, text}, Date.now()),
    });
  }

  /** Where its kubelet serves. */
  get port(): number {
    return this.#server.port;
  }

  /** Serves the kubelet's HTTPS and lets time run. */
  async start(): Promise<void> {
    await this.#server.start();
    this.#advance();
  }

  /** Stops time, the server and what runs in the shell. */
  async stop(): Promise<void> {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#restarting;
    await this.#server.stop();
  }

  /** The kubelet's command line, as `/proc/PID/cmdline` holds it. */
  get kubeletArgv(): readonly string[] {
    return [
      '/usr/bin/kubelet',
      '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
      ...this.kubeadmFlags,
      ...this.#flags,
    ];
  }

  /** What kubeadm has left for it in its file. */
  get kubeadmFlags(): readonly string[] {
    const seconds = this.#housekeepingIntervalMs / 1000;
    return [
      '--container-runtime-endpoint=unix:///run/containerd/containerd.sock',
      `--hostname-override=${this.name}`,
      ...(seconds === 10 ? [] : [`--housekeeping-interval=${seconds}s`]),
      '--v=2',
    ];
  }

  /** Resolves when the kubelet serves again. */
  async settled(): Promise<void> {
    await this.#restarting;
  }

  /**
   * `systemctl restart kubelet`: connections are cut, the next process starts after about a tenth of a second and
   * serves a second later. `flags` are what is behind its own ones from now on. Resolves when systemctl would return.
   */
  async restartKubelet(flags: readonly string[] = this.#flags): Promise<void> {
    await this.#restarting;
    this.#flags = flags;
    this.advanceToNow();
    this.#systemd('Stopping kubelet.service - kubelet: The Kubernetes Node Agent...');
    this.kubelet.stop();
    await this.#server.stop();
    await pause(90);
    this.#systemd('kubelet.service: Deactivated successfully.');
    this.#systemd('Stopped kubelet.service - kubelet: The Kubernetes Node Agent.');
    this.#systemd('Started kubelet.service - kubelet: The Kubernetes Node Agent.');
    this.kubelet.start(
      Date.now(),
      goDurationMs(valueOf(flags, 'housekeeping-interval')) ?? this.#housekeepingIntervalMs,
    );
    this.#advance();
    this.#restarting = pause(serveAfterMs).then(() => (this.#running ? this.#server.start() : undefined));
  }

  /** Lets what is due happen, so that an answer made now is the answer of now. */
  advanceToNow(): void {
    this.kubelet.advance(Date.now());
  }

  #advance(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.advanceToNow();
    // One timer for all cgroups: cheaper than one each, and nothing fires while nothing is due.
    this.#timer = setTimeout(() => this.#advance(), Math.max(5, this.kubelet.nextEventAtMs - Date.now()));
  }

  #systemd(message: string, atMs = Date.now()): void {
    this.journal.append({atMs, unit: 'kubelet.service', identifier: 'systemd', pid: 1, message});
  }

  #answer({pathname}: URL): {readonly contentType: string; readonly body: string} | null {
    this.advanceToNow();
    const json = (body: string) => ({contentType: 'application/json', body});
    switch (pathname) {
      case '/stats/summary':
        return json(statsSummary(this.kubelet.served, Date.now()));
      case '/metrics/resource':
        return {contentType: 'text/plain; version=0.0.4', body: resourceMetrics(this.kubelet.served, Date.now())};
      case '/configz':
        return json(configz());
      case '/healthz':
        return {contentType: 'text/plain; charset=utf-8', body: 'ok'};
      case '/pods':
        return json(podList(this.kubelet.pods));
      default:
        return null;
    }
  }
}

/** The kubelet's `/configz`, shortened. The housekeeping interval is a flag and not in it. */
function configz(): string {
  return JSON.stringify({
    kubeletconfig: {
      enableServer: true,
      syncFrequency: '1m0s',
      address: '0.0.0.0',
      port: 10250,
      authentication: {anonymous: {enabled: false}, webhook: {enabled: true, cacheTTL: '2m0s'}},
      authorization: {mode: 'Webhook'},
      nodeStatusUpdateFrequency: '10s',
      cgroupDriver: 'systemd',
      maxPods: 110,
      featureGates: {},
      logging: {format: 'text', flushFrequency: '5s', verbosity: 2},
      enableSystemLogHandler: true,
      containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    },
  });
}

const valueOf = (flags: readonly string[], name: string): string =>
  flags.findLast((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';

/** For `kubelet --version`. */
export const versionLine = `Kubernetes ${kubeletVersion}\n`;

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
