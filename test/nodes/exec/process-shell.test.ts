import {execFile} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {processShell} from '../../../src/nodes/exec/process-shell.ts';

// The same wrapper as on a node, with nothing between: what docker or ssh add is proved on the real ones.
const shell = processShell({
  title: 'here',
  command: (argv) => Promise.resolve(['env', ...argv]),
  explain: (tried, stderr) => ({tried, problem: `lost: ${stderr}`, next: null}),
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-shell-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** Command lines of this machine that hold a mark. */
async function running(mark: string): Promise<readonly string[]> {
  const {stdout} = await promisify(execFile)('ps', ['-eo', 'stat=,args=']);
  return stdout.split('\n').filter((line) => line.includes(mark) && !line.startsWith('Z'));
}

test('a command gives its output, its standard error and its exit code', async () => {
  const result = await shell.run(['sh', '-c', 'cat; echo said >&2; exit 3'], {input: 'hello'});
  expect(result).toEqual({exitCode: 3, stdout: 'hello', stderr: 'said\n'});
});

test('arguments arrive as they were given, whatever they hold', async () => {
  const hostile = ['a b', '$(touch pwned)', "'; x", '`id`', 'line\nbreak', '-n', '*', '\\', '"', ''];
  const {stdout} = await shell.run(['printf', '%s\\0', ...hostile]);
  expect(stdout.split('\0').slice(0, -1)).toEqual(hostile);
});

test('a command that takes too long is ended with all its children', async () => {
  const mark = '31415.271';
  const late = shell.run(['sh', '-c', `sleep ${mark} & sleep ${mark}`], {timeoutMs: 200});
  await expect(late).rejects.toThrow('gave no answer within 0.2 s');
  await vi.waitFor(async () => expect(await running(mark)).toEqual([]), {timeout: 5000});
});

test('an answer that is longer than it may be is not read to its end', async () => {
  const run = shell.run(['yes', 'word'], {mostBytes: 64 * 1024, timeoutMs: 60_000});
  await expect(run).rejects.toMatchObject({failure: {problem: 'answered more than 64 KB'}});
});

test('a followed command ends when it is stopped, and does not end before', async () => {
  const mark = '31415.272';
  const follow = shell.follow(['sh', '-c', `cat; while :; do echo tick; sleep 0.05; done; : ${mark}`], {input: 'in\n'});
  let text = '';
  for await (const chunk of follow.stdout) {
    text += Buffer.from(chunk).toString();
    if (text.includes('tick\ntick')) break;
  }
  expect(text).toMatch(/^in\ntick\ntick/);
  await follow.stop();
  expect(await follow.ended).toEqual({exitCode: null, stderr: ''});
  await vi.waitFor(async () => expect(await running(mark)).toEqual([]), {timeout: 5000});
});

test('a followed command that ends by itself says how', async () => {
  const follow = shell.follow(['sh', '-c', 'echo one; echo why >&2; exit 4']);
  let text = '';
  for await (const chunk of follow.stdout) text += Buffer.from(chunk).toString();
  expect(text).toBe('one\n');
  expect(await follow.ended).toEqual({exitCode: 4, stderr: 'why\n'});
});

test('a connection that breaks off is no exit code', async () => {
  const broken = processShell({
    title: 'broken',
    command: () => Promise.resolve(['sh', '-c', 'echo "no such container" >&2; exit 1']),
    explain: (tried, stderr) => ({tried, problem: stderr.trim(), next: null}),
  });
  await expect(broken.run(['true'])).rejects.toThrow('no such container');
  const follow = broken.follow(['true']);
  expect(await follow.ended).toEqual({exitCode: null, stderr: 'no such container'});
});

test('what docker says on standard output of a node without a shell is the reason, too', async () => {
  const said = 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH';
  const shell = processShell({
    title: 'no shell',
    command: () => Promise.resolve(['sh', '-c', `echo '${said}'; exit 126`]),
    explain: (tried, stderr) => ({tried, problem: stderr.trim(), next: null}),
  });
  await expect(shell.run(['true'])).rejects.toThrow(said);
  const follow = shell.follow(['true']);
  for await (const chunk of follow.stdout) expect(chunk.length).toBeGreaterThan(0);
  expect(await follow.ended).toEqual({exitCode: null, stderr: said});
});

test('a program that is not installed is named', async () => {
  const absent = processShell({
    title: 'absent',
    command: (argv) => Promise.resolve(['no-such-engine', ...argv]),
    explain: (tried, stderr) => ({tried, problem: stderr, next: null}),
  });
  await expect(absent.run(['true'])).rejects.toThrow('there is no "no-such-engine" on this machine\'s PATH');
});

test('a copied file has the given mode and replaces the old one whole, or not at all', async () => {
  const from = join(folder, 'from');
  const to = join(folder, "to; it's");
  const content = randomBytes(3_000_000);
  await writeFile(from, content);
  await writeFile(to, 'old');
  await shell.copyIn(from, to, {mode: 0o751});
  expect((await readFile(to)).equals(content)).toBe(true);
  expect((await stat(to)).mode & 0o777).toBe(0o751);
  await expect(shell.copyIn(from, '/no-such-folder/x')).rejects.toThrow('no-such-folder');
  expect((await readdir(folder)).sort()).toEqual(['from', "to; it's"]);
});

test('what is to be done with a copy is done once it is whole, with what was read of it as it grew', async () => {
  const from = join(folder, 'read');
  const to = join(folder, 'copied');
  const content = randomBytes(3_000_000);
  await writeFile(from, content);
  const told: string[] = [];
  const after = {
    beside: 'sha256sum | cut -c1-64',
    script: '[ -e "$2" ] && echo "$1 $3" && echo said >&2; exit 7',
    args: [to, "it's"],
  };
  const result = await shell.copyIn(from, to, {after, onCopied: () => told.push('copied')});
  const sha = createHash('sha256').update(content).digest('hex');
  expect({...result, told}).toEqual({exitCode: 7, stdout: `${sha} it's\n`, stderr: 'said\n', told: ['copied']});
  const lost = shell.copyIn(from, '/no-such-folder/x', {after, onCopied: () => told.push('lost')});
  await expect(lost).rejects.toThrow('no-such-folder');
  expect(told).toEqual(['copied']);
  expect((await readdir(folder)).filter((name) => name.startsWith('copied'))).toEqual(['copied']);
});

test('a copy arrives where dd of the node is too old to count bytes', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'dd'), '#!/bin/sh\nexit 1\n', {mode: 0o755});
  const old = processShell({
    title: 'here',
    env: {PATH: `${bin}:${process.env.PATH}`},
    command: (argv) => Promise.resolve(['env', ...argv]),
    explain: (tried, stderr) => ({tried, problem: `lost: ${stderr}`, next: null}),
  });
  const content = randomBytes(1_500_000);
  await writeFile(join(folder, 'from'), content);
  await old.copyIn(join(folder, 'from'), join(bin, 'to'));
  expect((await readFile(join(bin, 'to'))).equals(content)).toBe(true);
});
