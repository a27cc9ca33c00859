import {spawn} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {ktopBinary, nodeBinary, TerminalProgram} from './terminal.ts';

// A container and a virtual machine of one name: both providers are stand-ins, the terminal is real.
const name = 'twin-worker';
let folder: string;
let ktop: TerminalProgram | undefined;
const env = () => ({
  PATH: `${folder}:${process.env.PATH}`,
  HOME: folder,
  KUBECONFIG: undefined,
  KIND_EXPERIMENTAL_PROVIDER: 'docker',
});

function program(file: string, script: string): void {
  writeFileSync(join(folder, file), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, file), 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktop-twin-'));
  const container = {Id: 'c', Name: `/${name}`, State: {Running: true, Status: 'running'}};
  program(
    'docker',
    `[ "$1" = inspect ] && echo '${JSON.stringify([container])}' || { echo "no such thing" >&2; exit 1; }`,
  );
  const nodes = [{Name: '', ControlPlane: true}, {Name: 'worker'}];
  const list = {valid: [{Name: 'twin', Status: 'OK', Config: {Driver: 'kvm2', Nodes: nodes}}]};
  program(
    'minikube',
    `case "$1" in profile) echo '${JSON.stringify(list)}' ;; ip) echo 127.0.0.1 ;; *) echo ${folder}/key ;; esac`,
  );
});
afterEach(async () => {
  await ktop?.dispose();
  ktop = undefined;
  rmSync(folder, {recursive: true});
});

const start = (...args: readonly string[]) => (ktop = TerminalProgram.ktop([...args, '--node', name], {env: env()}));

test('asks which of two providers is meant, watches that node, and says how not to be asked', async () => {
  const terminal = start();
  await terminal.waitFor('Which one? [1-2]');
  expect(terminal.modes.alternateScreen).toBe(false);
  expect(terminal.text).toMatch(/1 {2}a container of docker +ktop --via kind --node twin-worker/);
  expect(terminal.text).toMatch(/2 {2}a machine of the minikube profile twin +ktop --via minikube --node/);
  // What is no answer is asked again.
  terminal.type('3\r');
  await terminal.waitFor((screen) => screen.text.split('Which one?').length === 3);
  terminal.type('2\r');
  await terminal.waitFor((screen) => screen.modes.alternateScreen && screen.text.includes('ssh docker@127.0.0.1'));
  terminal.press('q');
  expect((await terminal.exited).code).toBe(0);
  expect(terminal.raw).toContain('Without this question: ktop --via minikube --node twin-worker');
});

test.each(['ctrl+c', 'ctrl+d'])('%s leaves it open, with 2', async (key) => {
  const terminal = start('restart');
  await terminal.waitFor('Which one? [1-2]');
  terminal.press(key);
  expect((await terminal.exited).code).toBe(2);
});

test('asks a script nothing: the list, and 2', async () => {
  const child = spawn(nodeBinary, [ktopBinary, '--node', name, '--output', 'jsonl'], {
    env: {...process.env, ...env()},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
  expect(said).toContain('several know a node of that name');
  expect(said).toContain('ktop --via minikube --node twin-worker');
});
