import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {until, type TestNode} from './start-node.ts';

const stateFolder = join(tmpdir(), `ktop-test-state-${process.pid}`);

/** How ktop gets to the node, and with what environment. */
export interface Way {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Run {
  readonly child: ChildProcess;
  /** All that it has said so far. */
  readonly said: () => string;
  readonly code: Promise<number | null>;
}

/** Starts `ktop …` on the node with `--yes`; it runs in a session of its own, so that it can be killed alone. */
export function startKtop(node: TestNode, args: readonly string[], way: Way): Run {
  const all = [ktopBinary, ...args, ...way.args, '--token-file', node.tokenFile, '--yes'];
  // The log of actions is written: what must not be there is a path of its own.
  const none = {KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: stateFolder};
  const child = spawn(nodeBinary, all, {env: {...process.env, ...none, ...way.env}, stdio: ['ignore', 'pipe', 'pipe']});
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  return {child, said: () => said, code: new Promise((resolve) => child.once('close', resolve))};
}

/** Kills the clients (of an engine, of ssh) that a ktop has started, as a link that breaks does. */
export function killClientsOf(run: Run): void {
  spawnSync('pkill', ['-9', '-P', String(run.child.pid)]);
}

/** Resolves when the first bytes of a copy have arrived on the node. Begin to wait before the copy begins. */
export async function copyHasBegun(node: TestNode): Promise<void> {
  await node.exec('sh', '-c', 'while ! ls /usr/bin/kubelet.ktop/new.ktop.* >/dev/null 2>&1; do sleep 0.02; done');
}

/** Runs it to its end. */
export async function ktopOn(node: TestNode, args: readonly string[], way: Way) {
  const run = startKtop(node, args, way);
  const code = await run.code;
  return {code, said: run.said()};
}

/** Waits until ktop has said it; rejects where it ends before. */
export async function hasSaid(run: Run, words: string | RegExp): Promise<void> {
  const found = () => (typeof words === 'string' ? run.said().includes(words) : words.test(run.said()));
  await Promise.race([
    until(`ktop says ${String(words)}`, () => Promise.resolve(found()), 60_000),
    run.code.then((code) => {
      if (!found()) throw new Error(`ktop ended with ${code} and said: ${run.said()}`);
    }),
  ]);
}

/** What a node is found with at the end of a fault: whether its kubelet runs, and which binary that is. */
export interface EndState {
  /** `ActiveState` of the unit. */
  readonly active: string;
  readonly healthz: string;
  /** SHA-256 of what lies in place, and of what runs. */
  readonly placed: string;
  readonly running: string;
  readonly version: string;
  /** What a deploy leaves on its way only: a copy, the unit for the next boot. */
  readonly leftovers: string;
}

const endScript = `
t=$1
echo "active=$(systemctl show kubelet -p ActiveState --value)"
echo "healthz=$(curl -s -m 2 http://127.0.0.1:10248/healthz)"
echo "placed=$(sha256sum <$t | cut -d' ' -f1)"
p=$(systemctl show kubelet -p MainPID --value)
echo "running=$(sha256sum </proc/$p/exe | cut -d' ' -f1)"
echo "version=$($t --version)"
echo "leftovers=$(cd $t.ktop 2>/dev/null && ls -d new* ok-* *.tmp 2>/dev/null | tr '\\n' ' '; ls /etc/systemd/system/ktop* 2>/dev/null)"
`;

/** Waits until the kubelet runs and nothing of a deploy is under way; rejects with what there is where it never does. */
export async function endState(node: TestNode, target = '/usr/bin/kubelet'): Promise<EndState> {
  let last: EndState | null = null;
  const look = async (): Promise<EndState | false> => {
    const isQuiet = !(await node.exec('sh', '-c', 'cat /run/ktop/job.pid 2>/dev/null || true')).trim();
    const text = await node.exec('sh', '-c', endScript, 'end', target);
    const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
    last = {
      active: field('active'),
      healthz: field('healthz'),
      placed: field('placed'),
      running: field('running'),
      version: field('version').replace('Kubernetes ', ''),
      leftovers: field('leftovers'),
    };
    return last.active === 'active' && last.healthz === 'ok' && last.placed === last.running && isQuiet && last;
  };
  return until('the kubelet runs', look, 60_000).catch((error: unknown) => {
    throw new Error(`no running kubelet: ${JSON.stringify(last)}`, {cause: error});
  });
}

export const shaOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The faults that were tried, with the node's end state: printed by the suite. */
export class FaultTable {
  readonly #rows: (readonly [fault: string, said: string, end: string])[] = [];

  add(fault: string, said: string, end: EndState): void {
    const words =
      said
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^(?:ktop|deploy|rollback): /, '') ?? '';
    this.#rows.push([fault, words.slice(0, 110), `${end.active}, ${end.version}`]);
  }

  print(): void {
    const widths = [0, 1, 2].map((column) => Math.max(...this.#rows.map((row) => (row[column] ?? '').length)));
    const lines = this.#rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '));
    process.stdout.write(`\nfaults tried, ktop's last word, the node's kubelet at the end:\n${lines.join('\n')}\n`);
  }
}
