import {flagWord, ownSettings} from '../model/flags/drop-in.ts';
import type {CommandResult, Follow} from '../nodes/node.ts';
import {DemoJob} from './job.ts';
import {versionLine, type Machine} from './machine.ts';

const unitFile = '/lib/systemd/system/kubelet.service';
const kubeadmFile = '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf';
const ownFile = '/etc/systemd/system/kubelet.service.d/90-ktop.conf';
const flagsFile = '/var/lib/kubelet/kubeadm-flags.env';
const configFile = '/var/lib/kubelet/config.yaml';

const contents: Readonly<Record<string, string>> = {
  [unitFile]:
    '[Unit]\nDescription=kubelet: The Kubernetes Node Agent\n\n[Service]\nExecStart=/usr/bin/kubelet\nRestart=always\n',
  [kubeadmFile]: `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=${configFile}"
EnvironmentFile=-${flagsFile}
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`,
  [configFile]: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}}
cgroupDriver: systemd
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
logging: {format: text, verbosity: 2}
maxPods: 110
`,
};

/** Flags that the simulated kubelet takes. */
const known =
  /^(?:v|vmodule|housekeeping-interval|max-pods|node-labels|feature-gates|sync-frequency|node-ip|kube-reserved|system-reserved|eviction-hard|image-gc-high-threshold|node-status-update-frequency|serialize-image-pulls|cpu-manager-policy|topology-manager-policy)$/;

/** The demo's unit of the kubelet, as far as ktop reads and changes its flags. */
export class DemoUnit {
  readonly #machine: Machine;
  #dropIn: string | null = null;
  readonly #job = new DemoJob();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Answers one of the scripts that ktop runs there; null where it is none of them. */
  answer(argv: readonly string[]): CommandResult | null {
    const script = argv[2] ?? '';
    const ok = (stdout: string): CommandResult => ({exitCode: 0, stdout, stderr: ''});
    if (script.startsWith(': ktop-flags-config')) return ok(this.#parts(argv.at(-1) ?? '', [configFile]));
    if (script.startsWith(': ktop-flags-check')) return check(argv.slice(5));
    return script.startsWith(': ktop-flags') ? ok(this.#unit(argv.at(-1) ?? '')) : null;
  }

  #unit(nonce: string): string {
    const {kubelet, kubeletArgv} = this.#machine;
    const own = this.#dropIn === null ? [] : [ownFile];
    const shown = [
      'LoadState=loaded',
      `FragmentPath=${unitFile}`,
      `DropInPaths=${[kubeadmFile, ...own].join(' ')}`,
      'NeedDaemonReload=no',
      `MainPID=${kubelet.pid ?? 0}`,
    ];
    const files = this.#parts(nonce, [unitFile, kubeadmFile, ...own, flagsFile]);
    const running = kubelet.pid === null ? '' : `\n${nonce} cmdline ${kubelet.pid}\n${kubeletArgv.join('\n')}\n`;
    return `\n${nonce} show\n${shown.join('\n')}\n${files}${running}`;
  }

  #parts(nonce: string, paths: readonly string[]): string {
    return paths.map((path) => `\n${nonce} file ${path}\n${this.#contentOf(path)}`).join('');
  }

  #contentOf(path: string): string {
    if (path === ownFile) return this.#dropIn ?? '';
    if (path === flagsFile) return `KUBELET_KUBEADM_ARGS="${this.#machine.kubeadmFlags.join(' ')}"\n`;
    return contents[path] ?? '';
  }

  /** The job that changes its flags, as it is started or followed. */
  follow(argv: readonly string[]): Follow {
    if (argv[3] !== 'ktop-job-start') return this.#job.follow(Number(argv[5]));
    return this.#job.start((files) => this.#try(argv[7] === 'reset' ? null : (files.get('new') ?? '')));
  }

  async #try(dropIn: string | null): Promise<void> {
    this.#job.note('step systemctl daemon-reload, systemctl restart: waiting until it is healthy');
    this.#dropIn = dropIn;
    const files = dropIn === null ? [] : [{path: ownFile, text: dropIn}];
    await this.#machine.restartKubelet(ownSettings(files).map(flagWord));
    await this.#machine.settled();
    this.#job.note('end done healthy');
  }
}

function check(flags: readonly string[]): CommandResult {
  for (const flag of flags) {
    const [, name = '', value = ''] = /^--([\w-]+)=(.*)$/s.exec(flag) ?? [];
    const isBad =
      name === 'v' ? !/^\d+$/.test(value) : name === 'housekeeping-interval' && !/^\d+(?:ms|[smh])$/.test(value);
    const problem = !known.test(name)
      ? `unknown flag: --${name}`
      : isBad
        ? `invalid argument "${value}" for "--${name}" flag`
        : null;
    if (problem !== null) return {exitCode: 1, stdout: '', stderr: `Error: failed to parse kubelet flag: ${problem}\n`};
  }
  return {exitCode: 0, stdout: versionLine, stderr: ''};
}
