import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {runLocal} from '../../../src/nodes/exec/local-command.ts';
import {processShell} from '../../../src/nodes/exec/process-shell.ts';

let folder: string;
let mark: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-child-'));
  mark = `31415.${Math.floor(Math.random() * 1e6)}`;
});
afterEach(() => rm(folder, {recursive: true}));

async function program(script: string): Promise<string> {
  const file = join(folder, 'program');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}
async function running(): Promise<readonly string[]> {
  const {stdout} = await promisify(execFile)('ps', ['-eo', 'stat=,args=']);
  return stdout.split('\n').filter((line) => line.includes(mark) && !line.startsWith('Z'));
}
const nothingRuns = () => vi.waitFor(async () => expect(await running()).toEqual([]), {timeout: 30_000});

test('a wrapper that does not become its program is ended with it, even where both ignore SIGTERM', async () => {
  const file = await program(`trap "" TERM\nsh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}'\nexit $?`);
  expect(await runLocal(file, [], {env: process.env, timeoutMs: 200})).toMatchObject({
    exitCode: null,
    stderr: 'gave no answer within 0.2 s',
  });
  await nothingRuns();
});

test('a program has answered when it has ended, though something that it left behind holds its output', async () => {
  const file = await program(`sleep ${mark} &\necho answer`);
  expect(await runLocal(file, [], {env: process.env, timeoutMs: 60_000})).toMatchObject({
    exitCode: 0,
    stdout: 'answer\n',
  });
  await nothingRuns();
});

test('a program that is called off is ended at once', async () => {
  const file = await program(`exec sleep ${mark}`);
  const off = new AbortController();
  const asked = runLocal(file, [], {env: process.env, signal: off.signal, timeoutMs: 60_000});
  await vi.waitFor(async () => expect(await running()).not.toEqual([]), {timeout: 30_000});
  off.abort();
  expect(await asked).toMatchObject({exitCode: null, stderr: 'was called off'});
  await nothingRuns();
});

test('an answer without end is cut off and not kept', async () => {
  const file = await program(`exec cat /dev/zero`);
  const {exitCode, stdout, stderr} = await runLocal(file, [], {env: process.env, timeoutMs: 60_000});
  expect([exitCode, stdout, stderr]).toEqual([null, '', 'answered more than 64 MB']);
});

test('a node whose client hangs is left without waiting for it, and nothing of it stays', async () => {
  // As `docker` where the engine hangs: it reads no end of input and obeys no signal, behind a wrapper.
  const client = await program(`trap "" TERM\nsh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}'\nexit $?`);
  const shell = processShell({
    title: 'hung',
    command: (argv) => Promise.resolve([client, ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr, next: null}),
  });
  const follow = shell.follow(['true']);
  await vi.waitFor(async () => expect(await running()).not.toEqual([]), {timeout: 30_000});
  await follow.stop();
  expect(await follow.ended).toMatchObject({exitCode: null});
  await nothingRuns();
});

test('kill -9 of ktop takes a client that hangs along', async () => {
  const client = await program(`trap "" TERM\nsh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}'\nexit $?`);
  const source = join(import.meta.dirname, '../../../src/nodes/exec/child.ts');
  const script = `
    import {startChild} from '${source}';
    await startChild('${client}', [], {env: process.env, stdin: 'ignore'});
    console.log('started');`;
  const ktop = execFile(process.execPath, ['--input-type=module-typescript', '--eval', script]);
  await once(ktop.stdout ?? expect.unreachable(), 'data');
  await vi.waitFor(async () => expect(await running()).not.toEqual([]), {timeout: 30_000});
  ktop.kill('SIGKILL');
  await nothingRuns();
}, 60_000);

describe('kill -9 of ktop in the midst of starting programs', () => {
  const source = join(import.meta.dirname, '../../../src/nodes/exec/child.ts');
  const hung = () => program(`trap "" TERM\nsh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}'\nexit $?`);
  const started = (script: string) =>
    execFile(process.execPath, ['--input-type=module-typescript', '--eval', script.replace('SOURCE', source)]);

  test('right after the fork, before anybody could tell of it', async () => {
    const client = await hung();
    // The helper is the first that is forked, the program the second.
    const ktop = started(`
      import process from 'node:process';
      import children from 'node:child_process';
      import {syncBuiltinESMExports} from 'node:module';
      const {spawn} = children;
      let forks = 0;
      children.spawn = (...given) => {
        const child = spawn(...given);
        if (++forks === 2) process.kill(process.pid, 'SIGKILL');
        return child;
      };
      syncBuiltinESMExports();
      const {startChild} = await import('SOURCE');
      await startChild('${client}', [], {env: process.env, stdin: 'ignore'});
      console.log('not killed');`);
    const end: unknown[] = await once(ktop, 'exit');
    expect(end[1]).toBe('SIGKILL');
    await nothingRuns();
  }, 60_000);

  test('whenever that is', async () => {
    const client = await hung();
    for (const many of [1, 2, 3, 5, 8]) {
      const ktop = started(`
        const {startChild} = await import('SOURCE');
        for (let n = 1; n < 20; n += 1) {
          const starting = startChild('${client}', [], {env: process.env, stdin: 'ignore'});
          if (n === ${many}) console.log('now');
          await starting;
        }`);
      await once(ktop.stdout ?? expect.unreachable(), 'data');
      ktop.kill('SIGKILL');
      await once(ktop, 'exit');
      await nothingRuns();
    }
  }, 120_000);
});

test('a program that cannot be started is told of in our words, and has none of our files open', async () => {
  const started = async (file: string, env: NodeJS.ProcessEnv = process.env) => {
    const {exitCode, stdout, stderr} = await runLocal(file, [], {env, timeoutMs: 60_000});
    return [exitCode, stdout, stderr];
  };
  const file = await program('ls /proc/self/fd');
  await chmod(file, 0o644);
  expect(await started('no-such-program')).toEqual([null, '', `there is no "no-such-program" on this machine's PATH`]);
  expect(await started(join(folder, 'none'))).toEqual([
    null,
    '',
    `there is no "${join(folder, 'none')}" on this machine's PATH`,
  ]);
  expect(await started(file)).toEqual([null, '', `"${file}" may not be executed`]);
  expect(await started('program', {...process.env, PATH: folder})).toEqual([null, '', '"program" may not be executed']);
  expect(await started(folder)).toEqual([null, '', `"${folder}" may not be executed`]);
  await chmod(file, 0o755);
  const [exitCode, stdout] = await started(file);
  // `ls` has the folder itself open; whatever this test was started with may be there, too.
  const inherited = (await promisify(execFile)('ls', ['/proc/self/fd'])).stdout;
  expect([exitCode, stdout]).toEqual([0, inherited]);
});

test('nothing that we start has our token in its environment', async () => {
  const client = await program(`env | grep -c S3CRET-${mark}; exec sleep ${mark}`);
  const source = join(import.meta.dirname, '../../../src/nodes/exec/launcher.ts');
  const script = `
    import {launch} from '${source}';
    import {execFileSync} from 'node:child_process';
    import {readFileSync} from 'node:fs';
    const explain = (tried, problem) => ({tried, problem, next: null});
    await launch({title: 'x', command: async () => ['${client}'], explain}, ['x']);
    const pids = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)]).toString().trim().split(/\\s+/);
    const environments = pids.flatMap((pid) => {
      try { return [readFileSync('/proc/' + pid + '/environ', 'utf8')]; } catch { return []; }
    });
    console.log(environments.length, environments.filter((text) => text.includes('S3CRET')).length);
    process.kill(process.pid, 'SIGKILL');`;
  const env = {...process.env, KTOP_TOKEN: `S3CRET-${mark}`};
  const ktop = execFile(process.execPath, ['--input-type=module-typescript', '--eval', script], {env});
  const data: unknown[] = await once(ktop.stdout ?? expect.unreachable(), 'data');
  // The program and the helper that ends it with us.
  expect(String(data[0])).toMatch(/^[2-9] 0\n$/);
  await nothingRuns();
}, 60_000);

test('what a login shell says before the command is not its output', async () => {
  const login = await program(`echo "Welcome to h"; printf 'no line end'; echo "a lecture" >&2; exec "$@"`);
  const shell = processShell({
    title: 'ssh h',
    command: (argv) => Promise.resolve([login, ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr, next: null}),
  });
  expect(await shell.run(['sh', '-c', 'echo out; echo err >&2'])).toEqual({
    exitCode: 0,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  const follow = shell.follow(['echo', 'line']);
  let text = '';
  for await (const chunk of follow.stdout) text += Buffer.from(chunk).toString();
  expect([text, await follow.ended]).toEqual(['line\n', {exitCode: 0, stderr: ''}]);
});

test('the signals of a terminal do not keep the end of a command from being seen to', async () => {
  // On this machine itself, behind sudo: ctrl-C and a closed pane reach everything in the foreground.
  const shell = processShell({
    title: 'here',
    command: (argv) => Promise.resolve(['env', ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr, next: null}),
  });
  const follow = shell.follow(['sh', '-c', `echo on; sleep ${mark}; : ${mark}`]);
  await follow.stdout[Symbol.asyncIterator]().next();
  const {stdout} = await promisify(execFile)('pgrep', ['-f', `ktop [0-9]+ sh -c echo on; sleep ${mark}`]);
  for (const pid of stdout.trim().split('\n').map(Number)) {
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGHUP');
  }
  await follow.stop();
  await nothingRuns();
});
