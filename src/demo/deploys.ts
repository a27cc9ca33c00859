import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import type {CommandResult, CopyOptions, Follow} from '../nodes/node.ts';
import {DemoJob} from './job.ts';
import {kubeletVersion} from './kubelet.ts';
import type {Machine} from './machine.ts';

const target = '/usr/bin/kubelet';
const folder = `${target}.ktop`;
/** What a machine is called by `uname -m`, where Node calls it otherwise. */
const unames: Readonly<Record<string, string>> = {x64: 'x86_64', arm64: 'aarch64'};
/** A copy that takes as long as one over a good link. */
const bytesPerSecond = 30_000_000;
const settleMs = 10_000;

interface Binary {
  readonly sha: string;
  readonly version: string;
  readonly bytes: number;
  /** Unix seconds. */
  readonly since: number;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
const ok = (stdout = ''): CommandResult => ({exitCode: 0, stdout, stderr: ''});

/**
 * The simulated node's kubelet as a file that can be replaced: it answers what ktop's scripts for deploys would print,
 * and plays the guard that works on the node by itself. A file is read, never run.
 */
export class DemoDeploys {
  readonly #machine: Machine;
  #current: Binary;
  #copied: Binary | null = null;
  #kept: readonly Binary[] = [];
  #state = new Map<string, string>();
  readonly #job = new DemoJob();
  #confirmed = Promise.withResolvers<undefined>();

  constructor(machine: Machine) {
    this.#machine = machine;
    const sha = createHash('sha256').update(`the kubelet of the demo ${kubeletVersion}`).digest('hex');
    this.#current = {sha, version: kubeletVersion, bytes: 81_788_928, since: seconds() - 86_400};
  }

  /** The version of the kubelet in place. */
  get version(): string {
    return this.#current.version;
  }

  /** The answer to a command line that is one of a deploy's; null where it is not. */
  answer(argv: readonly string[]): CommandResult | null {
    if (argv[0] === 'rm') {
      this.#copied = null;
      return ok();
    }
    if (argv[0] !== 'sh') return null;
    switch (argv[3]) {
      case 'ktop-look':
        return ok(this.#place() + this.#report());
      default:
        return null;
    }
  }

  /** Takes a copy of a kubelet, as quick as a good link, and what its check says; null where the file is not one. */
  async copyIn(localPath: string, remotePath: string, options: CopyOptions = {}): Promise<CommandResult | null> {
    const {onSent, onCopied, signal} = options;
    if (remotePath !== `${folder}/new`) return null;
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(localPath, {highWaterMark: 1 << 20})) {
      signal?.throwIfAborted();
      if (!(chunk instanceof Uint8Array)) continue;
      hash.update(chunk);
      bytes += chunk.length;
      await pause((chunk.length * 1000) / bytesPerSecond);
      onSent?.(bytes);
    }
    const sha = hash.digest('hex');
    const version = `${kubeletVersion}-dev+${sha.slice(0, 8)}`;
    this.#copied = {sha, version, bytes, since: seconds()};
    onCopied?.();
    return ok(`1 ${bytes} checked\nKubernetes ${version}\n`);
  }

  #place(): string {
    const {kubelet} = this.#machine;
    const active = kubelet.pid === null ? 'inactive' : 'active';
    const arch = unames[process.arch] ?? process.arch;
    const exe = kubelet.pid === null ? '' : `exe=${target}\n`;
    return `LoadState=loaded\nActiveState=${active}\nMainPID=${kubelet.pid ?? 0}\narch=${arch}\n${exe}start=${target}\nkind=elf\nreported=${target}\n`;
  }

  #report(): string {
    const {sha, version, bytes, since} = this.#current;
    const lines = [
      `now=${seconds()}`,
      `sha=${sha}`,
      `bytes=${bytes}`,
      `placed=${since}`,
      `version=Kubernetes ${version}`,
    ];
    lines.push('running=1', 'df=overlay 61255492 20187004 37924472 35% /', 'mount=rw,relatime', 'writable=1');
    lines.push('health=http://127.0.0.1:10248/healthz', 'healthz=ok');
    if (this.#job.isRunning) lines.push('busy=1');
    if (this.#copied !== null) lines.push('new=1');
    lines.push(...[...this.#state].map(([name, value]) => `state.${name}=${value}`));
    lines.push(...this.#kept.map((one) => `kept=${fileOf(one)} ${one.bytes} ${one.sha} ${one.version}`));
    return `${lines.join('\n')}\n`;
  }

  /** The guard as it is started or followed; null where it is another job's command line. */
  follow(argv: readonly string[]): Follow | null {
    if (argv[4] !== folder) return null;
    if (argv[3] !== 'ktop-job-start') return this.#job.follow(Number(argv[5]));
    return this.#job.start(
      (files) => {
        const given = files
          .get('state')
          ?.split('\n')
          .map((line) => /^([^=]+)=(.*)$/.exec(line));
        if (given !== undefined) this.#state = new Map(given.map((match) => [match?.[1] ?? '', match?.[2] ?? '']));
        this.#confirmed = Promise.withResolvers<undefined>();
        return this.#work(argv[7] === 'undo' ? 'undo' : 'run');
      },
      () => this.#confirmed.resolve(undefined),
    );
  }

  /** What the guard does on a real node: swap, restart, watch, and write down what came of it. */
  async #work(verb: 'run' | 'undo'): Promise<void> {
    this.#job.note(`task ${verb}`);
    if (verb === 'undo') {
      this.#end('refused', 'undone');
      return;
    }
    const before = this.#current;
    const isRollback = this.#state.get('kind') === 'rollback';
    const next = isRollback ? this.#kept.find((one) => fileOf(one) === this.#state.get('source')) : this.#copied;
    if (next == null) {
      this.#end('refused', 'there is no new binary');
      return;
    }
    this.#current = {...next, since: seconds()};
    this.#kept = isRollback
      ? this.#kept.filter((one) => one !== next)
      : [{...before, since: seconds()}, ...this.#kept].slice(0, 3);
    this.#copied = null;
    this.#job.note(`swapped ${target}`);
    if (this.#state.get('clear') === '1') {
      this.#machine.journal.rotate();
      this.#machine.journal.vacuum(1000);
      this.#job.note('cleared ok');
    }
    this.#job.note('restart systemctl restart kubelet.service');
    await this.#machine.restartKubelet();
    this.#job.note(
      `began ${createHash('md5').update(String(Date.now())).digest('hex')} ${this.#machine.kubelet.pid ?? 0}`,
    );
    this.#job.note('up active running');
    await Promise.race([this.#confirmed.promise, pause(settleMs, undefined, {ref: false})]);
    this.#end('done', '');
  }

  #end(step: string, why: string): void {
    this.#state.set('step', step).set('why', why).set('at', String(seconds()));
    this.#job.note(`end ${step} ${why}`);
  }
}

const fileOf = ({since, sha}: Binary): string => `kept-${since}-${sha.slice(0, 12)}`;
