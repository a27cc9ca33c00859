import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ktopBinary, nodeBinary, TerminalProgram, type TerminalOptions} from '../../e2e/terminal.ts';
import type {TestNode} from '../../node/start-node.ts';
import {bundled} from '../bundled.ts';
import {cpuMs, residentMb} from './process-tree.ts';

/** A program that lies open in a terminal of 120×40. */
export interface Peer {
  readonly name: string;
  readonly start: () => TerminalProgram;
  /** The process to measure, where it is not the terminal's own. */
  readonly root?: () => number;
  /** Ends what outlives the terminal. */
  readonly end?: () => void;
}

export interface Cost {
  /** Of one core. */
  readonly percent: number;
  readonly bytesPerSecond: number;
  readonly framesPerSecond: number;
  readonly residentMb: number;
}

const scratch = mkdtempSync(join(tmpdir(), 'ktop-bench-'));
process.on('exit', () => rmSync(scratch, {recursive: true, force: true}));
/** A cache and a configuration of its own: nothing of the user's. */
const env = {KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: scratch, XDG_CACHE_HOME: scratch};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** ktop with these arguments. */
export function ktop(name: string, args: readonly string[], options: TerminalOptions = {}): Peer {
  return {name, start: () => TerminalProgram.ktop(args, {...options, env: {...env, ...options.env}})};
}

/** ktop on a node of the tests. */
export function ktopOn(name: string, node: TestNode, args: readonly string[] = []): Peer {
  return ktop(name, ['--node', node.name, '--token-file', node.tokenFile, ...args]);
}

/** The same in a tmux window that is not the one shown. */
export function hiddenKtopOn(name: string, node: TestNode): Peer {
  const socket = `ktop-bench-${process.pid}`;
  const tmux = (...args: readonly string[]) => ['-L', socket, '-f', '/dev/null', ...args];
  const command = ['exec', nodeBinary, ktopBinary, '--node', node.name, '--token-file', node.tokenFile].join(' ');
  return {
    name,
    start: () =>
      new TerminalProgram('tmux', tmux('new-session', command, ';', 'new-window', 'exec sleep infinity'), {env}),
    root: () =>
      Number(spawnSync('tmux', tmux('list-panes', '-t', ':0', '-F', '#{pane_pid}'), {encoding: 'utf8'}).stdout),
    end: () => void spawnSync('tmux', tmux('kill-server')),
  };
}

/** `top`, `btop` and Ink alone; says which of them this machine lacks. */
export async function usualPeers(): Promise<Peer[]> {
  const bareInk = await bundled(join(import.meta.dirname, 'bare-ink.tsx'), {stock: true});
  const programs: Peer[] = [
    {name: 'top', start: () => new TerminalProgram('top', ['-d', '1'])},
    {name: 'btop', start: () => new TerminalProgram('btop', [])},
    {name: 'bare Ink', start: () => new TerminalProgram(nodeBinary, [bareInk])},
  ];
  const missing = ['top', 'btop'].filter((name) => spawnSync(name, ['--version']).error !== undefined);
  for (const name of missing)
    process.stdout.write(`${name} is missing here: apt-get install ${name === 'top' ? 'procps' : name}\n`);
  return programs.filter(({name}) => !missing.includes(name));
}

/**
 * What each costs: all at once and each `rounds` times, so that whatever else the machine does meets all of them. They
 * lie open for days, and V8 still compiles what comes once a second a minute after its start: hence `settleS`.
 */
export async function measure(
  peers: readonly Peer[],
  {rounds = 3, settleS = 90, seconds = 30}: {rounds?: number; settleS?: number; seconds?: number} = {},
): Promise<Map<string, Cost[]>> {
  const costs = new Map<string, Cost[]>(peers.map(({name}) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const running = peers.map(({name, start, root, end}) => {
      const program = start();
      return {name, program, root: root ?? (() => program.pid), end};
    });
    await sleep(settleS * 1000);
    const before = running.map(({program, root}) => ({
      at: performance.now(),
      cpu: cpuMs(root()),
      raw: program.raw.length,
    }));
    await sleep(seconds * 1000);
    for (const [index, {name, program, root}] of running.entries()) {
      const {at = 0, cpu = 0, raw = 0} = before[index] ?? {};
      const passedS = (performance.now() - at) / 1000;
      const written = program.raw.slice(raw);
      costs.get(name)?.push({
        percent: (cpuMs(root()) - cpu) / passedS / 10,
        bytesPerSecond: Buffer.byteLength(written) / passedS,
        framesPerSecond: (written.split('\u001b[?2026h').length - 1) / passedS,
        residentMb: residentMb(root()),
      });
    }
    for (const {program, end} of running) {
      await program.dispose();
      end?.();
    }
  }
  return costs;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** One line a peer: the median of the rounds, and its spread. */
export function printCosts(costs: ReadonlyMap<string, readonly Cost[]>): void {
  for (const [name, rounds] of costs) {
    const of = (figure: keyof Cost) => rounds.map((cost) => cost[figure]);
    const percents = of('percent');
    const spread = `${Math.min(...percents).toFixed(2)}–${Math.max(...percents).toFixed(2)}`;
    say(
      `${name.padEnd(22)}${median(percents).toFixed(2).padStart(6)} % (${spread}), ` +
        `${median(of('residentMb')).toFixed(0)} MB, ${median(of('bytesPerSecond')).toFixed(0)} B/s, ` +
        `${median(of('framesPerSecond')).toFixed(2)} frames/s`,
    );
  }
}

/** The ratio of two peers in one figure, round by round, with its bar. */
export function printRatio(
  costs: ReadonlyMap<string, readonly Cost[]>,
  [name, other]: readonly [string, string],
  figure: keyof Cost,
  bar: number,
): void {
  const theirs = costs.get(other) ?? [];
  const ratios = (costs.get(name) ?? []).map((cost, round) => cost[figure] / (theirs[round]?.[figure] ?? NaN));
  if (theirs.length === 0) return;
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const what = figure === 'percent' ? 'processor' : figure === 'residentMb' ? 'memory' : figure;
  say(`${name}, ${what}: ${median(ratios).toFixed(2)} × ${other} (${spread}; bar ${bar})`);
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
