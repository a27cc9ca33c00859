import {spawnSync} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {findNode} from '../../../src/nodes/find-node.ts';
import {listNodes} from '../../../src/nodes/list-nodes.ts';
import {minikubeLogin} from '../../../src/nodes/providers/minikube-login.ts';
import {listMinikube} from '../../../src/nodes/providers/minikube-profiles.ts';

let folder: string;
const env = () => ({PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder});

async function program(name: string, script: string): Promise<void> {
  await mkdir(join(folder, 'bin'), {recursive: true});
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}
/** Answers for one profile `lab`, with what its commands say. */
async function profile(config: object, otherwise = 'exit 1'): Promise<void> {
  const nodes = [{Name: '', ControlPlane: true, KubernetesVersion: 'v1.31.0'}];
  const valid = [{Name: 'lab', Status: 'Running', Config: {Name: 'lab', Nodes: nodes, ...config}}];
  const list = JSON.stringify({invalid: [], valid});
  await program('minikube', `case "$*" in *"profile list"*) echo '${list}' ;; *) ${otherwise} ;; esac`);
}
async function machine(driver: object, home = join(folder, '.minikube')): Promise<void> {
  await mkdir(join(home, 'machines', 'lab'), {recursive: true});
  await writeFile(join(home, 'machines', 'lab', 'config.json'), JSON.stringify({Driver: driver}));
}
async function login(more: Readonly<Record<string, string>> = {}) {
  const listed = await listMinikube(env());
  if ('problem' in listed || listed[0] === undefined) throw new Error('no node');
  return minikubeLogin(listed[0], {...env(), ...more});
}

const noSuch = `[ "$1" = ps ] && exit 0; echo "Error: no such container" >&2; exit 125`;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-minikube-'));
  for (const engine of ['docker', 'podman', 'nerdctl']) await program(engine, noSuch);
});
afterEach(() => rm(folder, {recursive: true}));

test('a machine of the user’s own is reached by the user, port and key that the profile names', async () => {
  const own = {SSHIPAddress: '192.0.2.30', SSHUser: 'alex', SSHPort: 2222, SSHKey: '/keys/lab'};
  await profile({Driver: 'ssh', ...own});
  expect(await login()).toEqual({host: '192.0.2.30', port: 2222, user: 'alex', keys: ['/keys/lab']});
});

test('a machine behind a user network is reached by the forwarded port that its own file names', async () => {
  // The profile holds the defaults of the ssh driver, which mean nothing here.
  await profile({Driver: 'qemu2', SSHUser: 'root', SSHPort: 22, SSHIPAddress: ''}, 'echo 127.0.0.1');
  const forwarded = {IPAddress: '127.0.0.1', SSHUser: 'docker', SSHPort: 41231, SSHKeyPath: '/keys/id_rsa'};
  await machine(forwarded);
  expect(await login()).toEqual({host: '127.0.0.1', port: 41231, user: 'docker', keys: ['/keys/id_rsa']});
  const elsewhere = join(folder, 'elsewhere');
  await machine({...forwarded, SSHPort: 41232}, join(elsewhere, '.minikube'));
  expect(await login({MINIKUBE_HOME: elsewhere})).toMatchObject({port: 41232});
});

test('VirtualBox forwards a port of this machine, whatever address its machine has besides', async () => {
  await profile({Driver: 'virtualbox'});
  await machine({IPAddress: '192.168.59.100', SSHUser: 'docker', SSHPort: 40022});
  const keys = [join(folder, '.minikube', 'machines', 'lab', 'id_rsa')];
  expect(await login()).toEqual({host: '127.0.0.1', port: 40022, user: 'docker', keys});
});

test('without the machine’s file minikube is asked', async () => {
  await profile({Driver: 'kvm2'}, 'case "$1" in ip) echo 192.0.2.9 ;; ssh-key) echo /keys/asked ;; esac');
  expect(await login()).toEqual({host: '192.0.2.9', port: null, user: 'docker', keys: ['/keys/asked']});
});

test.each([
  [
    'the error as Go made JSON of it',
    `echo '{"error":{"Op":"open","Path":"/h/config","Err":13}}'; exit 85`,
    'open /h/config: permission denied',
  ],
  ['a word', `echo '{"error":"no profile"}'; exit 85`, 'no profile'],
  [
    'an event',
    `echo '{"type":"io.k8s.sigs.minikube.error","data":{"message":"the disk is full"}}'; exit 1`,
    'the disk is full',
  ],
  ['nothing that can be read', `echo '{"error":{}}'; exit 85`, 'it ended with exit code 85 and no word'],
])('minikube’s own error is quoted: %s', async (_, script, quoted) => {
  await program('minikube', script);
  const problem = expect.stringContaining(quoted) as unknown;
  await expect(findNode({node: 'lab', env: env()})).rejects.toMatchObject({kind: 'not-now', failure: {problem}});
  expect((await listNodes({env: env()})).problems).toMatchObject([{problem}]);
});

test('a machine on which minikube never ran has no profiles, and that is no error', async () => {
  await program('minikube', `echo '{"error":{"Op":"open","Path":"/h/.minikube/profiles","Err":2}}'; exit 85`);
  expect(await listNodes({env: env()})).toEqual({nodes: [], problems: []});
});

test.each([
  [
    'no right to read its folder',
    `echo '{"error":{"Op":"open","Path":"/h/.minikube/profiles","Err":13}}'; exit 85`,
    'permission denied',
  ],
  [
    'a folder of another kind that lacks',
    `echo '{"error":{"Op":"open","Path":"/h/.kube/config","Err":2}}'; exit 85`,
    '/h/.kube/config',
  ],
  ['an error in plain words', `echo '{"error":"config is corrupt"}'; exit 1`, 'config is corrupt'],
  ['an error that says nothing', `echo '{"error":{}}'; exit 85`, 'it ended with exit code 85'],
  ['an empty answer', 'exit 0', 'it ended with exit code 0'],
])('minikube with %s is quoted, and not taken for a machine without profiles', async (_what, script, says) => {
  await program('minikube', script);
  const {problems} = await listNodes({env: env()});
  expect(problems.map(({problem}) => problem.toLowerCase()).join()).toContain(says);
});

test('the key of a machine in a folder with a space is the one that ssh takes', async ({skip}) => {
  if (spawnSync('ssh', ['-V']).error !== undefined) skip('no ssh on this machine');
  const key = join(folder, 'my keys', 'id_rsa');
  await mkdir(join(folder, 'my keys'));
  await writeFile(key, '');
  await profile({Driver: 'kvm2'});
  await machine({IPAddress: '192.0.2.7', SSHUser: 'docker', SSHPort: 22, SSHKeyPath: key});
  await program(
    'ssh',
    `[ "$1" = -G ] && exec /usr/bin/ssh "$@"; for one; do echo "<$one>"; done >>${folder}/argv; exit 255`,
  );
  const node = await findNode({node: 'lab', env: env()});
  if (node.shell.kind === 'shell') await node.shell.shell.run(['true']).catch(() => undefined);
  await node.close();
  const argv = [...(await readFile(join(folder, 'argv'), 'utf8')).matchAll(/^<(.*)>$/gm)].map(([, one = '']) => one);
  const asked = argv.slice(0, argv.indexOf('--') + 2);
  const {stdout} = spawnSync('/usr/bin/ssh', ['-G', ...asked], {encoding: 'utf8'});
  expect(stdout).toContain(`identityfile ${key}\n`);
});

test('a cluster that does not answer does not keep its nodes from being listed', async () => {
  const node = {Name: '', ControlPlane: true};
  const valid = [{Name: 'lab', Status: 'OK', Config: {Driver: 'kvm2', Nodes: [node]}}];
  await program(
    'minikube',
    `case "$*" in *--light*) echo '${JSON.stringify({valid})}' ;; *) echo stuck >&2; exit 1 ;; esac`,
  );
  const {nodes, problems} = await listNodes({env: env()});
  expect(nodes).toMatchObject([{name: 'lab', provider: 'minikube', state: 'OK'}]);
  expect(problems).toMatchObject([{problem: 'stuck'}]);
});

const container = {Id: 'c', Name: 'lab', State: {Running: true, Status: 'running'}};
const rootsPodman = `while [ "\${1#-}" != "$1" ]; do shift; done; shift
case "$1" in inspect) echo '${JSON.stringify([container])}' ;; *) exit 1 ;; esac`;

test('a node of the podman driver is found in root’s podman, by its name alone', async () => {
  await profile({Driver: 'podman'});
  await program('sudo', rootsPodman);
  const node = await findNode({node: 'lab', env: env()});
  expect([node.transport, node.commandPrefix]).toEqual(['sudo podman exec', 'sudo podman exec lab']);
  await node.close();
  expect((await listNodes({env: env()})).nodes).toMatchObject([{name: 'lab', reach: 'sudo podman exec'}]);
});

test('where sudo wants a password for root’s podman, that and the way out are told', async () => {
  await profile({Driver: 'podman'});
  await program('sudo', 'echo "sudo: a password is required" >&2; exit 1');
  await expect(findNode({node: 'lab', env: env()})).rejects.toMatchObject({
    kind: 'not-now',
    failure: {
      problem: 'podman has no such container; sudo podman did not answer: sudo: a password is required',
      next: 'sudo -v && ktop --node lab …',
    },
  });
});
