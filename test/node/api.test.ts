import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {TerminalProgram} from '../e2e/terminal.ts';
import {ClusterStandIn, pki} from '../nodes/cluster-stand-in.ts';
import {describeOnNode} from './describe-on-node.ts';
import {KtopEvents} from './ktop-events.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

// A node of which only the API server is known: the whole program, real TLS, the node's own journalctl behind the query.
describeOnNode('ktop --via api', () => {
  let node: TestNode;
  let api: ClusterStandIn;
  let folder = '';
  let running: KtopEvents | undefined;
  let screen: TerminalProgram | undefined;
  const env = () => ({KUBECONFIG: join(folder, 'config'), XDG_CONFIG_HOME: '/nonexistent', HOME: folder});

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktop-api-'));
    node = await startNode({kubeletFlags: ['--v=4', '--housekeeping-interval=7s']});
    api = await ClusterStandIn.inFrontOf(node.name, {host: node.address, port: 10250, token: node.token});
    api.rights = {jane: ['nodes', 'nodes/proxy']};
    const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};
    writeFileSync(join(folder, 'config'), api.kubeconfig(jane));
  });
  afterAll(async () => {
    await api.stop();
    await stopNode(node);
    rmSync(folder, {recursive: true, force: true});
  });
  afterEach(async () => {
    running?.kill();
    await screen?.dispose();
    screen = undefined;
  });

  function events(...args: readonly string[]) {
    const ktop = new KtopEvents(['--via', 'api', '--node', node.name, ...args], env());
    running = ktop;
    return (type: string) => ktop.of(type);
  }

  async function allowLogQueries(): Promise<void> {
    await node.writeFile('/var/lib/kubelet/config.yaml', 'enableSystemLogQuery: true\n');
    await node.exec('systemctl', 'restart', 'kubelet');
    await node.ready();
  }

  test('says what must be set where the kubelet answers no log queries, and watches the stats all the same', async () => {
    const of = events('--pod', 'cpuload');
    await until('it says so', () => Promise.resolve(of('stream').some(({state}) => state === 'unavailable')));
    expect(of('stream').find(({state}) => state === 'unavailable')).toMatchObject({
      stream: 'journal',
      problem: 'the kubelet answers no log queries (they are off by default)',
      next: expect.stringContaining('enableSystemLogQuery: true') as string,
    });
    await until('stats and facts come', () => Promise.resolve(of('sample').length > 0 && of('facts').length > 0));
    expect(of('facts')[0]).toMatchObject({kubeletVersion: 'v1.32.13', verbosity: 4});
    expect(of('route')[0]).toMatchObject({kind: 'apiserver', label: 'API server, context test'});
  });

  test('follows the journal by log queries: no line lost, none twice, though everything is cut in the middle', async () => {
    await allowLogQueries();
    const of = events('--grep', 'Numbered line');
    const numbers = () => of('journal').map(({message}) => Number(/n=(\d+)/.exec(String(message))?.[1]));
    await until('it follows', () => Promise.resolve(of('stream').some(({state}) => state === 'following')));
    await node.startLogLoad({perSecond: 500, total: 1_000_000});
    const goesOn = async (what: string) => {
      const {length} = numbers();
      await until(`lines come after: ${what}`, () => Promise.resolve(numbers().length > length + 500), 30_000);
    };
    await goesOn('the start');
    api.cutApi();
    await goesOn('the API server cut its connections');
    await api.stopApi();
    await until('it reconnects', () => Promise.resolve(of('stream').at(-1)?.state === 'reconnecting'));
    await api.startApi();
    await goesOn('the API server was down');
    await node.exec('systemctl', 'restart', 'kubelet');
    await goesOn('the kubelet restarted');
    await node.stopLogLoad();
    const total = Number(await node.exec('cat', '/run/kubelet-load-counter'));
    await until('the last line is read', () => Promise.resolve(numbers().at(-1) === total - 1), 30_000);
    await until('the restart is told', () => Promise.resolve(of('kubelet-started').length > 0), 30_000);
    expect(numbers()).toEqual(Array.from({length: total}, (_, index) => index));
    expect(of('journal-gap')).toEqual([]);
    // Heard of in the journal and read off the process: one start, at the time of the process.
    expect(of('kubelet-started')).toHaveLength(1);
    const startedAt = of('facts').at(-1)?.kubeletStartedAt;
    expect(of('kubelet-started')[0]?.at).toBe(startedAt);
    expect(of('facts').at(-1)).toMatchObject({verbosity: 4, housekeepingIntervalMs: 7000});
    await node.exec('sh', '-c', 'journalctl --rotate && journalctl --vacuum-time=1s');
    await until('the gap is told', () => Promise.resolve(of('journal-gap').length > 0));
    expect(of('journal-gap')).toMatchObject([{reason: 'the journal of the node was cleared'}]);
  });

  test('restart and clear are greyed out, and say why', async () => {
    const terminal = TerminalProgram.ktop(['--via', 'api', '--node', node.name], {env: env()});
    screen = terminal;
    await terminal.waitFor('v1.32.13');
    terminal.press('r');
    await terminal.waitFor('no command can be run there: the node is known from the API server only');
    terminal.press('?');
    await terminal.waitFor(/restart the kubelet \(asks first\) —[^]*no command can be run there/);
    const lookOf = (text: string) => {
      const row = terminal.lines.findIndex((line) => line.includes(text));
      const {colour, dim} = terminal.cell(row, terminal.lines[row]?.indexOf(text) ?? 0);
      return {colour, dim};
    };
    expect(lookOf('restart the kubelet')).toEqual(lookOf("clear the node's journal"));
    expect(lookOf('restart the kubelet')).not.toEqual(lookOf('choose the pods'));
  });
});
