import {execFile} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {TerminalProgram} from '../e2e/terminal.ts';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {startNode, stopNode, until, type TestNode} from './start-node.ts';

const run = promisify(execFile);
const clockAheadS = 300;

// Two real machines on one screen: one with docker exec, one by ssh, whose clock is five minutes ahead.
describeOnNode('several nodes on one screen', () => {
  let near: TestNode;
  let far: TestNode;
  let folder = '';
  let ktop: TerminalProgram | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktop-several-'));
    mkdirSync(join(folder, 'bin'));
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
    const authorizedKey = readFileSync(join(folder, 'id.pub'), 'utf8').trim();
    near = await startNode();
    // One token for both, as a cluster has it.
    const all = ['stats', 'metrics', 'log', 'configz', 'healthz', 'pods', 'proxy'];
    const callers = {[near.token]: {user: 'ktop', mayGet: all, mayUpdate: true}};
    far = await startNode({authorizedKey, callers, kindLabels: false, clockAheadS});
    const config = `
Host far
  HostName ${far.address}
  User root
  IdentityFile ${join(folder, 'id')}
  UserKnownHostsFile ${join(folder, 'known_hosts')}
  StrictHostKeyChecking accept-new
`;
    writeFileSync(join(folder, 'ssh_config'), config);
    writeFileSync(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${join(folder, 'ssh_config')} "$@"\n`);
    chmodSync(join(folder, 'bin', 'ssh'), 0o755);
  });
  afterEach(async () => {
    await ktop?.dispose();
    ktop = undefined;
  });
  afterAll(async () => {
    await stopNode(near);
    await stopNode(far);
    rmSync(folder, {recursive: true, force: true});
  });

  const start = (...args: readonly string[]) => {
    const nodes = ['--node', near.name, '--node', 'ssh:far'];
    ktop = TerminalProgram.ktop([...nodes, '--token-file', near.tokenFile, ...args], {
      columns: 150,
      env: {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        ...{HOME: folder, XDG_RUNTIME_DIR: folder, KUBECONFIG: join(folder, 'none')},
        ...{XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, XDG_STATE_HOME: folder},
      },
    });
    return ktop;
  };
  const tabs = (screen: TerminalProgram) => screen.lines[0] ?? '';
  const are = (screen: TerminalProgram, first: string, second: string, timeoutMs = 60_000) =>
    screen.waitFor((now) => new RegExp(` 1 \\S+ (?:${first}).* 2 \\S+ (?:${second})`).test(tabs(now)), timeoutMs);

  test('a clock that is off is told in its tab and in the overview; ages and the journal of both go by it', async () => {
    const screen = start('--grep', 'Started kubelet.service');
    await are(screen, 'fresh', 'fresh');
    screen.press('2');
    await screen.waitFor(/node clock 5 m ahead/);
    for (const node of [near, far, near, far]) await node.exec('systemctl', 'restart', 'kubelet');
    await are(screen, 'fresh', 'fresh');
    screen.press('o');
    // State, clock, version, up, base, newest age, worst age: by our clock they would be minutes in the future.
    const row = / 2 \S+ +fresh +\+5 m +\S+ +\d+ s +10 s +\d+ s +(\d+) s /;
    await screen.waitFor(row);
    expect(Number(row.exec(screen.text)?.[1])).toBeLessThan(60);
    screen.press('J');
    // The newest four in the order in which they were written, whichever clock stamped them.
    const starts = () => screen.lines.filter((line) => line.includes('Started kubelet.service')).slice(-4);
    const names = () => starts().map((line) => line.trim().split(/ +/)[0]);
    await until('they stand by time', () => Promise.resolve(new Set(names()).size === 2 && names().length === 4));
    const [a, b, c, d] = names();
    expect([c, d, a === b]).toEqual([a, b, false]);
    // Written a moment ago, by our clock.
    const [, hours, minutes] = / (\d\d):(\d\d):\d\d/.exec(starts().at(-1) ?? '') ?? [];
    const now = new Date();
    const apart = now.getHours() * 60 + now.getMinutes() - (Number(hours) * 60 + Number(minutes));
    expect((apart + 1440) % 1440).toBeLessThan(4);
  });

  test('a node that is slow, dead or restarted shows it in its tab, and the other one stays fresh', async () => {
    const screen = start();
    await are(screen, 'fresh', 'fresh');
    await far.exec('systemctl', 'kill', '--signal=STOP', 'kubelet');
    try {
      await are(screen, 'fresh', 'late|down|no stats');
    } finally {
      await far.exec('systemctl', 'kill', '--signal=CONT', 'kubelet');
    }
    await are(screen, 'fresh', 'fresh');
    screen.press('2');
    await docker('kill', near.name);
    await are(screen, 'late|down|no stats', 'fresh');
    // What is shown goes on meanwhile.
    await screen.waitFor(/cpuload +\d+m/);
    await docker('start', near.name);
    await near.ready();
    await are(screen, 'fresh', 'fresh', 90_000);
    screen.press('r');
    await screen.waitFor(/Restart the kubelet on \S+\?/);
    screen.press('y');
    await are(screen, 'fresh', 'restarting');
    await screen.waitFor(/answers again after \d/, 60_000);
    await are(screen, 'fresh', 'fresh');
    screen.press('o');
    await screen.waitFor(/2 nodes/);
    const pressedAt = performance.now();
    screen.press('ctrl+c');
    expect((await screen.exited).code).toBe(0);
    process.stderr.write(`the terminal was given back after ${Math.round(performance.now() - pressedAt)} ms\n`);
  });
});
