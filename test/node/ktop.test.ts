import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, expect, onTestFinished, test} from 'vitest';
import {ktopBinary, nodeBinary, TerminalProgram} from '../e2e/terminal.ts';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {KtopEvents} from './ktop-events.ts';
import {busyPod, startNode, stopNode, until, type TestNode} from './start-node.ts';

const run = promisify(execFile);

/** The node's facts have come: the kubelet's version is on the status line. */
const answered = 'v1.32.13 ·';

// The whole program against a real machine: systemd, journald and real processes, reached with docker exec and HTTPS.
describeOnNode('ktop on a node', () => {
  let node: TestNode;
  let ktop: TerminalProgram | undefined;
  beforeAll(async () => {
    node = await startNode({kubeletFlags: ['--v=4', '--housekeeping-interval=2s']});
  });
  afterAll(() => stopNode(node));
  afterEach(async () => {
    await ktop?.dispose();
    ktop = undefined;
    await until('nothing of ktop runs on the node', async () => (await leftOnNode()) === '');
  });

  const start = (...args: readonly string[]) => {
    ktop = TerminalProgram.ktop(['--node', node.name, '--token-file', node.tokenFile, ...args], {
      env: {KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent'},
    });
    return ktop;
  };
  /** What ktop starts on a node: its wrapper, and journalctl under it. */
  const leftOnNode = () => node.exec('sh', '-c', 'pgrep -af "ktop[-]exit|journalctl --[f]ollow" || true');

  test('names the node, follows its journal, draws a pod’s CPU and its forecast', async () => {
    const screen = start('--pod', 'cpuload', '--grep', 'BJOSV');
    await screen.waitFor(answered);
    await screen.waitFor(/v=4.*(hk|housekeeping) 2 s/);
    await screen.waitFor(/BJOSV housekeeping container="cpuload/);
    await screen.waitFor(/base 2 s/);
    await screen.waitFor(/cpuload +\d{2,3}m/, 30_000);
    expect(screen.text).toContain(node.name);
  });

  test('tells one state and ends by it: 0 while all is well, 1 with the kubelet stopped', async () => {
    const args = ['--node', node.name, '--token-file', node.tokenFile, '--once', '--pod', 'cpuload'];
    const env = {...process.env, KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent'};
    const once = (): Promise<string> =>
      new Promise((resolve) => {
        execFile(nodeBinary, [ktopBinary, ...args], {env}, (error, stdout, stderr) => {
          resolve(`${typeof error?.code === 'number' ? error.code : 0}\n${stdout}${stderr}`);
        });
      });
    expect(await once()).toMatch(/^0\n.*\nhealthy\n[\s\S]*^default\/cpuload /m);
    await node.exec('systemctl', 'stop', 'kubelet');
    try {
      expect(await once()).toMatch(/^1\n.*\nunhealthy: kubelet inactive \(dead\)\n/);
    } finally {
      await node.exec('systemctl', 'start', 'kubelet');
      await node.ready();
    }
  });

  test('restarts the kubelet with the real systemctl and measures the downtime', async () => {
    const before = await node.exec('systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value');
    const screen = start('--pod', 'cpuload');
    await screen.waitFor(answered);
    screen.press('r');
    await screen.waitFor(`Restart the kubelet on ${node.name}?`);
    await screen.waitFor(`docker exec ${node.name} systemctl restart kubelet`);
    screen.press('y');
    await screen.waitFor(/answers again after \d/, 30_000);
    expect(await node.exec('systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value')).not.toBe(before);
    await screen.waitFor(/in \d+(\.\d)? s/);
  });

  test('tells of a restart once, with the start of the process itself', async () => {
    const events = new KtopEvents(['--node', node.name, '--token-file', node.tokenFile], {KUBECONFIG: '/nonexistent'});
    try {
      await until('it knows the kubelet', () =>
        Promise.resolve(events.of('facts').some(({kubeletStartedAt}) => kubeletStartedAt !== null)),
      );
      await until('it follows', () => Promise.resolve(events.of('journal').length > 0));
      await node.exec('systemctl', 'restart', 'kubelet');
      const pid = Number(await node.exec('systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value'));
      const told = () =>
        events.of('journal').some(({message}) => String(message).startsWith('Started kubelet.service'));
      await until('the journal tells it, too', () => Promise.resolve(told()));
      await until('it is told', () => Promise.resolve(events.of('kubelet-started').length > 0));
      // The looks of the next seconds find the same process.
      const looks = events.of('sample').length;
      await until('time has passed', () => Promise.resolve(events.of('sample').length > looks));
      expect(events.of('kubelet-started')).toEqual([
        {type: 'kubelet-started', pid, at: events.of('facts').at(-1)?.kubeletStartedAt},
      ]);
    } finally {
      events.kill();
    }
  });

  test('a kubelet that does not come up is quoted and not called up; mended, it is seen to answer again', async () => {
    const dropIn = '/etc/systemd/system/kubelet.service.d/99-broken.conf';
    onTestFinished(async () => {
      await node.exec('sh', '-c', `rm -f ${dropIn}; systemctl daemon-reload`);
    });
    const screen = start('--pod', 'cpuload');
    await screen.waitFor(answered);
    const words = 'panic: flag provided but not defined: -fast';
    await node.writeFile(dropIn, `[Service]\nExecStart=\nExecStart=/bin/sh -c "echo '${words}' >&2; exit 1"\n`);
    await node.exec('systemctl', 'daemon-reload');
    screen.press('r');
    await screen.waitFor('Restart the kubelet on');
    screen.press('y');
    await screen.waitFor(/restart failed.*panic: flag provided/, 30_000);
    await screen.waitFor(/crash loop: \d+ starts in the last minute/, 30_000);
    expect(screen.lines.at(-2)).not.toMatch(/ up \d/);
    await node.exec('rm', dropIn);
    await node.exec('systemctl', 'daemon-reload');
    await screen.waitFor(/it had failed; the kubelet answers again/, 60_000);
    await screen.waitFor(/ up \d+ s/, 30_000);
  });

  test('clears the journal with the real vacuum and follows what comes after', async () => {
    await node.startLogLoad({perSecond: 1000, total: 3000});
    const entries = async () => Number(await node.exec('sh', '-c', 'journalctl -u kubelet -o cat | wc -l'));
    await until('the journal has grown', async () => (await entries()) > 3000);
    const screen = start();
    await screen.waitFor('Numbered line');
    screen.press('c');
    await screen.waitFor('ALL units');
    screen.press('y');
    await screen.waitFor('journal cleared', 30_000);
    expect(await entries()).toBeLessThan(500);
    await node.stopLogLoad();
    await node.exec('sh', '-c', 'rm -f /run/kubelet-load-counter');
    await screen.waitFor(/BJOSV/, 30_000);
  });

  test('a pod that does not exist yet is waited for, and appears when it is created', async () => {
    const screen = start('--pod', 'later');
    await screen.waitFor(/no such pod/i);
    await node.addPod({...busyPod, metadata: {namespace: 'default', name: 'later'}});
    await screen.waitFor(/later +\d+m/, 40_000);
    await node.removePod('later');
  });

  test('comes back by itself after the machine was restarted', async () => {
    const screen = start('--pod', 'cpuload', '--grep', 'Started kubelet');
    await screen.waitFor(answered);
    await screen.waitFor(/Started kubelet/);
    await docker('restart', '--time', '2', node.name);
    await screen.waitFor(/reconnecting/, 30_000);
    await node.ready();
    await screen.waitFor((now) => !now.text.includes('reconnecting') && /up \d+ s/.test(now.text), 60_000);
    await screen.waitFor(/cpuload +\d{2,3}m/, 60_000);
  });

  test('leaves nothing running on the node, even when it is killed', async () => {
    const screen = start();
    await screen.waitFor(/BJOSV/);
    expect(await leftOnNode()).toContain('journalctl');
    screen.kill('SIGKILL');
    await until('journalctl is gone', async () => (await leftOnNode()) === '', 10_000);
  });

  test('q gives the terminal back while the engine hangs, and nothing is left of its clients', async () => {
    const screen = start();
    await screen.waitFor(/BJOSV/);
    const clients = async () => {
      const {stdout} = await run('ps', ['-eo', 'pid=,args=']);
      const own = stdout.split('\n').filter((line) => line.includes(`docker exec --interactive ${node.name}`));
      return own.map((line) => Number.parseInt(line, 10));
    };
    expect(await clients()).not.toEqual([]);
    // A client whose engine hangs: it reads no end of input and obeys no signal.
    for (const pid of await clients()) process.kill(pid, 'SIGSTOP');
    const pressedAt = performance.now();
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    process.stderr.write(`the terminal was given back after ${Math.round(performance.now() - pressedAt)} ms\n`);
    await until('the clients are gone', async () => (await clients()).length === 0, 10_000);
  });

  test('an unknown node ends it with 2, the nodes that do exist, and the command to try', async () => {
    // Wide, since this machine may have nodes of its own that are named, too.
    const options = {env: {KUBECONFIG: '/nonexistent'}, columns: 500};
    ktop = TerminalProgram.ktop(['--node', `${node.cluster}-wroker`], options);
    expect((await ktop.exited).code).toBe(2);
    await ktop.waitFor(node.name);
    await ktop.waitFor(`ktop --node`);
  });
});
