import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {processShell} from '../../../src/nodes/exec/process-shell.ts';
import type {NodeShell} from '../../../src/nodes/node.ts';
import {followJournal} from '../../../src/sources/journal/follow-journal.ts';
import {ownEntries} from '../../../src/sources/journal/own-entries.ts';

const writer = ['/lib/systemd/systemd-journal-remote', '/usr/lib/systemd/systemd-journal-remote'].find(existsSync);
const missing = [
  ...(existsSync('/usr/bin/journalctl') ? [] : ['journalctl']),
  ...(writer ? [] : ['systemd-journal-remote']),
];
if (missing.length > 0)
  process.stderr.write(`\n*** SKIPPED: journals of several machines: no ${missing.join(', ')} ***\n\n`);

const here = processShell({
  title: 'here',
  command: (argv) => Promise.resolve(['env', ...argv]),
  explain: (tried, stderr) => ({tried, problem: stderr, next: null}),
});
let root = '';
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'ktop-journals-'))));
afterAll(() => rm(root, {recursive: true, force: true}));

const {signal} = new AbortController();

/** This machine's own tools, over another root. */
function nodeOver(folder: string): NodeShell {
  const overRoot = ([command = '', ...rest]: readonly string[]) =>
    command === 'journalctl'
      ? ['/usr/bin/journalctl', `--root=${folder}`, ...rest]
      : [command, ...rest.map((one) => (one.startsWith('/') ? `${folder}${one}` : one))];
  return {
    ...here,
    run: (argv, options) => here.run(overRoot(argv), options),
    follow: (argv, options) => here.follow(overRoot(argv), options),
  };
}

interface Written {
  readonly machine: string;
  readonly host: string;
  readonly second: number;
  readonly message: string;
}

async function writeJournal(path: string, entries: readonly Written[], folder = root): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), {recursive: true});
  const input = entries.map(({machine, host, second, message}) =>
    [
      `__REALTIME_TIMESTAMP=${1_795_470_381_000_000 + second * 1_000_000}`,
      `__MONOTONIC_TIMESTAMP=${second * 1_000_000}`,
      `_BOOT_ID=${machine}`,
      `_MACHINE_ID=${machine}`,
      `_HOSTNAME=${host}`,
      '_SYSTEMD_UNIT=kubelet.service',
      `MESSAGE=${message}\n\n`,
    ].join('\n'),
  );
  execFileSync(writer ?? '', [`--output=${file}`, '--split-mode=none', '-'], {input: input.join(''), stdio: 'pipe'});
}

it.skipIf(missing.length > 0)(
  'shows of all journals on a node only what the node itself wrote, each line once',
  async () => {
    const [now, before, other] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];
    await mkdir(join(root, 'etc'), {recursive: true});
    await writeFile(join(root, 'etc/machine-id'), `${now}\n`);
    await mkdir(join(root, 'proc/sys/kernel'), {recursive: true});
    await writeFile(join(root, 'proc/sys/kernel/hostname'), 'node-1\n');
    await writeJournal(`var/log/journal/${before}/system.journal`, [
      {machine: before, host: 'node-1', second: 1, message: 'before the machine id was made anew'},
    ]);
    await writeJournal(`var/log/journal/${now}/system.journal`, [
      {machine: now, host: 'node-1', second: 2, message: 'first'},
      {machine: now, host: 'renamed', second: 4, message: 'second'},
    ]);
    await mkdir(join(root, `run/log/journal/${now}`), {recursive: true});
    await copyFile(
      join(root, `var/log/journal/${now}/system.journal`),
      join(root, `run/log/journal/${now}/system.journal`),
    );
    await writeJournal('var/log/journal/remote/remote-other.journal', [
      {machine: other, host: 'other', second: 3, message: 'from elsewhere'},
      {machine: other, host: 'other', second: 5, message: 'from elsewhere'},
    ]);
    const ended = new AbortController();
    const rest = {since: null, boot: null, sourceGrep: null, tickPattern: null};
    const options = {shell: nodeOver(root), commandPrefix: '', units: ['kubelet'], lines: 3, ...rest};
    const messages: string[] = [];
    for await (const event of followJournal(options, ended.signal)) {
      if (event.type === 'journal') messages.push(...event.entries.map((one) => one.message));
      if (
        messages.length >= 3 ||
        (event.type === 'journal-stream' && event.state.kind === 'following' && messages.length > 0)
      )
        ended.abort();
    }
    expect(messages).toEqual(['before the machine id was made anew', 'first', 'second']);
  },
);

it.skipIf(missing.length > 0)(
  'shows a journal that was written under another machine id and name only, as one that is mounted or was copied',
  async () => {
    const copied = await mkdtemp(join(root, 'copied-'));
    await mkdir(join(copied, 'etc'), {recursive: true});
    await writeFile(join(copied, 'etc/machine-id'), `${'a'.repeat(32)}\n`);
    await mkdir(join(copied, 'proc/sys/kernel'), {recursive: true});
    await writeFile(join(copied, 'proc/sys/kernel/hostname'), 'node-1\n');
    const other = 'e'.repeat(32);
    const written = {machine: other, second: 1, message: 'under another name'};
    await writeJournal(`var/log/journal/${other}/system.journal`, [{...written, host: 'node-9'}], copied);
    expect(await ownEntries(nodeOver(copied), signal)).toEqual([]);
    await writeJournal(`var/log/journal/${other}/user.journal`, [{...written, host: 'node-1'}], copied);
    expect(await ownEntries(nodeOver(copied), signal)).not.toEqual([]);
  },
);

it('knows a node that is called as many are by its machine id alone, and asks for nothing where it has none', async () => {
  const says = (stdout: string): NodeShell => ({
    ...here,
    run: () => Promise.resolve({exitCode: 0, stdout, stderr: ''}),
  });
  const id = 'd'.repeat(32);
  expect(await ownEntries(says(`${id}\nlocalhost.localdomain\n`), signal)).toEqual([`_MACHINE_ID=${id}`]);
  expect(await ownEntries(says(`${id}\nnode-1 _PID=1\n`), signal)).toEqual([`_MACHINE_ID=${id}`]);
  expect(await ownEntries(says('uninitialized\nnode-1\n'), signal)).toEqual([]);
});
