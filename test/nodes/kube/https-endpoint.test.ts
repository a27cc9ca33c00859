import {expect, test} from 'vitest';
import {HttpsEndpoint} from '../../../src/nodes/kube/https-endpoint.ts';
import {ClusterStandIn} from '../cluster-stand-in.ts';

test('a patience that was reckoned, and is no whole number of milliseconds, is no reason to fail', async () => {
  const cluster = await ClusterStandIn.start('n');
  const endpoint = new HttpsEndpoint({
    addresses: [{host: '127.0.0.1', port: cluster.apiPort}],
    trust: {kind: 'insecure'},
    certificate: () => Promise.resolve(null),
    headers: () => Promise.resolve({}),
  });
  try {
    expect(await endpoint.request('/api/v1/nodes', {timeoutMs: 5000.4})).toMatchObject({status: 401});
  } finally {
    await endpoint.close();
    await cluster.stop();
  }
});
