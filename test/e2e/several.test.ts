import {execFile} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, afterEach, expect, test} from 'vitest';
import {ktopBinary, nodeBinary, TerminalProgram} from './terminal.ts';

// Several nodes on one screen: simulated ones, each under the name that it is given.
const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'ktop-several-'));
const env = {
  XDG_CONFIG_HOME: scratch,
  XDG_CACHE_HOME: scratch,
  XDG_STATE_HOME: scratch,
  KUBECONFIG: join(scratch, 'none'),
};
let ktop: TerminalProgram | undefined;
afterEach(async () => {
  await ktop?.dispose();
  ktop = undefined;
});
afterAll(() => rmSync(scratch, {recursive: true, force: true}));

const named = (...names: readonly string[]) => names.flatMap((name) => ['--node', name]);
const start = (args: readonly string[], size = {columns: 120, rows: 40}) =>
  (ktop = TerminalProgram.ktop(args, {...size, env}));
const tabs = (screen: TerminalProgram) => screen.lines[0] ?? '';

test('each node has a tab; keys go from one to the other, and a question names the one in sight', async () => {
  const screen = start(named('demo:alpha', 'demo:beta', 'demo:gamma'));
  await screen.waitFor((now) => /^ 1 alpha fresh {2}2 beta fresh.* 3 gamma fresh/.test(tabs(now)));
  await screen.waitFor(/DEMO: alpha/);
  screen.press(']');
  await screen.waitFor(/DEMO: beta/);
  screen.press('r');
  await screen.waitFor('Restart the kubelet on beta?');
  screen.press('escape');
  await screen.waitFor((now) => !now.text.includes('Restart the kubelet'));
  screen.press('3');
  await screen.waitFor(/DEMO: gamma/);
  screen.press(']');
  await screen.waitFor(/DEMO: alpha/);
  screen.press('7');
  await screen.waitFor('there is no node 7: there are 3');
  // Who looks elsewhere is told of the lines that come meanwhile.
  await screen.waitFor((now) => / 2 beta fresh \+\d/.test(tabs(now)));
  screen.press('q');
  expect((await screen.exited).code).toBe(0);
});

test.each([
  [120, 40, 1],
  [120, 40, 3],
  [120, 40, 20],
  [80, 24, 1],
  [80, 24, 3],
  [80, 24, 20],
  [60, 15, 3],
])('%i×%i fit %i nodes: panes, overview and merged journal', async (columns, rows, count) => {
  const names = Array.from({length: count}, (_, i) => `worker-${i + 1}`);
  const screen = start(['--via', 'demo', ...named(...names)], {columns, rows});
  const fits = () => {
    expect(screen.lines).toHaveLength(rows);
    expect(Math.max(...screen.lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  };
  await screen.waitFor((now) => ['cpu', 'journal', 'housekeeping'].every((pane) => now.text.includes(pane)));
  await screen.waitFor((now) => now.lines.at(-1) !== '' && /\d+ lines/.test(now.text));
  fits();
  const hasTabs = count > 1 && rows > 15;
  expect(tabs(screen).includes('1 worker-1')).toBe(hasTabs);
  expect(screen.lines[hasTabs ? 1 : 0]).toContain('─ cpu');
  screen.press('o');
  if (count === 1) {
    // With one node there are no such keys.
    await screen.waitFor('o is no key here');
    return;
  }
  await screen.waitFor(new RegExp(`${count} nodes`));
  await screen.waitFor(/ 1 worker-1 .*(fresh|connecting)/);
  fits();
  // The last node's row comes into sight with the cursor.
  screen.press('end');
  await screen.waitFor((now) => now.text.includes(` ${count} worker-${count} `));
  screen.press('J');
  await screen.waitFor(new RegExp(`all of ${count} nodes, by time`));
  fits();
  // One after the other: several characters in one read are pasted text.
  screen.press('escape');
  await screen.waitFor('─ cpu');
  screen.press('o');
  await screen.waitFor(new RegExp(`${count} nodes`));
  screen.press('end');
  await screen.waitFor((now) => now.text.includes(` ${count} worker-${count} `));
  screen.press('enter');
  await screen.waitFor(
    (now) => now.text.includes('─ cpu') && tabs(now).includes(hasTabs ? `${count} worker-` : '─ cpu'),
  );
  screen.press('q');
  expect((await screen.exited).code).toBe(0);
});

test('a node that cannot be found is told of in its tab and does not disturb the others', async () => {
  const screen = start(named('demo:alpha', 'kind:nowhere'));
  await screen.waitFor((now) => tabs(now).startsWith(' 1 alpha fresh  2 kind:nowhere unreachable'));
  screen.press('2');
  await screen.waitFor(/find the node "nowhere"/);
  screen.press('o');
  await screen.waitFor(/2 kind:nowhere +unreachable/);
  await screen.waitFor(/1 alpha +fresh/);
});

const takeAnother = async (screen: TerminalProgram) => {
  screen.press('N');
  await screen.waitFor('Which node?');
  screen.type('simulated');
  await screen.waitFor(/> demo/);
  screen.press('enter');
};

test('N takes another node in place of the one in sight, recorded like it, and the others stay', async () => {
  const folder = join(scratch, 'rec');
  const screen = start([...named('demo:alpha', 'demo:beta'), '--record', folder], {columns: 160, rows: 40});
  await screen.waitFor(/DEMO: alpha/);
  await screen.waitFor(`recording to ${join(folder, 'demo-alpha')}`);
  await takeAnother(screen);
  await screen.waitFor(`the recording goes on in ${join(folder, 'demo')}; before it: ktop replay ${folder}/demo-alpha`);
  await screen.waitFor((now) => / 1 demo-worker fresh {2}2 beta/.test(tabs(now)));
  await screen.waitFor(`recording to ${join(folder, 'demo')}, `);
});

test('a recording that a key ended does not begin anew on the node that N takes; one that is on goes on there', async () => {
  const folder = join(scratch, 'of one');
  const screen = start([...named('demo:alpha'), '--record', folder], {columns: 160, rows: 40});
  await screen.waitFor(`recording to ${folder}, `);
  await takeAnother(screen);
  await screen.waitFor(`the recording goes on in ${folder}-demo; before it: ktop replay '${folder}'`);
  await screen.waitFor(`recording to ${folder}-demo, `);
  screen.press('R');
  await screen.waitFor(`ktop replay '${folder}-demo'`);
  await takeAnother(screen);
  await screen.waitFor(/DEMO: demo-worker/);
  await screen.waitFor(/\d+ lines/);
  expect(screen.text).not.toContain('recording to');
  screen.press('q');
  expect((await screen.exited).code).toBe(0);
  expect(existsSync(`${folder}-demo-2`)).toBe(false);
});

test('a build is deployed to one node after the other, after one question that names them all', async () => {
  const args = ['deploy', '/bin/ls', ...named('demo:alpha', 'demo:beta')];
  const shown = await run(nodeBinary, [ktopBinary, ...args, '--dry-run'], {env: {...process.env, ...env}});
  expect(shown.stdout).toMatch(/^# Deploy .* on alpha, /m);
  expect(shown.stdout).toMatch(/^# Deploy .* on beta, /m);
  const shell = start(args);
  await shell.waitFor(/Go ahead with the deploy on alpha and beta, one after the other/);
  shell.type('n\r');
  expect((await shell.exited).code).toBe(2);
  await shell.dispose();

  const screen = start(['--binary', '/bin/ls', ...named('demo:alpha', 'demo:beta', 'demo:gamma')]);
  await screen.waitFor((now) => /1 alpha fresh.*2 beta fresh.*3 gamma fresh/.test(tabs(now)));
  screen.press('o');
  await screen.waitFor('space marks');
  // The first two of three.
  screen.press('space');
  await screen.waitFor('d deploys to the 1 marked');
  screen.press('space');
  await screen.waitFor('d deploys to the 2 marked');
  screen.press('d');
  await screen.waitFor('Deploy to 2 nodes, one after the other: alpha and beta?');
  // Who says no is where they were, with what they had marked.
  screen.press('n');
  await screen.waitFor('d deploys to the 2 marked');
  screen.press('d');
  await screen.waitFor('Deploy to 2 nodes, one after the other: alpha and beta?');
  screen.press('y');
  await screen.waitFor(/1 alpha +(deploy …|restarting)/);
  await screen.waitFor('deployed to alpha and beta', 40_000);
});

test('each JSON line of several nodes begins with its node', async () => {
  const args = ['--output', 'jsonl', '--for', '3s', ...named('demo:alpha', 'demo:beta')];
  const {stdout} = await run(nodeBinary, [ktopBinary, ...args], {env: {...process.env, ...env}, maxBuffer: 1 << 26});
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as {node: string; type: string});
  expect(new Set(lines.map(({node}) => node))).toEqual(new Set(['demo:alpha', 'demo:beta']));
  for (const type of ['node', 'journal', 'sample', 'forecast']) {
    expect(lines.filter((line) => line.type === type && line.node === 'demo:beta')).not.toEqual([]);
  }
});

test('a pattern that no node fits ends it with 2 and says which nodes there are', async () => {
  const failed = await run(nodeBinary, [ktopBinary, '--output', 'jsonl', '--node', 'nowhere-*'], {
    env: {...process.env, ...env},
  }).catch((error: unknown) => error);
  expect(failed).toMatchObject({code: 2});
  expect((failed as {stderr: string}).stderr).toMatch(/--node 'nowhere-\*': no node fits; .*ktop nodes/s);
});
