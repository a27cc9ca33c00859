import {execFile} from 'node:child_process';
import {afterEach, expect, test} from 'vitest';
import {ktopBinary, nodeBinary, TerminalProgram} from './terminal.ts';

let ktop: TerminalProgram | undefined;
afterEach(async () => {
  await ktop?.dispose();
  ktop = undefined;
});

function run(...args: readonly string[]): Promise<{code: number; stdout: string; stderr: string}> {
  return new Promise((resolve) => {
    execFile(nodeBinary, [ktopBinary, ...args], (error, stdout, stderr) => {
      resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr});
    });
  });
}

test('--once prints the panes as a table and ends, by the health of what is watched', async () => {
  const well = await run('--demo', '--once', '--pod', 'cpuload', '--grep', 'housekeeping');
  expect(well.code, well.stdout + well.stderr).toBe(0);
  expect(well.stdout).toMatch(/^DEMO: demo-worker.*\nhealthy\n\nTARGET +CPU +MEMORY +REQUEST/);
  expect(well.stdout).toMatch(/^default\/cpuload .* 250m .* ago +in /m);
  expect(well.stdout).toMatch(/^journal: \/housekeeping\/ \d+ of \d+ lines/m);
  const missing = await run('--demo', '--once', '--pod', 'nobody');
  expect([missing.code, missing.stdout]).toEqual([1, expect.stringContaining('unhealthy: no such pod: nobody\n')]);
});

test('the same as one JSON document', async () => {
  const {code, stdout} = await run('--demo', '--once', '--output', 'json', '--pod', 'cpuload');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    health: {state: 'healthy', exitCode: 0},
    node: {name: 'demo-worker'},
    kubelet: {unitState: 'active (running)'},
    targets: [{namespace: 'default', pod: 'cpuload', limitNanoCores: 250e6, next: {phase: 'ticking'}}],
    journal: {state: 'following'},
  });
});

test('a node that cannot be had is 2, on standard error', async () => {
  const {code, stdout, stderr} = await run('--once', '--via', 'ssh', '--ssh', 'nobody@127.0.0.1:1', '--for', '8s');
  expect(code).toBe(2);
  expect(stdout + stderr).toContain('127.0.0.1');
});

/** What a notification or a bell would be, in all that ktop wrote. */
const told = /\x1b\]9;ktop: demo-worker: .*housekeeping[^\x1b]*\x07/;
const anyOf = /\x1b\](?:9|777);|\x07\x1b\](?:9|777)/;

test('a line that matches rings and notifies where that was asked for, and never else', async () => {
  ktop = TerminalProgram.ktop(['--demo', '--grep', 'housekeeping', '--bell', '--notify'], {
    env: {VTE_VERSION: undefined},
  });
  await ktop.waitFor(({raw}) => told.test(raw));
  expect(ktop.raw).toMatch(/\x07\x1b\]9;ktop/);
  ktop.press('q');
  await ktop.end();
  ktop = TerminalProgram.ktop(['--demo', '--grep', 'housekeeping']);
  const lines = ({text}: TerminalProgram) => Number(/\/ (\d+) of/.exec(text)?.[1] ?? Number.NaN);
  await ktop.waitFor((screen) => lines(screen) > 0);
  const before = lines(ktop);
  await ktop.waitFor((screen) => lines(screen) > before + 3);
  expect(ktop.raw).not.toMatch(anyOf);
});

test('the demo has the whole way of a number to its autoscaler, on the command line and on the screen', async () => {
  const {code, stdout} = await run('pipeline', '--demo', '--pod', 'web');
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/^cAdvisor sample .*\n^kubelet answer .*\n^metrics\.k8s\.io .*mean of the 15 s before/m);
  expect(stdout).toMatch(/^HPA web .*Deployment web · cpu \d+ % \(wanted 60 %\)/m);
  expect(stdout).toMatch(/^the number to be read now is .* old/m);
  ktop = TerminalProgram.ktop(['--demo', '--pod', 'shop/web*'], {columns: 60, rows: 15});
  await ktop.waitFor(/web.* \d+m/);
  ktop.press('A');
  await ktop.waitFor(/HPA web +\d+ s/);
  // It is longer than this screen.
  ktop.press('pagedown');
  await ktop.waitFor(/^last scaling/m);
  ktop.press('escape');
  await ktop.waitFor('journal');
  ktop.press('q');
  expect((await ktop.exited).code).toBe(0);
});
