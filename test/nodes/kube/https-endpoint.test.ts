import {createServer, type Server} from 'node:https';
import type {ServerResponse} from 'node:http';
import {gzipSync} from 'node:zlib';
import {afterEach, expect, test} from 'vitest';
import {makeServingCertificate} from '../../../src/demo/certificate.ts';
import {HttpsEndpoint} from '../../../src/nodes/kube/https-endpoint.ts';

let server: Server | null = null;
let endpoint: HttpsEndpoint | null = null;
afterEach(async () => {
  await endpoint?.close();
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers every request in its own way. */
async function ask(answer: (reply: ServerResponse) => void, timeoutMs = 60_000) {
  const {key, chain} = makeServingCertificate('n', Date.now());
  const started = createServer({key, cert: chain}, (_incoming, reply) => answer(reply));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  if (address === null || typeof address === 'string') return expect.unreachable();
  endpoint = new HttpsEndpoint({
    addresses: [{host: '127.0.0.1', port: address.port}],
    trust: {kind: 'insecure'},
    certificate: () => Promise.resolve(null),
    headers: () => Promise.resolve({}),
  });
  return endpoint.request('/', {timeoutMs});
}

test('a patience that was reckoned, and is no whole number of milliseconds, is no reason to fail', async () => {
  const reply = await ask((to) => void to.end('ok'), 5000.4);
  expect(reply.status).toBe(200);
});

test('an answer without end is given up at 64 MB, and told', async () => {
  const piece = Buffer.alloc(1 << 20, 'x');
  let sent = 0;
  const asked = ask((reply) => {
    const more = () => {
      while (!reply.destroyed && reply.write(piece)) sent += 1;
    };
    reply.on('drain', more);
    more();
  });
  await expect(asked).rejects.toMatchObject({
    failure: {problem: 'the answer is larger than 64 MB and was not read'},
  });
  expect(sent).toBeLessThan(100);
});

test('what a server packed is not unpacked: nobody asked for it', async () => {
  const bomb = gzipSync(Buffer.alloc(100 << 20));
  const reply = await ask((to) => void to.writeHead(200, {'content-encoding': 'gzip'}).end(bomb));
  expect(reply.body.length).toBeLessThanOrEqual(bomb.length);
});
