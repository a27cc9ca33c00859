import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {processShell} from '../../../src/nodes/exec/process-shell.ts';
import type {NodeShell} from '../../../src/nodes/node.ts';
import {followJournal} from '../../../src/sources/journal/follow-journal.ts';
import {nodeCommand} from '../../../src/sources/journal/node-command.ts';

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

/** This machine's own tools, over another root. */
async function nodeOver(folder: string): Promise<NodeShell> {
  const bin = join(folder, 'bin');
  await mkdir(bin, {recursive: true});
  await writeFile(join(bin, 'journalctl'), `#!/bin/sh\nexec /usr/bin/journalctl --root=${folder} "$@"\n`, {
    mode: 0o755,
  });
  const overRoot = (argv: readonly string[]) => [
    'env',
    `PATH=${bin}:${process.env.PATH ?? ''}`,
    ...argv.map((one) => (one.startsWith('/') ? `${folder}${one}` : one)),
  ];
  return {
    ...here,
    run: (argv, options) => here.run(overRoot(argv), options),
    follow: (argv, options) => here.follow(overRoot(argv), options),
  };
}

async function machineOf(folder: string, machineId: string, hostname: string): Promise<void> {
  for (const [path, text] of [
    ['etc/machine-id', machineId],
    ['proc/sys/kernel/hostname', hostname],
  ] as const) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    await writeFile(join(folder, path), `${text}\n`);
  }
}

/** What journalctl is asked to leave out by. */
async function matchesOn(folder: string): Promise<string> {
  const {stdout} = await (await nodeOver(folder)).run(nodeCommand(['echo', '--merge']));
  return stdout.trim().replace(/^--merge ?/, '');
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
    await machineOf(root, now, 'node-1');
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
    const options = {shell: await nodeOver(root), commandPrefix: '', units: ['kubelet'], lines: 3, ...rest};
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
    const own = 'a'.repeat(32);
    await machineOf(copied, own, 'node-1');
    const other = 'e'.repeat(32);
    const written = {machine: other, second: 1, message: 'under another name'};
    await writeJournal(`var/log/journal/${other}/system.journal`, [{...written, host: 'node-9'}], copied);
    expect(await matchesOn(copied)).toBe('');
    await writeJournal(`var/log/journal/${other}/user.journal`, [{...written, host: 'node-1'}], copied);
    expect(await matchesOn(copied)).toBe(`_MACHINE_ID=${own} + _HOSTNAME=node-1`);
  },
);

it.skipIf(missing.length > 0)(
  'asks for nothing where all is written by the node itself and no other machine could write beside it',
  async () => {
    const folder = await mkdtemp(join(root, 'own-'));
    const own = 'a'.repeat(32);
    await machineOf(folder, own, 'node-1');
    await writeJournal(
      `var/log/journal/${own}/system.journal`,
      [{machine: own, host: 'node-1', second: 1, message: ''}],
      folder,
    );
    expect(await matchesOn(folder)).toBe('');
    await mkdir(join(folder, 'usr/lib/systemd/systemd-journal-remote'), {recursive: true});
    expect(await matchesOn(folder)).toBe(`_MACHINE_ID=${own} + _HOSTNAME=node-1`);
  },
);

it('knows a node that is called as many are by its machine id alone, and asks for nothing where it has none', async () => {
  const folder = await mkdtemp(join(root, 'named-'));
  expect(await matchesOn(folder)).toBe('');
  const id = 'd'.repeat(32);
  for (const hostname of ['localhost.localdomain', 'Localhost', '(none)', 'node-1 _PID=1']) {
    await machineOf(folder, id, hostname);
    expect(await matchesOn(folder)).toBe(`_MACHINE_ID=${id}`);
  }
  await machineOf(folder, 'uninitialized', 'node-1');
  expect(await matchesOn(folder)).toBe('');
});

it('runs journalctl also where the tool that makes its writes larger is there and does not work', async () => {
  const folder = await mkdtemp(join(root, 'broken-'));
  const node = await nodeOver(folder);
  await writeFile(join(folder, 'bin/stdbuf'), '#!/bin/sh\nexit 125\n', {mode: 0o755});
  expect(await node.run(nodeCommand(['echo', 'here']))).toMatchObject({exitCode: 0, stdout: 'here\n'});
});
