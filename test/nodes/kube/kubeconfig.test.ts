import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {ApiServer} from '../../../src/nodes/kube/api-server.ts';
import {pki} from '../cluster-stand-in.ts';
import {contextNamed, parseKubeconfig, readKubeconfig} from '../../../src/nodes/kube/kubeconfig.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ktop-kubeconfig-'));
});
afterEach(() => rm(folder, {recursive: true}));

test('of several files each may hold a part, the first to name a thing wins, and paths belong to their own file', async () => {
  const write = async (name: string, config: object) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'config'), JSON.stringify(config));
    return join(folder, name, 'config');
  };
  const context = (cluster: string) => ({cluster, user: 'me'});
  const files = [
    join(folder, 'missing'),
    await write('contexts', {contexts: [{name: 'lab', context: context('lab')}]}),
    await write('clusters', {
      'current-context': 'lab',
      clusters: [{name: 'lab', cluster: {server: 'https://lab', 'certificate-authority': 'ca.pem'}}],
    }),
    await write('users', {
      'current-context': 'other',
      contexts: [
        {name: 'lab', context: context('other')},
        {name: 'broken', context: context('nowhere')},
      ],
      clusters: [{name: 'lab', cluster: {server: 'https://second'}}],
      users: [{name: 'me', user: {tokenFile: 'token'}}],
    }),
  ];
  const config = await readKubeconfig(null, {KUBECONFIG: files.join(delimiter)});
  expect(config?.current).toBe('lab');
  expect(config?.contexts).toMatchObject([
    {
      name: 'lab',
      server: 'https://lab',
      ca: {file: join(folder, 'clusters', 'ca.pem')},
      tokenFile: join(folder, 'users', 'token'),
    },
  ]);
  expect(() => config && contextNamed(config, 'broken')).toThrow('its cluster "nowhere" is not there');
});

test.each(['users: [{token: *TOKEN}]', 'users: [{token: !TOKEN 1}]', 'a: b: TOKEN', 'x: [TOKEN'])(
  'a file that is no YAML is not quoted (%s)',
  async (text) => {
    const message = await parseKubeconfig(text, 'config').then(() => 'parsed', String);
    expect(message).toMatch(/it is no YAML: see line \d/);
    expect(message).not.toContain('TOKEN');
  },
);

test.each([
  ['hello', 'it is no kubeconfig: at its top are no fields'],
  ['- contexts', 'it is no kubeconfig: at its top are no fields'],
  ['contexts: [{name: 1, context: {}}]', 'in its contexts a name is no text: put it in quotes'],
  ['current-context: 2026', 'its current-context is no text: put it in quotes'],
])('YAML that is no kubeconfig is told, and not taken for an empty one (%s)', async (text, problem) => {
  const tried = 'read the kubeconfig config';
  await expect(parseKubeconfig(text, 'config')).rejects.toMatchObject({failure: {code: 'bad-config', tried, problem}});
});

test('of a file of several documents the first is read, and one of comments is empty', async () => {
  expect((await parseKubeconfig('current-context: lab\n---\nhello\n', 'config')).current).toBe('lab');
  expect((await parseKubeconfig('# nothing yet\n', 'config')).contexts).toEqual([]);
});

test('a client certificate that was renewed in its files is the one of the next connection', async () => {
  const renewTo = (name: string) =>
    Promise.all([
      copyFile(pki(`${name}.pem`), join(folder, 'c.pem')),
      copyFile(pki(`${name}.key`), join(folder, 'k.pem')),
    ]);
  const pairOf = async (name: string) => ({
    cert: await readFile(pki(`${name}.pem`), 'utf8'),
    key: await readFile(pki(`${name}.key`), 'utf8'),
  });
  await renewTo('jane');
  const config = {
    clusters: [{name: 'c', cluster: {server: 'https://a.test'}}],
    users: [{name: 'u', user: {'client-certificate': 'c.pem', 'client-key': 'k.pem'}}],
    contexts: [{name: 'a', context: {cluster: 'c', user: 'u'}}],
  };
  const parsed = await parseKubeconfig(JSON.stringify(config), join(folder, 'config'));
  const server = await ApiServer.open(contextNamed(parsed, 'a'), {});
  expect(await server.credential.certificate()).toEqual(await pairOf('jane'));
  await renewTo('server');
  expect(await server.credential.certificate()).toEqual(await pairOf('server'));
});

test('a server without a scheme is completed as kubectl does it', async () => {
  const server = async (cluster: object) => {
    const contexts = [{name: 'lab', context: {cluster: 'lab', user: ''}}];
    const config = await parseKubeconfig(JSON.stringify({contexts, clusters: [{name: 'lab', cluster}]}), 'config');
    return config.contexts[0]?.server ?? config.incomplete.get('lab');
  };
  expect(await server({server: 'localhost:8080'})).toBe('http://localhost:8080');
  expect(await server({server: '10.0.0.1:6443', 'certificate-authority-data': 'eA=='})).toBe('https://10.0.0.1:6443');
  expect(await server({server: 'lab:6443/prefix', 'insecure-skip-tls-verify': true})).toBe('https://lab:6443/prefix');
  expect(await server({server: ''})).toBe('its cluster has no valid server');
  expect(await server({server: 'https://'})).toBe('its cluster has no valid server');
});

const base64 = async (name: string) => (await readFile(pki(name))).toString('base64');
const damaged = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString('base64');

test.each<[string, () => Promise<{user?: object; cluster?: object}>, string, string]>([
  [
    'a certificate that is text',
    async () => ({user: {'client-certificate-data': 'AAAA', 'client-key-data': await base64('jane.key')}}),
    'read the client-certificate-data of the user "jane" in FILE',
    'it holds no certificate in PEM form',
  ],
  [
    'a key that is the certificate',
    () => Promise.resolve({user: {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.pem')}}),
    `read ${pki('jane.pem')}, the client-key of the user "jane" in FILE`,
    'it holds no private key in PEM form, but a certificate',
  ],
  [
    "somebody else's key",
    () => Promise.resolve({user: {'client-certificate': pki('jane.pem'), 'client-key': pki('server.key')}}),
    'use the client-key of the user "jane" in FILE',
    "it does not belong to that user's client certificate",
  ],
  [
    'a certificate without key',
    () => Promise.resolve({user: {'client-certificate': pki('jane.pem')}}),
    'use the context "lab" of the kubeconfig',
    'its user "jane" has a client certificate without its key (client-key)',
  ],
  [
    'a CA that is no base64',
    () => Promise.resolve({cluster: {'certificate-authority-data': '§§'}}),
    'read the certificate-authority-data of the cluster "lab" in FILE',
    'it is no base64',
  ],
  [
    'a damaged CA, of which OpenSSL says nothing at all',
    () => Promise.resolve({cluster: {'certificate-authority-data': damaged}}),
    'read the certificate-authority-data of the cluster "lab" in FILE',
    'the certificate in it is damaged',
  ],
])(
  'what cannot be used of a kubeconfig is named by file, entry and field: %s',
  async (_title, parts, tried, problem) => {
    const {user = {token: 't'}, cluster = {}} = await parts();
    const path = join(folder, 'config');
    const config = {
      clusters: [{name: 'lab', cluster: {server: 'https://a.test', ...cluster}}],
      users: [{name: 'jane', user}],
      contexts: [{name: 'lab', context: {cluster: 'lab', user: 'jane'}}],
    };
    const context = contextNamed(await parseKubeconfig(JSON.stringify(config), path), 'lab');
    await expect(ApiServer.open(context, {})).rejects.toMatchObject({
      failure: {tried: tried.replace('FILE', path), problem, next: 'kubectl config view'},
    });
  },
);
