import {expect, test, vi} from 'vitest';
import {localMs} from '../../../src/model/time.ts';
import type {KubeletReply, KubeletRoute} from '../../../src/nodes/node.ts';
import {RequestGate} from '../../../src/sources/stats/request-gate.ts';

/** A kubelet that answers when it is told to. */
function heldKubelet() {
  const held: {path: string; end: (error?: Error) => void}[] = [];
  const get: KubeletRoute['get'] = (path) => {
    const reply = Promise.withResolvers<KubeletReply>();
    const answered = {status: 200, body: '', sentAt: localMs(0), receivedAt: localMs(0)};
    held.push({
      path,
      end: (error) => {
        if (error === undefined) reply.resolve(answered);
        else reply.reject(error);
      },
    });
    return reply.promise;
  };
  const route: KubeletRoute = {kind: 'direct', label: '', warning: null, get, close: () => Promise.resolve()};
  return {held, route};
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a kubelet that has not answered a poll gets no look at its facts on top of it', async () => {
  const {held, route} = heldKubelet();
  const gate = new RequestGate();
  const [poll, probe] = [gate.tapRoute(route), gate.tapLooks(route)];
  const first = poll.get('/metrics/resource');
  const second = probe.get('/configz');
  await settled();
  expect(held.map(({path}) => path)).toEqual(['/metrics/resource']);
  held[0]?.end(new Error('time-out'));
  await expect(first).rejects.toThrow('time-out');
  await settled();
  expect(held.map(({path}) => path)).toEqual(['/metrics/resource', '/configz']);
  held[1]?.end();
  await second;
});

test('who gives up waiting is not asked for, and holds nobody up', async () => {
  const {held, route} = heldKubelet();
  const tapped = new RequestGate().tapRoute(route);
  const given = new AbortController();
  const first = tapped.get('/a');
  const second = tapped.get('/b', {signal: given.signal});
  const third = tapped.get('/c');
  given.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  held[0]?.end();
  await first;
  await settled();
  expect(held.map(({path}) => path)).toEqual(['/a', '/c']);
  held[1]?.end();
  await third;
});

test('a look at the facts that hangs is given up when it has had the time of the poll that waits for it', async () => {
  vi.useFakeTimers();
  try {
    const {held, route} = heldKubelet();
    const gate = new RequestGate();
    const look = gate.tapLooks(route).get('/metrics', {timeoutMs: 15_000});
    const givenUp = expect(look).rejects.toThrow('gave way to a poll');
    await vi.advanceTimersByTimeAsync(2000);
    const poll = gate.tapRoute(route).get('/metrics/resource', {timeoutMs: 5000});
    await vi.advanceTimersByTimeAsync(2900);
    expect(held.map(({path}) => path)).toEqual(['/metrics']);
    await vi.advanceTimersByTimeAsync(200);
    await givenUp;
    expect(held.map(({path}) => path)).toEqual(['/metrics', '/metrics/resource']);
    held[1]?.end();
    expect((await poll).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});
