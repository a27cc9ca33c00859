import {expect, test, vi} from 'vitest';
import {FailureError} from '../../../src/model/failure.ts';
import {localMs} from '../../../src/model/time.ts';
import {fixedToken} from '../../../src/nodes/kube/credential.ts';
import type {KubeletRoute} from '../../../src/nodes/node.ts';
import {chooseRoute, type RouteCandidate} from '../../../src/nodes/kubelet/route-choice.ts';

const {signal} = new AbortController();

/** A way that can be blocked and opened again. */
class Way implements RouteCandidate {
  readonly kind: KubeletRoute['kind'];
  blocked = false;
  /** Nobody answers at all. */
  isAway = false;
  status = 200;
  opened = 0;
  closed = 0;

  constructor(kind: KubeletRoute['kind']) {
    this.kind = kind;
  }

  credential() {
    return Promise.resolve(fixedToken('token', 'x'));
  }

  open(): Promise<KubeletRoute> {
    this.opened += 1;
    return Promise.resolve({
      kind: this.kind,
      label: this.kind,
      warning: null,
      get: (path: string) => {
        const failure = {tried: `GET ${path} (${this.kind})`, problem: 'blocked', next: null};
        if (this.isAway) return Promise.reject(new FailureError({...failure, code: 'unreachable'}));
        if (this.blocked) return Promise.reject(new FailureError(failure));
        return Promise.resolve({status: this.status, body: this.kind, sentAt: localMs(0), receivedAt: localMs(1)});
      },
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    });
  }
}

const given = (way: Way): RouteCandidate => ({
  kind: way.kind,
  isGiven: true,
  credential: () => way.credential(),
  open: () => way.open(),
});

test('returns to the better way some time after it is open again', async () => {
  const [direct, apiserver] = [new Way('direct'), new Way('apiserver')];
  const clock = {ms: 0};
  const route = await chooseRoute([direct, apiserver], signal, {now: () => clock.ms, retryBetterMs: 30_000});
  expect(route.kind).toBe('direct');
  direct.blocked = true;
  expect((await route.get('/x')).body).toBe('apiserver');
  direct.blocked = false;
  clock.ms = 29_999;
  await route.get('/x');
  expect(route.kind).toBe('apiserver');
  clock.ms = 30_001;
  await route.get('/x');
  await vi.waitFor(() => expect(route.kind).toBe('direct'));
  await route.close();
  expect([direct.opened, apiserver.opened]).toEqual([direct.closed, apiserver.closed]);
});

test('two requests that fail at once open one new route', async () => {
  const [direct, apiserver] = [new Way('direct'), new Way('apiserver')];
  const route = await chooseRoute([direct, apiserver], signal);
  direct.blocked = true;
  await Promise.all([route.get('/a'), route.get('/b')]);
  expect(apiserver.opened).toBe(1);
});

test('an API server that cannot reach the kubelet is no answer', async () => {
  const [direct, apiserver] = [new Way('direct'), new Way('apiserver')];
  direct.blocked = true;
  apiserver.status = 502;
  const choice = chooseRoute([direct, apiserver], signal);
  await expect(choice).rejects.toThrow(/blocked\. Also tried: .*502/);
});

test('a refusal of the credential that the user gave is not passed over by being somebody else', async () => {
  const [direct, apiserver] = [new Way('direct'), new Way('apiserver')];
  direct.status = 403;
  const route = await chooseRoute([given(direct), apiserver], signal);
  expect((await route.get('/x')).status).toBe(403);
  expect(apiserver.opened).toBe(0);
});

test('a refusal makes it try the other ways, and the first refusal stands if all refuse', async () => {
  const [direct, apiserver] = [new Way('direct'), new Way('apiserver')];
  direct.status = 403;
  expect((await chooseRoute([direct, apiserver], signal)).kind).toBe('apiserver');
  apiserver.status = 403;
  expect((await chooseRoute([direct, apiserver], signal)).kind).toBe('direct');
});

test('a kubelet that is away for a moment is waited for on the same way; only later another one is looked for', async () => {
  const [direct, apiserver] = [new Way('direct'), new Way('apiserver')];
  const clock = {ms: 0};
  const route = await chooseRoute([direct, apiserver], signal, {now: () => clock.ms});
  direct.isAway = true;
  clock.ms = 2000;
  await expect(route.get('/x')).rejects.toThrow('blocked');
  direct.isAway = false;
  expect((await route.get('/x')).body).toBe('direct');
  expect([direct.opened, apiserver.opened]).toEqual([1, 0]);
  direct.isAway = true;
  clock.ms = 5001;
  expect((await route.get('/x')).body).toBe('apiserver');
});
