import {once, EventEmitter} from 'node:events';
import {readFile} from 'node:fs/promises';
import type {CommandResult, Follow, FollowEnd, NodeShell} from '../nodes/node.ts';
import {matches, parseJournalctl, select, type JournalQuery} from './journalctl.ts';
import {DemoDeploys} from './deploys.ts';
import type {Machine} from './machine.ts';
import {DemoUnit} from './unit.ts';

const bootId = '6f0c7a52-0f0e-4c85-9c7e-6d656d6f0001';

const ok = (stdout = ''): CommandResult => ({exitCode: 0, stdout, stderr: ''});
const failed = (exitCode: number, stderr: string): CommandResult => ({exitCode, stdout: '', stderr});

/**
 * The simulated node's shell: it answers the few commands that ktop gives a node, through the same interface and in
 * the same words as the real ones, so that everything above it is the real thing.
 */
export function demoShell(machine: Machine): NodeShell {
  const files = new Map<string, string>();
  const lock = {held: false};
  const unit = new DemoUnit(machine);
  const deploys = new DemoDeploys(machine);
  return {
    run: async (argv) => {
      machine.advanceToNow();
      return deploys.answer(argv) ?? unit.answer(argv) ?? (await runCommand(machine, files, argv, deploys.version));
    },
    follow: (argv, options) => {
      if (argv[2]?.includes('ktop-lock')) return holdLock(lock, options?.signal);
      if (argv[3]?.startsWith('ktop-job')) {
        machine.advanceToNow();
        return deploys.follow(argv) ?? unit.follow(argv);
      }
      // All that its journal holds is its own.
      const command = argv[3] === 'ktop-journal' ? argv.slice(argv.indexOf('journalctl')) : argv;
      const parsed = command[0] === 'journalctl' ? parseJournalctl(command.slice(1), Date.now()) : null;
      return parsed?.kind === 'query'
        ? followJournal(machine, parsed.query, options?.signal)
        : followToEnd(runCommand(machine, files, command, deploys.version));
    },
    copyIn: async (localPath, remotePath, options) => {
      const deployed = await deploys.copyIn(localPath, remotePath, options);
      if (deployed !== null) return deployed;
      files.set(remotePath, await readFile(localPath, 'latin1'));
      return ok();
    },
  };
}

async function runCommand(
  machine: Machine,
  files: ReadonlyMap<string, string>,
  argv: readonly string[],
  version: string,
): Promise<CommandResult> {
  const [command, ...rest] = argv;
  machine.advanceToNow();
  switch (command) {
    case 'journalctl':
      return runJournalctl(machine, rest);
    case 'systemctl':
      return runSystemctl(machine, rest);
    case 'cat':
      return runCat(machine, files, rest);
    case 'kubelet':
      return ok(`Kubernetes ${version}\n`);
    case 'date':
      return ok(rest[0]?.includes('%N') ? `${Date.now()}000000\n` : `${Math.floor(Date.now() / 1000)}\n`);
    case 'sh':
      return rest[1]?.includes('ktop-facts')
        ? ok(factsOf(machine, version))
        : failed(127, 'sh: the demo has no shell\n');
    case 'hostname':
      return ok(`${machine.name}\n`);
    case 'true':
      return ok();
    default:
      return failed(127, `sh: 1: ${command ?? ''}: not found (the demo's node knows only what ktop needs)\n`);
  }
}

function runJournalctl({journal}: Machine, argv: readonly string[]): CommandResult {
  const parsed = parseJournalctl(argv, Date.now());
  switch (parsed.kind) {
    case 'query':
      return ok(select(journal, parsed.query).map(parsed.query.format).join(''));
    case 'rotate':
      journal.rotate();
      return ok();
    case 'vacuum': {
      const gone = journal.vacuum(parsed.olderThanMs);
      const freed = `${((gone * 420) / 1_048_576).toFixed(1)}M`;
      const says = `Vacuuming done, freed ${freed} of archived journals from /var/log/journal.\n`;
      return {exitCode: 0, stdout: '', stderr: says};
    }
    case 'error':
      return failed(1, parsed.stderr);
  }
}

async function runSystemctl(machine: Machine, argv: readonly string[]): Promise<CommandResult> {
  const words = argv.filter((one) => !one.startsWith('-'));
  const unit = words[1]?.replace(/\.service$/, '');
  if (unit !== 'kubelet') return failed(5, `Unit ${words[1] ?? ''} not found.\n`);
  switch (words[0]) {
    case 'restart':
      await machine.restartKubelet();
      return ok();
    case 'show':
      return ok(showUnit(machine, argv));
    default:
      return failed(1, `Unknown command verb ${words[0] ?? ''}.\n`);
  }
}

/** `systemctl show kubelet -p A,B --property=C [--value] [--timestamp=unix]`. */
function showUnit({kubelet}: Machine, argv: readonly string[]): string {
  const unix = `@${Math.floor(kubelet.startedAtMs / 1000)}`;
  const date = new Date(kubelet.startedAtMs).toUTCString().replace(/^(\w+), .*/, '$1');
  const iso = new Date(kubelet.startedAtMs).toISOString();
  const stamp = argv.includes('--timestamp=unix') ? unix : `${date} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  const properties = new Map([
    ['Id', 'kubelet.service'],
    ['MainPID', String(kubelet.pid ?? 0)],
    ['ExecMainPID', String(kubelet.pid ?? 0)],
    ['ActiveState', kubelet.pid === null ? 'inactive' : 'active'],
    ['SubState', kubelet.pid === null ? 'dead' : 'running'],
    ['LoadState', 'loaded'],
    ['ActiveEnterTimestamp', stamp],
    ['ExecMainStartTimestamp', stamp],
    ['NRestarts', '0'],
  ]);
  const wanted = argv.flatMap((one, index) => {
    const inline = /^(?:--property=|-p)(.+)$/.exec(one)?.[1];
    const next = one === '-p' || one === '--property' ? argv[index + 1] : undefined;
    return (inline ?? next ?? '').split(',').filter((name) => name !== '');
  });
  const names = wanted.length === 0 ? [...properties.keys()] : wanted;
  const line = (name: string) =>
    argv.includes('--value') ? (properties.get(name) ?? '') : `${name}=${properties.get(name) ?? ''}`;
  return names.map((name) => `${line(name)}\n`).join('');
}

/** What the script of the node's facts prints on a real node. */
function factsOf({kubelet, kubeletArgv}: Machine, version: string): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const now = Date.now();
  const unit = kubelet.pid === null ? 'ActiveState=inactive\nSubState=dead' : 'ActiveState=active\nSubState=running';
  const lines = [`from=${seconds(now)}`, `boot=${bootId}`, unit];
  if (kubelet.pid !== null) {
    // As if the machine had booted with the process: only the differences of these three matter.
    lines.push(
      `pid=${kubelet.pid}`,
      'starttime=0',
      `uptime=${seconds(now - kubelet.startedAtMs)}`,
      `at=${seconds(now)}`,
    );
    lines.push(...kubeletArgv.map((arg) => `arg=${arg}`), `version=Kubernetes ${version}\n`);
  }
  return [...lines, `to=${seconds(now)}`, ''].join('\n');
}

function runCat(machine: Machine, files: ReadonlyMap<string, string>, paths: readonly string[]): CommandResult {
  const contents = paths
    .filter((path) => path !== '--')
    .map((path) => ({path, text: files.get(path) ?? fileOf(machine, path)}));
  return {
    exitCode: contents.every((one) => one.text !== null) ? 0 : 1,
    stdout: contents.map((one) => one.text ?? '').join(''),
    stderr: contents
      .filter((one) => one.text === null)
      .map((one) => `cat: ${one.path}: No such file or directory\n`)
      .join(''),
  };
}

/** What the simulated node's file system holds. */
function fileOf(machine: Machine, path: string): string | null {
  const pid = machine.kubelet.pid;
  if (pid !== null && path === `/proc/${pid}/cmdline`) return machine.kubeletArgv.map((one) => `${one}\0`).join('');
  if (path === '/var/lib/kubelet/pki/kubelet.crt') return machine.certificate.chain;
  if (path === '/etc/hostname') return `${machine.name}\n`;
  if (path === '/proc/sys/kernel/random/boot_id') return `${bootId}\n`;
  return null;
}

/** `journalctl -f`: what there is, then what comes. Entries wait here as long as nobody reads. */
function followJournal({journal}: Machine, query: JournalQuery, signal?: AbortSignal): Follow {
  const wake = new EventEmitter();
  const waiting = select(journal, query).map(query.format);
  let stopped = !query.follow;
  const unsubscribe = query.follow
    ? journal.subscribe((entry) => {
        if (!matches(query, entry)) return;
        waiting.push(query.format(entry));
        wake.emit('change');
      })
    : () => undefined;
  let settle: (end: FollowEnd) => void = () => undefined;
  const ended = new Promise<FollowEnd>((resolve) => {
    settle = resolve;
  });
  const stop = async () => {
    if (!stopped) settle({exitCode: null, stderr: ''});
    stopped = true;
    unsubscribe();
    wake.emit('change');
    await ended;
  };
  if (signal?.aborted) void stop();
  signal?.addEventListener('abort', () => void stop(), {once: true});
  async function* stdout() {
    for (;;) {
      if (waiting.length > 0) yield Buffer.from(waiting.splice(0).join(''));
      else if (stopped) break;
      else await once(wake, 'change');
    }
    settle({exitCode: 0, stderr: ''});
  }
  return {stdout: stdout(), ended, stop};
}

/** The lock of whoever changes the node: held until the command that took it is stopped. */
function holdLock(lock: {held: boolean}, signal?: AbortSignal): Follow {
  if (lock.held) return followToEnd(Promise.resolve(ok('busy another ktop\n')));
  lock.held = true;
  const {promise: ended, resolve} = Promise.withResolvers<FollowEnd>();
  const stop = async () => {
    lock.held = false;
    resolve({exitCode: null, stderr: ''});
    await ended;
  };
  signal?.addEventListener('abort', () => void stop(), {once: true});
  async function* stdout() {
    yield Buffer.from('held\n');
    await ended;
  }
  return {stdout: stdout(), ended, stop};
}

/** A command that ends by itself, as a stream. */
function followToEnd(running: Promise<CommandResult>): Follow {
  async function* stdout() {
    yield Buffer.from((await running).stdout);
  }
  const ended = running.then(({exitCode, stderr}) => ({exitCode, stderr}));
  return {
    stdout: stdout(),
    ended,
    stop: async () => {
      await ended;
    },
  };
}
