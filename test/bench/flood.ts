// How fast a real journald's lines come through `docker exec`, beside journalctl alone, and how long a key waits meanwhile and
// at idle.
import {spawnSync} from 'node:child_process';
import {monitorEventLoopDelay} from 'node:perf_hooks';
import {processShell} from '../../src/nodes/exec/process-shell.ts';
import {exportFields} from '../../src/sources/journal/export-format.ts';
import {followJournal} from '../../src/sources/journal/follow-journal.ts';
import {whyNoEngine} from '../node/engine.ts';
import {idlePod, startNode, stopNode, type TestNode} from '../node/start-node.ts';
import {pressKeys, type Answers} from './journal/full-screen.ts';
import {benchSource, kubeletLine} from './journal/lines.ts';
import {journalModel, rate} from './journal/model.ts';
import {median, say} from './peers/watched.ts';

const lines = 200_000;
/** How long anything else, such as a key press, had to wait while lines came at full speed. */
const waitsMs: {usual: number; longest: number}[] = [];

const why = whyNoEngine();
if (why === null) await measure();
else say(`skipped: ${why}`);

async function measure(): Promise<void> {
  const node = await startNode({pods: [idlePod]});
  try {
    sayKeys('at idle', await pressKeys(node, {presses: 200}));
    await fill(node, 'ktop-bench', lines);
    await throughput(node);
    await fill(node, 'ktop-keys', 400_000);
    sayKeys('flooded', await pressKeys(node, {presses: 60, unit: 'ktop-keys'}));
  } finally {
    await stopNode(node);
  }
}

async function throughput(node: TestNode): Promise<void> {
  const journalctl = (format: string) =>
    `docker exec -i ${node.name} journalctl --no-pager --quiet --unit=ktop-bench ${format}`;
  const sh = (command: string) => () => {
    const start = performance.now();
    spawnSync('sh', ['-c', command], {stdio: ['ignore', 'ignore', 'inherit']});
    return performance.now() - start;
  };
  // In turns, so that what else the machine does meets all of them alike.
  const [ours = 0, asExport = 0, asJson = 0, grep = 0, jq = 0] = await inTurns(5, [
    () => readAllMs(node.name),
    sh(`${journalctl(`-o export --output-fields=${exportFields}`)} | wc -c`),
    sh(`${journalctl(`-o json --output-fields=${exportFields}`)} | wc -c`),
    sh(`${journalctl('-o json')} | grep -c SyncLoop`),
    sh(`${journalctl('-o json')} | jq -r .MESSAGE | grep -c SyncLoop`),
  ]);
  const ratio = (other: number) => `${(other / ours).toFixed(2)} × as fast`;
  say(`ktop, end to end through docker exec: ${rate(lines, ours)}`);
  const worst = (of: 'usual' | 'longest') => Math.max(...waitsMs.map((wait) => wait[of])).toFixed(0);
  say(`  meanwhile its loop waits ${worst('usual')} ms (99 %), ${worst('longest')} ms (longest; bar: 50 ms)`);
  say(`journalctl -o export alone, our fields: ${rate(lines, asExport)}; ktop is ${ratio(asExport)} (bar: 0.95)`);
  say(`journalctl -o json alone, our fields: ${rate(lines, asJson)}; ktop is ${ratio(asJson)}`);
  say(`journalctl -o json | grep -c: ${rate(lines, grep)}; ktop is ${ratio(grep)}`);
  say(`journalctl -o json | jq | grep -c: ${rate(lines, jq)}; ktop is ${ratio(jq)}`);
}

function sayKeys(when: string, {waitsMs: answers, framesPerSecond, linesPerSecond}: Answers): void {
  const sorted = answers.toSorted((a, b) => a - b);
  const of = (quantile: number) => (sorted[Math.ceil(quantile * sorted.length) - 1] ?? NaN).toFixed(0);
  const coming = `${Math.round(linesPerSecond).toLocaleString('en')} lines/s, ${framesPerSecond.toFixed(1)} frames/s`;
  say(`the whole screen in a terminal, ${when} (${coming}):`);
  say(
    `  a key is answered in ${median(answers).toFixed(0)} ms (median), ${of(0.99)} ms (99 %; bar at idle: 16 ms), ` +
      `${of(1)} ms (longest; bar flooded: 50 ms)`,
  );
}

/** Writes lines into the node's journal, from a service of their own. */
async function fill(node: TestNode, unit: string, count: number): Promise<void> {
  const config = '[Journal]\nRateLimitIntervalSec=0\nRateLimitBurst=0\nSystemMaxUse=2G\nSystemMaxFileSize=512M\n';
  const file = '/etc/systemd/journald.conf.d/bench.conf';
  await node.exec('sh', '-c', 'mkdir -p "$(dirname "$2")"; printf %s "$1" >"$2"', 'fill', config, file);
  await node.exec('systemctl', 'restart', 'systemd-journald');
  const text = kubeletLine(0, Date.UTC(2026, 10, 23, 20));
  const perl = `for my $n (1..${count}) { print $ENV{TEXT}, " number ", $n, "\\n" }`;
  const run = ['systemd-run', '--quiet', '--wait', `--unit=${unit}`, `--setenv=TEXT=${text}`];
  await node.exec(...run, 'perl', '-e', perl);
  await node.exec('journalctl', '--sync');
}

async function inTurns(rounds: number, runs: readonly (() => number | Promise<number>)[]): Promise<number[]> {
  const best = runs.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, run] of runs.entries()) best[index] = Math.min(best[index] ?? Infinity, await run());
  }
  return best;
}

/** Milliseconds from the start of journalctl to the last line in the model. */
async function readAllMs(name: string): Promise<number> {
  const start = performance.now();
  let ms = 0;
  const shell = processShell({
    title: 'docker exec',
    command: (argv) => Promise.resolve(['docker', 'exec', '-i', name, ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr, next: null}),
  });
  const ended = new AbortController();
  const journal = journalModel();
  const delay = monitorEventLoopDelay({resolution: 5});
  delay.enable();
  const source = followJournal({...benchSource, shell, units: ['ktop-bench'], since: '-1d'}, ended.signal);
  for await (const event of source) {
    journal.apply(event);
    if (journal.summary.seen < lines) continue;
    ms = performance.now() - start;
    break;
  }
  delay.disable();
  waitsMs.push({usual: delay.percentile(99) / 1e6, longest: delay.max / 1e6});
  ended.abort();
  return ms;
}
