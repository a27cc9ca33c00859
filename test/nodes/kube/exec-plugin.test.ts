import {execFile} from 'node:child_process';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {ApiServer} from '../../../src/nodes/kube/api-server.ts';
import {execCredential} from '../../../src/nodes/kube/exec-plugin.ts';
import {plainContext, type ExecPlugin, type KubeContext} from '../../../src/nodes/kube/kubeconfig.ts';

let folder: string;
let mark: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-plugin-'));
  mark = `27182.${Math.floor(Math.random() * 1e6)}`;
});
afterEach(() => rm(folder, {recursive: true}));

async function plugin(script: string): Promise<ExecPlugin> {
  const command = join(folder, 'plugin');
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  const apiVersion = 'client.authentication.k8s.io/v1';
  return {
    command,
    args: [],
    env: {},
    apiVersion,
    interactiveMode: 'Never',
    installHint: null,
    provideClusterInfo: false,
  };
}
const contextOf = (exec: ExecPlugin): KubeContext => ({
  ...plainContext,
  name: 'c',
  listed: true,
  server: 'https://127.0.0.1:1',
  ca: null,
  user: 'u',
  exec,
});
async function running(): Promise<readonly string[]> {
  const {stdout} = await promisify(execFile)('ps', ['-eo', 'stat=,args=']);
  return stdout.split('\n').filter((line) => line.includes(mark) && !line.startsWith('Z'));
}
const itRuns = () => vi.waitFor(async () => expect(await running()).not.toEqual([]), {timeout: 30_000});
const nothingRuns = () => vi.waitFor(async () => expect(await running()).toEqual([]), {timeout: 30_000});

/** As one that waits for a login which nobody gives, behind a wrapper. */
const hangs = () => plugin(`trap "" TERM\nsh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}'\nexit $?`);

test('a plugin that hangs is ended with all that it started when the request is called off', async () => {
  const server = await ApiServer.open(contextOf(await hangs()), process.env);
  const off = new AbortController();
  const asked = server.request('/version', {signal: off.signal});
  asked.catch(() => undefined);
  await itRuns();
  off.abort();
  await expect(asked).rejects.toThrow();
  await nothingRuns();
  await server.close();
});

test('a plugin that hangs is ended when the connection to its server is given up', async () => {
  const server = await ApiServer.open(contextOf(await hangs()), process.env);
  const asked = server.request('/version');
  asked.catch(() => undefined);
  await itRuns();
  await server.close();
  await expect(asked).rejects.toThrow();
  await nothingRuns();
});

test('one of two that wait for a plugin leaves it to the other', async () => {
  const go = join(folder, 'go');
  const slow = await plugin(
    `echo run >>${folder}/runs; while ! [ -e ${go} ]; do sleep 0.05; done; echo '{"status":{"token":"t-1"}}'`,
  );
  const credential = execCredential(slow, contextOf(slow), process.env);
  const off = new AbortController();
  const [leaves, stays] = [credential.authorization(off.signal), credential.authorization()];
  off.abort();
  await expect(leaves).rejects.toThrow();
  await writeFile(go, '');
  expect(await stays).toBe('Bearer t-1');
  expect(await credential.authorization()).toBe('Bearer t-1');
});

test('a plugin that was called off is run anew for the next who asks', async () => {
  const credential = execCredential(await hangs(), contextOf(await hangs()), process.env);
  const off = new AbortController();
  const left = credential.authorization(off.signal);
  off.abort();
  await expect(left).rejects.toThrow();
  await plugin(`echo '{"status":{"token":"t-2"}}'`);
  expect(await credential.authorization()).toBe('Bearer t-2');
});

test('what a plugin writes to its standard output is in no message: it may be a token', async () => {
  for (const end of ['exit 1', 'exit 0', 'kill -9 $$']) {
    const telling = await plugin(`echo 'S3CRET {"status":{"token":"S3CRET'; ${end}`);
    const credential = execCredential(telling, contextOf(telling), process.env);
    const failure: unknown = await credential.authorization().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('S3CRET');
    expect(String(failure)).not.toContain('S3CRET');
  }
});
