import {execFile} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {ktopBinary, nodeBinary} from './terminal.ts';

// An engine, a node and a kubeconfig that say what would write on a terminal; each command ends as it should and prints
// none of it.
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktop-outside-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

/** Sets a title, clears the screen, turns the text around, goes back in the line; in both sets of control characters. */
const evil = 'a\x1b]0;owned\x07\x1b[2J\u202eb\rc\x9b31md\be\x7f';
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

interface Ended {
  readonly code: number;
  readonly text: string;
}

function ktop(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const PATH = `${folder}:/usr/bin:/bin`;
  const all = {PATH, HOME: folder, KIND_EXPERIMENTAL_PROVIDER: 'docker', ...env};
  return new Promise((resolve) => {
    const child = execFile(nodeBinary, [ktopBinary, ...args], {env: all}, (_error, stdout, stderr) =>
      resolve({code: child.exitCode ?? -1, text: stdout + stderr}),
    );
    child.stdin?.end();
  });
}

function docker(script: string): void {
  const file = join(folder, 'docker');
  writeFileSync(join(folder, 'evil'), evil);
  writeFileSync(file, `#!/bin/sh\nevil() { cat ${folder}/evil; }\n${script}\n`);
  chmodSync(file, 0o755);
}

const container = (name: string, cluster: string) => ({
  Id: '3f2a9c1b7d11aa',
  Name: `/${name}`,
  Path: '/usr/local/bin/entrypoint',
  Args: ['/sbin/init'],
  State: {Running: true, Status: evil},
  Config: {Hostname: name, Labels: {'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': evil}},
  NetworkSettings: {IPAddress: '', Ports: {}, Networks: {}},
});

test.each([
  ['ktop nodes lists what an engine tells', ['nodes'], 0, 'worker'],
  ['ktop nodes lists it as JSON', ['nodes', '--json'], 0, 'worker'],
  ['ktop restart tells why a node refused', ['restart', '--yes', '--node', 'worker'], 1, 'worker'],
  ['ktop clear tells it, too', ['clear', '--yes', '--node', 'worker'], 1, 'worker'],
] as const)('%s, without a control character', async (_title, args, code, says) => {
  writeFileSync(join(folder, 'inspected'), JSON.stringify([container('worker', evil)]));
  docker(`case "$1" in
ps) echo 3f2a9c1b7d11aa ;;
inspect) cat ${folder}/inspected ;;
*) evil >&2; exit 1 ;;
esac`);
  const end = await ktop(args);
  expect(end.text).toContain(says);
  expect(end.text).not.toMatch(controls);
  expect(end.code, end.text).toBe(code);
});

test('ktop nodes ends with 1 where the engine answers with an error, whose words are cleaned', async () => {
  docker('evil >&2; exit 1');
  const end = await ktop(['nodes']);
  expect(end.text).toContain('␍cd␈e␡');
  expect(end.text).not.toMatch(controls);
  expect(end.code).toBe(1);
});

test.each([
  ['access', '--apply'],
  ['access', '--remove'],
])('ktop %s %s ends with 1 where the cluster is not there, and cleans the words of the kubeconfig', async (...args) => {
  docker('exit 1');
  const config = {
    'current-context': evil,
    clusters: [{name: 'c', cluster: {server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true}}],
    users: [{name: evil, user: {exec: {apiVersion: 'client.authentication.k8s.io/v1', command: './plugin'}}}],
    contexts: [{name: evil, context: {cluster: 'c', user: evil}}],
  };
  const plugin = join(folder, 'plugin');
  writeFileSync(plugin, `#!/bin/sh\necho 'S3CRET'\ncat ${folder}/evil >&2\nexit 1\n`);
  chmodSync(plugin, 0o755);
  writeFileSync(join(folder, 'config'), JSON.stringify(config));
  const end = await ktop(args, {KUBECONFIG: join(folder, 'config')});
  expect(end.text).toContain('␍cd␈e␡');
  expect(end.text).not.toMatch(controls);
  expect(end.text).not.toContain('S3CRET');
  expect(end.code).toBe(1);
});
