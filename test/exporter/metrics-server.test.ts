import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {request} from 'node:https';
import {createConnection} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {MetricsServer} from '../../src/exporter/metrics-server.ts';
import type {MetricsOptions} from '../../src/session/options.ts';
import {pki} from '../nodes/cluster-stand-in.ts';
import {oneNode, pollAt, sampleOf, t0} from './sample-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'ktop-web-config-'));
const open: MetricsServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));

const serve = async (options: Partial<MetricsOptions> = {}) => (await start(options)).url;

async function start(options: Partial<MetricsOptions> = {}, pods = 0) {
  const {registry, node} = oneNode(1_000_000);
  node.apply(
    pollAt(
      t0,
      Array.from({length: pods}, (_, pod) => sampleOf(`pod-${pod}`, t0 - 1000)),
    ),
  );
  const listen = {host: '127.0.0.1', port: 0};
  const server = await MetricsServer.listen(registry, {
    ...{listen, webConfig: null, level: 'container', maxSeries: 1000, counted: []},
    ...options,
  });
  open.push(server);
  return {registry, url: server.url};
}

function webConfig(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const protobuf = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
/** `secret`, at the least cost. */
const users = {scraper: '$2y$04$JDbucfj8/y0zaDSIU6mXY.IggrePXS0owL20GMIB.3CGxGmIPHW6e'};
const tls = {cert_file: pki('server.pem'), key_file: pki('server.key')};

test.each([
  [undefined, 'text/plain; version=0.0.4'],
  [
    'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
    'application/openmetrics-text; version=1.0.0',
  ],
  [`${protobuf},application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1`, 'application/vnd.google.protobuf;'],
  [`${protobuf};q=0.2,text/plain;q=0.9`, 'text/plain; version=0.0.4'],
])('a scraper that accepts %s gets %s', async (accept, type) => {
  const reply = await fetch(await serve(), {headers: accept === undefined ? {} : {accept}});
  expect(reply.headers.get('content-type')).toContain(type);
  expect(reply.status).toBe(200);
});

test('another address than the loopback needs a web configuration that asks who is there', async () => {
  const listen = {host: '0.0.0.0', port: 0};
  await expect(serve({listen})).rejects.toThrow('--metrics-web-config');
  await expect(serve({listen, webConfig: webConfig('empty.yml', {})})).rejects.toThrow('neither tls_server_config');
  expect(await serve({listen, webConfig: webConfig('users.yml', {basic_auth_users: users})})).toContain(
    'http://0.0.0.0',
  );
});

test.each([
  ['what is unknown', {basic_auth_user: users}, 'basic_auth_user is not supported'],
  ['what is not supported', {tls_server_config: {...tls, cipher_suites: []}}, 'cipher_suites is not supported'],
  ['a password that is none', {basic_auth_users: {a: 'secret'}}, 'is no bcrypt hash'],
  [
    'a CA that nobody is checked against',
    {tls_server_config: {...tls, client_ca_file: pki('ca.pem')}},
    'needs a client_auth_type',
  ],
])('a web configuration with %s is refused', async (_, content, why) => {
  await expect(serve({webConfig: webConfig('bad.yml', content)})).rejects.toThrow(why);
});

test('with TLS and users only who knows the password gets the metrics; the probe needs none', async () => {
  const url = await serve({webConfig: webConfig('both.yml', {tls_server_config: tls, basic_auth_users: users})});
  const status = (path: string, auth?: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(new URL(path, url), {rejectUnauthorized: false, auth, agent: false}, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      asked.on('error', reject).end();
    });
  expect(await status('/metrics')).toBe(401);
  expect(await status('/metrics', 'scraper:wrong')).toBe(401);
  expect(await status('/metrics', 'nobody:secret')).toBe(401);
  expect(await status('/metrics', 'scraper:secret')).toBe(200);
  expect(await status('/-/healthy')).toBe(200);
});

test('a page that reaches the loopback under a name of its own is refused', async () => {
  const {port} = new URL(await serve());
  const answer = await said(Number(port), 'GET /metrics HTTP/1.1\r\nhost: evil.example\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 421/);
});

test('a request with endless headers is cut off, and the next scrape is answered', async () => {
  const url = await serve();
  const answer = await said(
    Number(new URL(url).port),
    `GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'a'.repeat(20_000)}`,
  );
  expect(answer).not.toContain('200');
  expect((await fetch(url)).status).toBe(200);
});

test('of scrapes that nobody takes three are made at most, and none is left when their reader has gone', async () => {
  const {registry, url} = await start({}, 300);
  // Many requests at once, of which nothing is read: the answers are far more than the buffers of the connections.
  const ask = 'GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(30);
  const sockets = [1, 2, 3].map(() => {
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1', () => socket.write(ask));
    return socket.pause();
  });
  await expect.poll(() => registry.refused, {timeout: 20_000}).toBeGreaterThan(0);
  expect(registry.scrapes).toBeLessThan(90);
  for (const socket of sockets) socket.destroy();
  const status = async () => (await fetch(url)).status;
  await expect.poll(status, {timeout: 10_000}).toBe(200);
}, 40_000);

function said(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      answer += data;
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
