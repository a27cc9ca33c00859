import {execFile, spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {nodeFigures, ownFigures, rowFigures, waitFamilies} from '../../src/exporter/families.ts';
import {ktopBinary, nodeBinary, project} from '../e2e/terminal.ts';
import {describeOnNode} from './describe-on-node.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const run = promisify(execFile);
const rules = join(project, 'docs', 'prometheus-rules.yaml');
const ruleTests = join(project, 'test', 'exporter', 'alert-rules.test.yaml');
const isHere = spawnSync('prometheus', ['--version'], {stdio: 'ignore'}).status === 0;
if (!isHere && process.env.KTOP_TEST_NODE === 'required') throw new Error('there is no prometheus here');

interface Answer {
  readonly data: {
    readonly result?: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
    }[];
    readonly activeTargets?: readonly {readonly health: string; readonly lastError: string}[];
    readonly alerts?: readonly {readonly state: string; readonly labels: Readonly<Record<string, string>>}[];
  };
}

// Debian's own Prometheus scrapes the exporter, which watches a real node; native histograms go by protobuf.
(isHere ? describeOnNode : describeOnNode.skip)('ktop exporter and a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-prometheus-'));
  const running: ChildProcess[] = [];
  let node: TestNode;
  let metrics = '';
  let server = '';

  beforeAll(async () => {
    node = await startNode({kubeletFlags: ['--v=4', '--housekeeping-interval=2s'], clockAheadS: 300});
    metrics = `127.0.0.1:${await freePort()}`;
    server = `127.0.0.1:${await freePort()}`;
    const args = ['--node', node.name, '--token-file', node.tokenFile, '--every', '1s', '--count', 'ticks=BJOSV'];
    const env = {...process.env, KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent'};
    start(nodeBinary, [ktopBinary, 'exporter', '--metrics', metrics, ...args], env);
    // The same rules, which need not hold for a minute here.
    writeFileSync(join(folder, 'rules.yaml'), readFileSync(rules, 'utf8').replaceAll(/for: \d+m/g, 'for: 1s'));
    const config = {
      global: {scrape_interval: '1s', evaluation_interval: '1s'},
      rule_files: ['rules.yaml'],
      scrape_configs: [{job_name: 'ktop', static_configs: [{targets: [metrics]}]}],
    };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    start('prometheus', [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${server}`,
      '--enable-feature=native-histograms',
    ]);
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await stopNode(node);
    rmSync(folder, {recursive: true, force: true});
  });

  function start(command: string, args: readonly string[], env = process.env): void {
    running.push(spawn(command, args, {env, stdio: 'ignore'}));
  }

  async function ask(path: string): Promise<Answer['data']> {
    const reply = await fetch(`http://${server}/api/v1/${path}`);
    return ((await reply.json()) as Answer).data;
  }
  const query = async (expression: string) => (await ask(`query?query=${encodeURIComponent(expression)}`)).result ?? [];
  const stateOf = async (alert: string) =>
    (await ask('alerts')).alerts?.find(({labels}) => labels.alertname === alert)?.state ?? 'none';

  test('the target is up, and every metric answers a query', async () => {
    await until(
      'the target is up',
      async () => (await ask('targets')).activeTargets?.every(({health}) => health === 'up') ?? false,
    );
    const [native] = await until('waits were observed', async () => {
      const found = await query(`histogram_count(ktop_housekeeping_wait_seconds{pod="cpuload",container="load"}) > 1`);
      return found.length > 0 && found;
    });
    expect(native?.metric).toMatchObject({node: node.name, namespace: 'default', pod: 'cpuload', container: 'load'});
    // Base 2 s: a busy container is sampled every 2 to 4 s. Not of the first two waits alone: just after the second one the
    // median was 0.5 or 1 s twice in a dozen runs, and whether Prometheus or ktop made it so is not known.
    const busy = 'ktop_housekeeping_wait_seconds{pod="cpuload",container="load"}';
    await until('waits are those of the base', async () => {
      const [mean] = await query(`histogram_sum(${busy}) / histogram_count(${busy})`);
      const [median] = await query('histogram_quantile(0.5, sum(ktop_housekeeping_wait_seconds))');
      const [meanS, medianS] = [Number(mean?.value?.[1]), Number(median?.value?.[1])];
      return meanS > 1.8 && meanS < 4.5 && medianS > 1.8 && medianS < 9;
    });
    const all = [...nodeFigures, ...rowFigures, ...ownFigures, ...Object.values(waitFamilies)].map(({name}) => name);
    const missing: string[] = [];
    // Errors are asked for below, where there is one for certain.
    for (const name of all.filter((one) => one !== 'ktop_scrape_errors_total')) {
      if ((await query(name)).length === 0) missing.push(name);
    }
    expect(missing).toEqual([]);
    expect(await query('ktop_journal_matches_total{pattern="ticks"} > 0')).toHaveLength(1);
  });

  test('a clock that is five minutes ahead raises its alert, and ages are right all the same', async () => {
    await until('it fires', async () => (await stateOf('KtopClockOff')) === 'firing');
    const [ahead] = await query('ktop_node_clock_ahead_seconds');
    expect(Math.round(Number(ahead?.value?.[1]))).toBe(300);
    expect(await query('ktop_node_sample_age_seconds >= 0 and ktop_node_sample_age_seconds < 60')).toHaveLength(1);
    expect(await stateOf('KtopSampleOld')).toBe('none');
  });

  test('promtool finds nothing to say of the metrics and of the rules', async () => {
    const reply = await fetch(`http://${metrics}/metrics`);
    const checked = spawnSync('promtool', ['check', 'metrics'], {input: await reply.text(), encoding: 'utf8'});
    expect(checked).toMatchObject({status: 0, stdout: '', stderr: ''});
    expect((await run('promtool', ['check', 'rules', rules])).stdout).toContain('SUCCESS: 7 rules found');
    expect((await run('promtool', ['test', 'rules', ruleTests])).stdout).toContain('SUCCESS');
  });

  test('the alert fires when the kubelet is stopped, and resolves when it is back', async () => {
    expect(await stateOf('KtopKubeletDown')).toBe('none');
    await node.exec('systemctl', 'stop', 'kubelet');
    await until('it fires', async () => (await stateOf('KtopKubeletDown')) === 'firing');
    expect((await query('ktop_scrape_errors_total{reason="unreachable"} > 0')).length).toBe(1);
    await node.exec('systemctl', 'start', 'kubelet');
    await until('it is over', async () => (await stateOf('KtopKubeletDown')) === 'none');
    expect(await query('ktop_kubelet_up == 1')).toHaveLength(1);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
