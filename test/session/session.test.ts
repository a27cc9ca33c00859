import {expect, test} from 'vitest';
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
    'systemctl show kubelet --property=ActiveState,NRestarts': {stdout: 'ActiveState=active\n'},
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
