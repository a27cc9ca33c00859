// What the exporter costs for a whole cluster: `npm run bench scale`, up to 1 000 nodes of 110 pods.
// The figures are the exporter's own (its /metrics) and those of its process; docs/scale.md keeps them. All cases take
// ten minutes; KTOP_BENCH_CASES=2,3 runs those only.
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';
import {startCluster} from './peers/cluster.ts';

const cases: readonly {readonly nodes: number; readonly qps: number; readonly args: readonly string[]}[] = [
  {nodes: 100, qps: 50, args: ['--metrics-by', 'node']},
  {nodes: 100, qps: 50, args: []},
  {nodes: 1000, qps: 50, args: ['--metrics-by', 'node']},
  {nodes: 1000, qps: 100, args: ['--metrics-by', 'node']},
  {nodes: 1000, qps: 100, args: []},
];
const wanted = process.env.KTOP_BENCH_CASES?.split(',').map(Number) ?? [...cases.keys()];
const pods = 110;
const warmMs = 60_000;
const measuredMs = 30_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const folder = mkdtempSync(join(tmpdir(), 'ktop-bench-scale-'));
const running: ChildProcess[] = [];
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, {recursive: true, force: true});
});

let metricsPort = 29_477;
for (const {nodes, qps, args} of cases.filter((_, index) => wanted.includes(index))) {
  const kubeconfig = join(folder, 'config');
  const program = join(import.meta.dirname, 'scale', 'cluster.ts');
  const cluster = await startCluster(program, [String(nodes), String(pods)], kubeconfig);
  const listen = `127.0.0.1:${metricsPort++}`;
  const ktop = spawn(
    nodeBinary,
    [ktopBinary, 'exporter', '--all-nodes', '--qps', String(qps), '--metrics', listen, ...args],
    {
      env: {...process.env, KUBECONFIG: kubeconfig, XDG_CONFIG_HOME: '/nonexistent'},
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  running.push(ktop);
  await wait(warmMs);
  const before = await scrape(listen);
  const [countBefore, startedMs] = [await count(cluster), performance.now()];
  await wait(measuredMs);
  const countAfter = await count(cluster);
  const seconds = (performance.now() - startedMs) / 1000;
  const after = await scrape(listen);
  const protobuf = await scrape(
    listen,
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  );
  const rate = (name: string) => ((after.value(name) - before.value(name)) / seconds).toFixed(2);
  print(`${nodes} nodes of ${pods} pods, --qps ${qps} ${args.join(' ')}`);
  print(`  each node is asked every ${after.value('ktop_poll_interval_seconds')} s`);
  print(
    `  requests ${((countAfter.requests - countBefore.requests) / seconds).toFixed(0)}/s, ${((countAfter.bytes - countBefore.bytes) / seconds / 1e6).toFixed(1)} MB/s of answers`,
  );
  const answers = (after.sum('ktop_kubelet_requests_total') - before.sum('ktop_kubelet_requests_total')) / seconds;
  const processor = Number(rate('process_cpu_seconds_total'));
  print(
    `  processor ${(100 * processor).toFixed(0)} % of one, ${((1000 * processor) / answers).toFixed(1)} ms for each of ${answers.toFixed(0)} requests/s`,
  );
  print(`  memory ${(after.value('process_resident_memory_bytes') / 2 ** 20).toFixed(0)} MB`);
  print(
    `  kubelets up ${after.sum('ktop_kubelet_up')}, series ${after.value('ktop_series')}, left out ${after.value('ktop_series_dropped')}`,
  );
  print(
    `  scrape, text ${kb(after.bytes)} (gzip ${kb(after.packed)}) in ${after.ms.toFixed(0)} ms; protobuf ${kb(protobuf.bytes)} in ${protobuf.ms.toFixed(0)} ms`,
  );
  for (const child of [ktop, cluster]) {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
}

async function count(cluster: ChildProcess): Promise<{requests: number; bytes: number}> {
  cluster.send('count');
  const [counted] = (await once(cluster, 'message')) as [{requests: number; bytes: number}];
  return counted;
}

async function scrape(listen: string, accept = 'application/openmetrics-text; version=1.0.0') {
  const start = performance.now();
  const reply = await fetch(`http://${listen}/metrics`, {headers: {accept, 'accept-encoding': 'gzip'}});
  const body = await reply.arrayBuffer();
  const ms = performance.now() - start;
  const text = new TextDecoder().decode(body);
  const values = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^\\n]*\\})? (\\S+)$`, 'gm'))].map(([, value]) => Number(value));
  return {
    bytes: body.byteLength,
    packed: Number(reply.headers.get('content-length') ?? 0),
    ms,
    value: (name: string) => values(name)[0] ?? Number.NaN,
    sum: (name: string) => values(name).reduce((sum, value) => sum + value, 0),
  };
}

function kb(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
