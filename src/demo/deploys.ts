import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import type {CommandResult, CopyOptions} from '../nodes/node.ts';
import {kubeletVersion} from './kubelet.ts';
import type {Machine} from './machine.ts';

const target = '/usr/bin/kubelet';
const folder = `${target}.ktop`;
/** What a machine is called by `uname -m`, where Node calls it otherwise. */
const unames: Readonly<Record<string, string>> = {x64: 'x86_64', arm64: 'aarch64'};
/** A copy that takes as long as one over a good link. */
const bytesPerSecond = 30_000_000;
const settleMs = 10_000;
const tailMs = 4500;

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
  #log: string[] = [];
  #isBusy = false;
  #confirmed = Promise.withResolvers<undefined>();
  #changed = Promise.withResolvers<undefined>();

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
  async answer(argv: readonly string[], input: string): Promise<CommandResult | null> {
    if (argv[0] === 'rm') {
      this.#copied = null;
      return ok();
    }
    if (argv[0] !== 'sh') return null;
    if (argv[1] === `${folder}/guard`) return this.#guard(argv.slice(2));
    switch (argv[3]) {
      case 'ktop-place':
        return ok(this.#place());
      case 'ktop-report':
        return ok(this.#report());
      case 'ktop-prepare':
        return ok();
      case 'ktop-check':
        return this.#copied === null
          ? {exitCode: 1, stdout: '', stderr: 'nothing has arrived\n'}
          : ok(`Kubernetes ${this.#copied.version}\n`);
      case 'ktop-start':
        return this.#start(argv[5] === 'undo' ? 'undo' : 'run', input);
      default:
        return null;
    }
  }

  /** Takes a copy of a kubelet, as quick as a good link; false where the file is not one. */
  async copyIn(localPath: string, remotePath: string, {onSent, signal}: CopyOptions = {}): Promise<boolean> {
    if (remotePath !== `${folder}/new`) return false;
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
    this.#copied = {sha, version: `${kubeletVersion}-dev+${sha.slice(0, 8)}`, bytes, since: seconds()};
    return true;
  }

  #place(): string {
    const {kubelet} = this.#machine;
    const active = kubelet.pid === null ? 'inactive' : 'active';
    const arch = unames[process.arch] ?? process.arch;
    const exe = kubelet.pid === null ? '' : `exe=${target}\n`;
    return `LoadState=loaded\nActiveState=${active}\nMainPID=${kubelet.pid ?? 0}\narch=${arch}\n${exe}start=${target}\nkind=elf\n`;
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
    if (this.#isBusy) lines.push('busy=1');
    if (this.#copied !== null) lines.push('new=1');
    lines.push(...[...this.#state].map(([name, value]) => `state.${name}=${value}`));
    lines.push(...this.#kept.map((one) => `kept=${fileOf(one)} ${one.bytes} ${one.sha} ${one.version}`));
    return `${lines.join('\n')}\n`;
  }

  #start(verb: 'run' | 'undo', input: string): CommandResult {
    if (this.#isBusy) return {exitCode: 75, stdout: '', stderr: ''};
    const given = input.split('\n').map((line) => /^([^=]+)=(.*)$/.exec(line));
    if (input !== '') this.#state = new Map(given.map((match) => [match?.[1] ?? '', match?.[2] ?? '']));
    this.#log = [];
    this.#isBusy = true;
    this.#confirmed = Promise.withResolvers<undefined>();
    void this.#work(verb).finally(() => {
      this.#isBusy = false;
      this.#changed.resolve(undefined);
    });
    return ok();
  }

  /** What the guard does on a real node: swap, restart, watch, and write down what came of it. */
  async #work(verb: 'run' | 'undo'): Promise<void> {
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
    this.#note(`swapped ${target}`);
    if (this.#state.get('clear') === '1') {
      this.#machine.journal.rotate();
      this.#machine.journal.vacuum(1000);
      this.#note('cleared ok');
    }
    this.#note('restart systemctl restart kubelet.service');
    await this.#machine.restartKubelet();
    this.#note(`began ${createHash('md5').update(String(Date.now())).digest('hex')} ${this.#machine.kubelet.pid ?? 0}`);
    this.#note('up active running');
    await Promise.race([this.#confirmed.promise, pause(settleMs, undefined, {ref: false})]);
    this.#end('done', '');
  }

  #end(step: string, why: string): void {
    this.#state.set('step', step).set('why', why).set('at', String(seconds()));
    this.#note(`end ${step} ${why}`);
  }

  #note(text: string): void {
    this.#log.push(`${(performance.now() / 1000 + 1000).toFixed(2)} ${text}`);
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }

  async #guard([verb, , from]: readonly string[]): Promise<CommandResult> {
    if (verb === 'ok') {
      this.#confirmed.resolve(undefined);
      return ok();
    }
    const first = Number(from);
    if (this.#isBusy && this.#log.length < first) {
      await Promise.race([this.#changed.promise, pause(tailMs, undefined, {ref: false})]);
    }
    const lines = this.#log.slice(first - 1);
    return ok([...lines, ...(this.#isBusy ? [] : ['over']), ''].join('\n'));
  }
}

const fileOf = ({since, sha}: Binary): string => `kept-${since}-${sha.slice(0, 12)}`;
