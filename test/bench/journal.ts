// How many journal lines a second each stage takes, and how long a filter needs over a full scrollback.
import {spawnSync} from 'node:child_process';
import {monitorEventLoopDelay} from 'node:perf_hooks';
import type {JournalEntry} from '../../src/model/event.ts';
import {LineFilter} from '../../src/model/journal/line-filter.ts';
import {JournalModel} from '../../src/model/journal/journal-model.ts';
import {compilePattern, type LinePattern} from '../../src/model/journal/pattern.ts';
import {LineRing} from '../../src/model/journal/ring.ts';
import {processShell} from '../../src/nodes/exec/process-shell.ts';
import {exportFields} from '../../src/sources/journal/export-format.ts';
import {followJournal} from '../../src/sources/journal/follow-journal.ts';
import {JournalParser} from '../../src/sources/journal/parser.ts';
import {whyNoEngine} from '../node/engine.ts';
import {startNode, stopNode, type TestNode} from '../node/start-node.ts';
import {pressKeys} from './journal/full-screen.ts';
import {benchSource, exportEntry} from './journal/lines.ts';

const lines = 200_000;
/** How long anything else, such as a key press, had to wait while lines came at full speed. */
const waitsMs: {usual: number; longest: number}[] = [];
const say = (text: string) => process.stdout.write(`${text}\n`);
const rate = (count: number, ms: number) => `${Math.round((count / ms) * 1000).toLocaleString('en')} lines/s`;

/** The best of some rounds: what the machine can do, not what else it did. */
async function bestMs(run: () => unknown, rounds = 5): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function patternOf(source: string): LinePattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.pattern;
}

function model(): JournalModel {
  return new JournalModel({
    scrollback: 50_000,
    units: ['kubelet'],
    kubeletUnit: 'kubelet',
    grep: patternOf('housekeeping container="/kubepods/.*" interval'),
    exclude: [patternOf('Relisting')],
    severity: null,
    contextLines: 0,
    fold: true,
    watched: () => [],
    elapsedMs: () => performance.now(),
  });
}

const atMs = Date.UTC(2026, 10, 23, 20);
const bytes = Buffer.from(Array.from({length: lines}, (_, number) => exportEntry(number, atMs + number)).join(''));
const chunks = Array.from({length: Math.ceil(bytes.length / 65_536)}, (_, i) =>
  bytes.subarray(i * 65_536, (i + 1) * 65_536),
);

function parse(take: (entries: JournalEntry[]) => void): void {
  const parser = new JournalParser();
  for (const chunk of chunks) {
    const entries: JournalEntry[] = [];
    parser.push(chunk, entries);
    take(entries);
  }
}

say(`parse only: ${rate(lines, await bestMs(() => parse(() => undefined)))}`);
const whole = await bestMs(() => {
  const journal = model();
  parse((entries) => journal.apply({type: 'journal', entries}));
});
say(`parse, match, store: ${rate(lines, whole)}`);

const ring = new LineRing(50_000);
parse((entries) => entries.forEach((entry) => ring.push(entry)));
for (const source of [
  'SyncLoop',
  '(?i)synclooP',
  'pod="kube-system/.*"',
  '^E',
  '(?i)sync.*pod.*kube',
  '(a+)+$',
  '(x+x+)+y',
]) {
  const compiled = compilePattern(source);
  if (!compiled.ok) continue;
  const criteria = {grep: compiled.pattern, exclude: [], severity: null, contextLines: 0, fold: true, ticks: true};
  const ms = await bestMs(() => new LineFilter(ring, criteria).work(() => false));
  say(`filter 50 000 lines by ${source}: ${ms.toFixed(1)} ms (bar: 50 ms)`);
}

const why = whyNoEngine();
if (why === null) await endToEnd();
else say(`from a real journald: skipped, ${why}`);

async function endToEnd(): Promise<void> {
  const node = await startNode({pods: []});
  try {
    await fill(node, 'ktop-bench', lines);
    const journalctl = (format: string) =>
      `docker exec -i ${node.name} journalctl --no-pager --quiet --unit=ktop-bench ${format}`;
    const sh = (command: string) => () => {
      const start = performance.now();
      spawnSync('sh', ['-c', command], {stdio: ['ignore', 'ignore', 'inherit']});
      return performance.now() - start;
    };
    // In turns, so that what else the machine does meets all of them alike.
    const [ours = 0, asExport = 0, asJson = 0, grep = 0, jq = 0] = await inTurns(3, [
      () => readAllMs(node.name),
      sh(`${journalctl(`-o export --output-fields=${exportFields}`)} | wc -c`),
      sh(`${journalctl(`-o json --output-fields=${exportFields}`)} | wc -c`),
      sh(`${journalctl('-o json')} | grep -c SyncLoop`),
      sh(`${journalctl('-o json')} | jq -r .MESSAGE | grep -c SyncLoop`),
    ]);
    const ratio = (other: number) => `${(other / ours).toFixed(2)} × as fast`;
    say(`ktop, end to end through docker exec: ${rate(lines, ours)}`);
    const worst = (of: 'usual' | 'longest') => Math.max(...waitsMs.map((wait) => wait[of])).toFixed(0);
    say(`  meanwhile a key waits ${worst('usual')} ms (99 %), ${worst('longest')} ms (longest; bar: 100 ms)`);
    say(`journalctl -o export alone, our fields: ${rate(lines, asExport)}; ktop is ${ratio(asExport)} (bar: 0.90)`);
    say(`journalctl -o json alone, our fields: ${rate(lines, asJson)}; ktop is ${ratio(asJson)} (bar: 0.90)`);
    say(`journalctl -o json | grep -c: ${rate(lines, grep)}; ktop is ${ratio(grep)}`);
    say(`journalctl -o json | jq | grep -c: ${rate(lines, jq)}; ktop is ${ratio(jq)}`);
    await fill(node, 'ktop-keys', 400_000);
    const {waitsMs: answers, framesPerSecond, linesPerSecond} = await pressKeys(node, 'ktop-keys', 60);
    const sorted = answers.toSorted((a, b) => a - b);
    const [median = NaN, longest = NaN] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    say(`the whole screen in a terminal, meanwhile ${Math.round(linesPerSecond).toLocaleString('en')} lines/s:`);
    say(`  a key is answered in ${median.toFixed(0)} ms (median), ${longest.toFixed(0)} ms (longest; bar: 100 ms)`);
    say(`  ${framesPerSecond.toFixed(1)} frames/s (bar: at most 15)`);
  } finally {
    await stopNode(node);
  }
}

/** Writes lines into the node's journal, from a service of their own. */
async function fill(node: TestNode, unit: string, count: number): Promise<void> {
  const config = '[Journal]\nRateLimitIntervalSec=0\nRateLimitBurst=0\nSystemMaxUse=2G\nSystemMaxFileSize=512M\n';
  const file = '/etc/systemd/journald.conf.d/bench.conf';
  await node.exec('sh', '-c', 'mkdir -p "$(dirname "$2")"; printf %s "$1" >"$2"', 'fill', config, file);
  await node.exec('systemctl', 'restart', 'systemd-journald');
  const text = exportEntry(0, atMs)
    .split('\n')
    .find((line) => line.startsWith('MESSAGE='))
    ?.slice(8);
  const perl = `for my $n (1..${count}) { print $ENV{TEXT}, " number ", $n, "\\n" }`;
  await node.exec(
    'systemd-run',
    '--quiet',
    '--wait',
    `--unit=${unit}`,
    `--setenv=TEXT=${text ?? ''}`,
    'perl',
    '-e',
    perl,
  );
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
  const journal = model();
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
