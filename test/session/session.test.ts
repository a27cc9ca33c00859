import {expect, test, vi} from 'vitest';
import type {Event} from '../../src/model/event.ts';
import {FailureError} from '../../src/model/failure.ts';
import {localMs} from '../../src/model/time.ts';
import type {Node} from '../../src/nodes/node.ts';
import {Session} from '../../src/session/session.ts';
import {fakeShell} from '../commands/fake-shell.ts';

function fakeNode(): {node: Node; closed: () => boolean} {
  let closed = false;
  const {shell} = fakeShell({
    'systemctl restart kubelet': {},
    'systemctl show kubelet --property=ActiveState,SubState,NRestarts,MainPID,InvocationID': {
      stdout: 'ActiveState=active\n',
    },
  });
  const node: Node = {
    name: 'kind-worker',
    provider: 'kind',
    transport: 'docker exec',
    commandPrefix: 'docker exec kind-worker',
    shell: {kind: 'shell', shell},
    openRoute: () => Promise.reject(new Error('no route here')),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
  return {node, closed: () => closed};
}

const poll = (sentAt: number): Event => ({
  type: 'poll',
  poll: {sentAt: localMs(sentAt), receivedAt: localMs(sentAt + 12), samples: [], problems: []},
});

test('a restart is over when a request sent after it was answered, not one that was under way', async () => {
  const {node} = fakeNode();
  const events: Event[] = [];
  const reached = Promise.withResolvers<undefined>();
  const session = new Session({
    connect: () => Promise.resolve(node),
    unit: 'kubelet',
    sink: (event) => {
      events.push(event);
      if (event.type === 'node') reached.resolve(undefined);
    },
    sources: () => [
      async function* (signal) {
        await Promise.resolve();
        while (!signal.aborted && !events.some((event) => event.type === 'command' && event.step.kind === 'progress')) {
          yield poll(0);
          await new Promise((resolve) => setImmediate(resolve));
        }
        yield poll(Date.now() + 1000);
      },
    ],
  });
  await reached.promise;
  expect(await session.command('restart')).toBe(true);
  expect(events.flatMap((event) => (event.type === 'command' ? [event.step.kind] : []))).toEqual([
    'started',
    'progress',
    'done',
  ]);
  await session.close();
});

test('closing ends the sources, a restart that still waits, and the node', async () => {
  const {node, closed} = fakeNode();
  const progress = Promise.withResolvers<undefined>();
  const reached = Promise.withResolvers<undefined>();
  const session = new Session({
    connect: () => Promise.resolve(node),
    unit: 'kubelet',
    sink: (event) => {
      if (event.type === 'node') reached.resolve(undefined);
      if (event.type === 'command' && event.step.kind === 'progress') progress.resolve(undefined);
    },
    sources: () => [],
  });
  await reached.promise;
  const restarted = session.command('restart');
  await progress.promise;
  await session.close();
  await restarted;
  expect(closed()).toBe(true);
});

test('what hangs does not hold up the end', async () => {
  vi.useFakeTimers();
  const never = new Promise<never>(() => undefined);
  const {node} = fakeNode();
  const reached = Promise.withResolvers<undefined>();
  const sources = () => [
    async function* () {
      yield poll(0);
      await never;
    },
  ];
  const sink = (event: Event) => {
    if (event.type === 'node') reached.resolve(undefined);
  };
  const sessions = [
    new Session({connect: () => Promise.resolve({...node, close: () => never}), unit: 'kubelet', sink, sources}),
    new Session({connect: () => never, unit: 'kubelet', sink: () => undefined, sources}),
  ];
  await reached.promise;
  const closed = Promise.all(sessions.map((session) => session.close()));
  await vi.advanceTimersByTimeAsync(999);
  await closed;
  vi.useRealTimers();
});

test('a reader that does not keep up stops the reading, until it does or the session ends', async () => {
  const {node} = fakeNode();
  const keptUp = Promise.withResolvers<undefined>();
  const second = Promise.withResolvers<undefined>();
  let read = 0;
  const session = new Session({
    connect: () => Promise.resolve(node),
    unit: 'kubelet',
    sink: (event) => (event.type === 'poll' ? keptUp.promise : undefined),
    sources: () => [
      async function* () {
        while (read < 2) {
          read += 1;
          if (read === 2) second.resolve(undefined);
          yield await Promise.resolve(poll(read));
        }
      },
    ],
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(read).toBe(1);
  keptUp.resolve(undefined);
  await second.promise;
  await session.close();
  expect(read).toBe(2);
});

test('a node that cannot be reached now is tried again, and the failure is shown meanwhile', async () => {
  const events: Event[] = [];
  const failed = Promise.withResolvers<undefined>();
  const session = new Session({
    connect: () => Promise.reject(new FailureError({tried: 'docker ps', problem: 'no engine', next: 'start docker'})),
    unit: 'kubelet',
    sink: (event) => {
      events.push(event);
      failed.resolve(undefined);
    },
    sources: () => [],
  });
  await failed.promise;
  await session.close();
  expect(events).toMatchObject([{type: 'node-failed', failure: {problem: 'no engine'}}]);
});
