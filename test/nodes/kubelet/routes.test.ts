import {mkdtemp, readFile, rm, writeFile, chmod} from 'node:fs/promises';
import {createServer as createProxy} from 'node:http';
import {connect, createServer as createTcp} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {FailureError} from '../../../src/model/failure.ts';
import {parseKubeconfig} from '../../../src/nodes/kube/kubeconfig.ts';
import {KubeletRoutes, type RouteParts} from '../../../src/nodes/kubelet/routes.ts';
import type {KubeletRoute, NodeShell} from '../../../src/nodes/node.ts';
import type {NodeOptions} from '../../../src/nodes/options.ts';
import {ClusterStandIn, pki} from '../cluster-stand-in.ts';

const stats = '/stats/summary?only_cpu_and_memory=true';
const {signal} = new AbortController();
const jane = {'client-certificate': pki('jane.pem'), 'client-key': pki('jane.key')};
const all = ['nodes/stats', 'nodes/metrics'];
let cluster: ClusterStandIn;
let folder = '';
let closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  cluster = await ClusterStandIn.start('kind-worker');
  folder = await mkdtemp(join(tmpdir(), 'ktop-routes-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closers) await close();
  closers = [];
  await cluster.stop();
  await rm(folder, {recursive: true, force: true});
});

/** A node that answers the one question of this room: with which certificate it serves, and where. */
function nodeShell(): NodeShell {
  return {
    run: () =>
      Promise.resolve({exitCode: 0, stdout: `port=${cluster.kubeletPort}\n${cluster.serving.chain}`, stderr: ''}),
    follow: () => expect.unreachable(),
    copyIn: () => Promise.reject(new Error('not here')),
  };
}

interface Setting {
  readonly env?: Record<string, string>;
  readonly options?: Partial<NodeOptions>;
  readonly parts?: Partial<RouteParts>;
  readonly user?: object;
  readonly cluster?: object;
}

async function open(setting: Setting): Promise<KubeletRoute> {
  const file = join(folder, 'config');
  if (setting.user) await writeFile(file, cluster.kubeconfig(setting.user, setting.cluster));
  const env = {HOME: folder, PATH: process.env.PATH, ...(setting.user && {KUBECONFIG: file}), ...setting.env};
  const routes = new KubeletRoutes({
    name: 'kind-worker',
    options: {node: 'kind-worker', env, ...setting.options},
    shell: nodeShell(),
    addresses: () => Promise.resolve(['127.0.0.1']),
    tunnel: null,
    contexts: [],
    admin: null,
    ...setting.parts,
  });
  closers.push(() => routes.close());
  const route = await routes.open(signal);
  closers.unshift(() => route.close());
  return route;
}

const tunnel: RouteParts['tunnel'] = ({host, port}) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket)).once('error', reject);
  });

test('a token of the environment goes straight to the kubelet, whose certificate is pinned', async () => {
  cluster.tokens.set('secret', 'me');
  cluster.rights = {me: all};
  const route = await open({env: {KTOP_TOKEN: 'secret'}});
  expect([route.kind, route.label, route.warning]).toEqual(['direct', 'direct, certificate pinned', null]);
  expect((await route.get(stats)).body).toBe(`kubelet ${stats}`);
});

test('a stranger at the address of the node never sees the token', async () => {
  cluster.tokens.set('secret', 'me');
  cluster.rights = {me: all};
  const other = await ClusterStandIn.start('kind-worker');
  closers.push(() => other.stop());
  const stdout = `port=${other.kubeletPort}\n${cluster.serving.chain}`;
  const parts = {shell: {...nodeShell(), run: () => Promise.resolve({exitCode: 0, stdout, stderr: ''})}};
  await expect(open({env: {KTOP_TOKEN: 'secret'}, parts})).rejects.toThrow('not the one on the node');
  expect(other.seen).toEqual([]);
});

test("a kubeconfig's client certificate opens the kubelet too", async () => {
  cluster.rights = {jane: ['nodes', ...all]};
  const route = await open({user: jane});
  expect(route.kind).toBe('direct');
  expect(cluster.seen.filter(({server}) => server === 'kubelet').map(({user}) => user)).toContain('jane');
});

test('a node that its cluster knows by the name of its host is asked for by that', async () => {
  cluster.rights = {jane: ['nodes', 'nodes/proxy']};
  const parts = {name: 'my-container', names: ['kind-worker']};
  const route = await open({user: jane, parts, options: {route: 'apiserver'}});
  expect((await route.get(stats)).body).toBe(`kubelet ${stats}`);
});

test("ktop's own service account comes before the user's own rights", async () => {
  cluster.rights = {jane: ['*'], 'system:serviceaccount:kube-system:ktop': all};
  await open({user: jane});
  const users = cluster.seen.filter(({server}) => server === 'kubelet').map(({user}) => user);
  expect(new Set(users)).toEqual(new Set(['system:serviceaccount:kube-system:ktop']));
});

test('a token that is not accepted any more is fetched anew', async () => {
  cluster.rights = {jane: ['*'], 'system:serviceaccount:kube-system:ktop': all};
  const route = await open({user: jane});
  cluster.tokens.clear();
  expect((await route.get(stats)).status).toBe(200);
  expect(route.kind).toBe('direct');
});

test("a user's bearer token stays with the API server as long as that leads there", async () => {
  cluster.tokens.set('bearer', 'joe');
  cluster.rights = {joe: ['nodes', 'nodes/proxy', ...all]};
  const route = await open({user: {token: 'bearer'}});
  expect(route.kind).toBe('apiserver');
  expect((await route.get('/metrics/resource')).body).toBe('kubelet /metrics/resource');
  const users = cluster.seen.filter(({server}) => server === 'kubelet').map(({user}) => user);
  expect(new Set(users)).toEqual(new Set(['kube-apiserver']));
});

test('a user who may read stats but not use the proxy gets there directly', async () => {
  cluster.tokens.set('bearer', 'joe');
  cluster.rights = {joe: all};
  const route = await open({user: {token: 'bearer'}});
  expect(route.kind).toBe('direct');
  expect((await route.get(stats)).status).toBe(200);
});

test('where nothing is allowed the answer names the missing right and the command', async () => {
  cluster.tokens.set('secret', 'me');
  cluster.rights = {me: ['nodes/stats']};
  const route = await open({env: {KTOP_TOKEN: 'secret'}});
  expect((await route.get(stats)).denied).toBeNull();
  expect((await route.get('/metrics/resource')).denied).toMatchObject({
    problem: '403: me lacks the right "get nodes/metrics"',
    next: 'ktop access --apply',
  });
});

test('a token secret is read through the API server', async () => {
  cluster.rights = {jane: ['nodes', 'secrets'], monitor: all};
  cluster.tokens.set('long-lived', 'monitor');
  cluster.secrets.set('kube-system/monitoring-secret-token', 'long-lived');
  await open({user: jane, options: {tokenSecret: 'kube-system/monitoring-secret-token'}});
  expect(cluster.seen.at(-1)).toMatchObject({server: 'kubelet', user: 'monitor'});
});

test('a credential plugin is run, and one that fails says so in its own words', async () => {
  const plugin = join(folder, 'plugin');
  await writeFile(plugin, '#!/bin/sh\necho \'{"status":{"token":"bearer"}}\'\n');
  await chmod(plugin, 0o755);
  cluster.tokens.set('bearer', 'joe');
  cluster.rights = {joe: ['nodes', 'nodes/proxy']};
  expect((await open({user: {exec: {command: './plugin'}}})).kind).toBe('apiserver');
  await writeFile(plugin, '#!/bin/sh\necho "session expired: log in" >&2\nexit 1\n');
  await expect(open({user: {exec: {command: './plugin'}}})).rejects.toThrow('it failed: session expired: log in');
});

/** A proxy that takes CONNECT alone, and leads every name to the API server. */
async function startProxy() {
  const asked: string[] = [];
  const proxy = createProxy((_request, reply) => void reply.writeHead(405).end());
  proxy.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const upstream = connect(cluster.apiPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const [one, other] of [[upstream, socket] as const, [socket, upstream] as const]) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : 0;
  // Its connections end with those who use them.
  closers.push(() => Promise.resolve(void proxy.close()));
  return {asked, address: `127.0.0.1:${port}`};
}

/** A SOCKS5 proxy that leads every name to the API server. */
async function startSocks(wantsLogin: boolean) {
  const asked: string[] = [];
  const proxy = createTcp((socket) => {
    let who = '';
    socket.on('error', () => socket.destroy());
    const request = (bytes: Buffer) => {
      const end = 5 + (bytes[4] ?? 0);
      asked.push(`${who}${bytes.subarray(5, end).toString()}:${bytes.readUInt16BE(end)}`);
      const upstream = connect(cluster.apiPort, '127.0.0.1', () => {
        // In two pieces, as a network may deliver it.
        socket.write(Buffer.from([5, 0, 0]));
        socket.write(Buffer.from([1, 0, 0, 0, 0, 0, 0]));
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
    };
    const login = (bytes: Buffer) => {
      const userEnd = 2 + (bytes[1] ?? 0);
      who = `${bytes.subarray(2, userEnd).toString()}:${bytes.subarray(userEnd + 1).toString()} `;
      socket.write(Buffer.from([1, 0]));
      socket.once('data', request);
    };
    socket.once('data', () => {
      socket.write(Buffer.from([5, wantsLogin ? 2 : 0]));
      socket.once('data', wantsLogin ? login : request);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : 0;
  closers.push(() => Promise.resolve(void proxy.close()));
  return {asked, address: `127.0.0.1:${port}`};
}

const far = {server: 'https://api.far.test:6443', 'tls-server-name': 'localhost'};

test('reaches the API server through the proxy of the kubeconfig or of the environment', async () => {
  cluster.rights = {jane: ['nodes', 'nodes/proxy']};
  const proxy = await startProxy();
  const options = {route: 'apiserver'} as const;
  const own = await open({user: jane, cluster: {...far, 'proxy-url': `http://me:pass@${proxy.address}`}, options});
  expect((await own.get(stats)).body).toBe(`kubelet ${stats}`);
  expect(new Set(proxy.asked)).toEqual(new Set([`api.far.test:6443 Basic ${btoa('me:pass')}`]));
  proxy.asked.length = 0;
  const env = {HTTPS_PROXY: proxy.address, NO_PROXY: 'other.test,.far.test:443'};
  expect((await (await open({user: jane, cluster: far, env, options})).get(stats)).status).toBe(200);
  expect(proxy.asked).toContain('api.far.test:6443');
});

test('a proxy that is down is named without its password, and NO_PROXY goes past it', async () => {
  const options = {route: 'apiserver'} as const;
  const down = {...far, 'proxy-url': 'http://me:pass@127.0.0.1:9'};
  const message = await open({user: jane, cluster: down, options}).then(() => 'nothing', String);
  expect(message).toContain('through the proxy 127.0.0.1:9: connection refused');
  expect(message).not.toContain('pass');
  const env = {HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: 'far.test'};
  await expect(open({user: jane, cluster: far, env, options})).rejects.toThrow(/that name is unknown|looked up/);
});

test('falls back to the API server when the direct way closes while it runs', async () => {
  cluster.rights = {jane: ['*']};
  const closed = {yes: false};
  const run: NodeShell['run'] = () =>
    closed.yes ? Promise.reject(new Error('the node is busy')) : nodeShell().run([]);
  const route = await open({user: jane, parts: {shell: {...nodeShell(), run}}});
  expect(route.kind).toBe('direct');
  closed.yes = true;
  // Cuts the open connections; opening them again needs the certificate, which cannot be read now.
  await cluster.stopKubelet();
  await cluster.startKubelet();
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
  expect((await route.get(stats)).status).toBe(200);
  expect(route.kind).toBe('apiserver');
});

test('a kubelet that is down is said to be down, and found again when it is back', async () => {
  cluster.rights = {jane: ['*']};
  const route = await open({user: jane});
  await cluster.stopKubelet();
  await expect(route.get(stats)).rejects.toThrow('connection refused');
  await cluster.startKubelet();
  expect((await route.get(stats)).status).toBe(200);
  expect(route.kind).toBe('direct');
});

test('a tunnel through the node serves where the address cannot be reached', async () => {
  cluster.tokens.set('secret', 'me');
  cluster.rights = {me: all};
  const parts = {addresses: () => Promise.resolve([]), tunnel};
  const route = await open({env: {KTOP_TOKEN: 'secret'}, parts});
  expect([route.kind, route.label]).toEqual(['exec', 'through the node, certificate pinned']);
  expect((await route.get(stats)).status).toBe(200);
});

test('skipping the verification needs the word for it and is warned of', async () => {
  cluster.tokens.set('secret', 'me');
  cluster.rights = {me: all};
  const route = await open({env: {KTOP_TOKEN: 'secret'}, options: {insecure: true}});
  expect(route.warning).toContain('not verified');
});

test('a wrong CA, a missing context and a cluster that is down each have their own sentence', async () => {
  const wrong = open({user: jane, cluster: {'certificate-authority': pki('other-ca.pem')}});
  await expect(wrong).rejects.toThrow('signed by a CA that was not given');
  await expect(open({user: jane, options: {context: 'nope'}})).rejects.toThrow('it has no such context, only test');
  await cluster.stopApi();
  await expect(open({user: jane})).rejects.toThrow('connection refused: nothing listens there now');
  await expect(open({})).rejects.toThrow('neither a token nor a kubeconfig');
});

test('a failure carries its kind beside its sentence, through every way that was tried', async () => {
  const kind = (setting: Setting) =>
    open(setting).then(
      () => 'none',
      (error: unknown) => (error instanceof FailureError ? error.failure.code : error),
    );
  expect(await kind({user: jane, cluster: {'certificate-authority': pki('other-ca.pem')}})).toBe('untrusted');
  expect(await kind({user: jane, options: {context: 'nope'}})).toBe('bad-config');
  await cluster.stopApi();
  expect(await kind({user: jane})).toBe('unreachable');
});

test.each([
  ['weak', /^403: weak lacks the right "get nodes\/(proxy|metrics)"$/],
  ['unknown', /^401: the token or certificate is not accepted/],
])(
  "a refusal of the user's own context for the cluster is told: its administrator stays away (%s)",
  async (token, says) => {
    cluster.tokens.set('weak', 'weak');
    cluster.rights = {jane: ['nodes', ...all]};
    const admin = async () => (await parseKubeconfig(cluster.kubeconfig(jane), 'admin.conf')).contexts;
    const denied = (contexts: readonly string[]) =>
      open({user: {token}, parts: {contexts, admin}})
        .then((route) => route.get(stats))
        .then(
          (reply) => reply.denied?.problem ?? null,
          (error: unknown) => String(error).replace(/^.*?: (?=40)/, ''),
        );
    expect(await denied(['test'])).toMatch(says);
    expect(await denied(['kind-of-another-name'])).toBeNull();
  },
);

test.each(['direct', 'exec'] as const)(
  'a kubelet that nobody verified is shown nothing of the kubeconfig (%s)',
  async (route) => {
    cluster.tokens.set('mine', 'me');
    cluster.rights = {me: ['nodes', ...all], jane: ['nodes', ...all]};
    for (const user of [{token: 'mine'}, jane, {...jane, token: 'mine'}]) {
      await expect(open({user, options: {insecure: true, route}, parts: {tunnel}})).rejects.toThrow();
    }
    expect(cluster.seen.filter(({server}) => server === 'kubelet')).toEqual([]);
  },
);

test('a bearer token that stands beside a client certificate is no business of the kubelet', async () => {
  cluster.tokens.set('mine', 'me');
  cluster.rights = {me: ['nodes', ...all], jane: all};
  await open({user: {...jane, token: 'mine'}});
  expect(cluster.seen.map(({server, user}) => `${server} ${user}`)).toContain('kubelet jane');
  expect(cluster.seen.map(({server, user}) => `${server} ${user}`)).not.toContain('kubelet me');
});

test('who acts as somebody else says so to the API server, and goes to no kubelet as himself', async () => {
  cluster.rights = {jane: ['*']};
  const user = {
    ...jane,
    as: 'system:serviceaccount:monitoring:scraper',
    'as-uid': '7',
    'as-groups': ['one', 'two'],
    'as-user-extra': {'scopes.example.org/ö': ['a', 'é']},
  };
  const route = await open({user});
  expect(route.kind).toBe('apiserver');
  expect(cluster.seen.filter(({server, user: who}) => server === 'kubelet' && who === 'jane')).toEqual([]);
  expect(cluster.headers).toMatchObject({
    'impersonate-user': 'system:serviceaccount:monitoring:scraper',
    'impersonate-uid': '7',
    'impersonate-group': 'one, two',
    'impersonate-extra-scopes.example.org%2f%c3%b6': 'a, Ã©',
  });
  const extra = {...jane, 'as-groups': ['one']};
  await expect(open({user: extra})).rejects.toThrow('as-groups or as-user-extra without "as"');
});

test('a plugin is told of its cluster, and a missing one is spoken of with the hint of the kubeconfig as words', async () => {
  const plugin = join(folder, 'plugin');
  await writeFile(
    plugin,
    `#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" >${folder}/info\necho '{"status":{"token":"t"}}'\n`,
  );
  await chmod(plugin, 0o755);
  cluster.tokens.set('t', 'me');
  cluster.rights = {me: ['nodes', 'nodes/proxy']};
  const proxy = await startProxy();
  const exec = {apiVersion: 'client.authentication.k8s.io/v1beta1', command: './plugin', provideClusterInfo: true};
  const extensions = [{name: 'client.authentication.k8s.io/exec', extension: {shoot: 'lab'}}];
  const proxied = {...far, 'proxy-url': `http://${proxy.address}`, extensions};
  await open({user: {exec}, cluster: proxied});
  expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toEqual({
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: {
      interactive: false,
      cluster: {
        server: far.server,
        'tls-server-name': 'localhost',
        'certificate-authority-data': (await readFile(pki('ca.pem'))).toString('base64'),
        'proxy-url': `http://${proxy.address}`,
        config: {shoot: 'lab'},
      },
    },
  });
  const missing = {...exec, command: './absent', installHint: 'brew install it; rm -rf ~\nmore'};
  await expect(open({user: {exec: missing}})).rejects.toMatchObject({
    failure: {problem: 'there is no such program; the kubeconfig says: "brew install it; rm -rf ~"', next: null},
  });
  const always = {...exec, interactiveMode: 'Always'};
  await expect(open({user: {exec: always}})).rejects.toThrow('interactiveMode: Always');
});

test.each(['socks5', 'socks5h'])('a proxy of %s looks the name up, with a login and without', async (scheme) => {
  cluster.rights = {jane: ['nodes', 'nodes/proxy']};
  const options = {route: 'apiserver'} as const;
  for (const login of ['', 'me:p%40ss@']) {
    const socks = await startSocks(login !== '');
    const route = await open({
      user: jane,
      cluster: {...far, 'proxy-url': `${scheme}://${login}${socks.address}`},
      options,
    });
    expect((await route.get(stats)).body).toBe(`kubelet ${stats}`);
    expect(new Set(socks.asked)).toEqual(new Set([`${login === '' ? '' : 'me:p@ss '}api.far.test:6443`]));
  }
  const wanting = await startSocks(true);
  await expect(
    open({user: jane, cluster: {...far, 'proxy-url': `${scheme}://${wanting.address}`}, options}),
  ).rejects.toThrow(`through the proxy ${wanting.address}: the proxy wants a login`);
});

test('a server by its address is verified for that address, through a proxy too, and Node has nothing to warn of', async () => {
  cluster.rights = {jane: ['nodes', 'nodes/proxy']};
  const warned = vi.spyOn(process, 'emitWarning');
  const proxy = await startProxy();
  const at = (server: string) => ({server, 'proxy-url': `http://${proxy.address}`});
  const options = {route: 'apiserver'} as const;
  expect((await open({user: jane, cluster: at('https://127.0.0.1:6443'), options})).kind).toBe('apiserver');
  await expect(open({user: jane, cluster: at('https://10.9.8.7:6443'), options})).rejects.toThrow('for another name');
  expect(warned).not.toHaveBeenCalled();
});

test.each([
  ['http://admin:PASS@10.0.0.1:6443', {}, 'ktop sends no credential over plain http'],
  ['https://admin:PASS@127.0.0.1:9', {}, 'connection refused'],
  ['https://10.0.0.1', {'proxy-url': 'ftp://u:PASS@127.0.0.1:1'}, 'it is no http://, https:// or socks5:// address'],
  ['https://10.0.0.1', {'proxy-url': 'u:PASS@127.0.0.1:1'}, 'it is no http://, https:// or socks5:// address'],
  ['https://10.0.0.1', {'proxy-url': 'http://u:PASS WD@[x'}, 'it is no http://, https:// or socks5:// address'],
])('the password of an address is not told (%s, %o)', async (server, more, says) => {
  const message = await open({user: {token: 'SECRET'}, cluster: {server, ...more}}).then(() => 'nothing', String);
  expect(message).toContain(says);
  expect(message).not.toMatch(/PASS|SECRET/);
});

test('a token file is read before the token beside it, which counts while there is no file', async () => {
  cluster.tokens.set('from-file', 'filed').set('inline', 'inlined');
  cluster.rights = {filed: ['*'], inlined: ['*']};
  const user = {token: 'inline', tokenFile: 'token'};
  await open({user});
  expect(cluster.seen[0]?.user).toBe('inlined');
  cluster.seen.length = 0;
  await writeFile(join(folder, 'token'), 'from-file\n');
  await open({user});
  expect(cluster.seen[0]?.user).toBe('filed');
});

test('a redirection takes no credential elsewhere, and is told', async () => {
  const other = await ClusterStandIn.start('kind-worker');
  closers.push(() => other.stop());
  cluster.tokens.set('mine', 'me');
  other.tokens.set('mine', 'me');
  cluster.rights = {me: ['*']};
  cluster.redirect = `https://127.0.0.1:${other.apiPort}`;
  await expect(open({user: {token: 'mine'}, options: {route: 'apiserver'}})).rejects.toThrow(
    '302: it sends us elsewhere',
  );
  expect(other.seen).toEqual([]);
});

test('a kubelet that sends its callers elsewhere gets no token there', async () => {
  const other = await ClusterStandIn.start('kind-worker');
  closers.push(() => other.stop());
  other.tokens.set('secret', 'me');
  cluster.tokens.set('secret', 'me');
  cluster.rights = {me: all};
  const route = await open({env: {KTOP_TOKEN: 'secret'}});
  cluster.kubeletRedirect = `https://127.0.0.1:${other.kubeletPort}`;
  expect((await route.get(stats)).status).toBe(302);
  expect(other.seen).toEqual([]);
});
