import {expect, test} from 'vitest';
import type {Event, NodeFacts, Poll} from '../../src/model/event.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {RestartHook} from '../../src/session/restart-hook.ts';

const facts = (kubeletPid: number, kubeletVersion = 'v1.2.3'): Event => ({
  type: 'facts',
  at: localMs(0),
  facts: {kubeletPid, kubeletVersion} as NodeFacts,
});
const started = (pid: number | null): Event => ({type: 'kubelet-started', at: nodeMs(0), pid});
const poll = (sentAt: number): Event => ({
  type: 'poll',
  poll: {sentAt: localMs(sentAt), receivedAt: localMs(sentAt + 1), samples: [], problems: []} satisfies Poll,
});
const node = {name: 'n', provider: 'kind', transport: '', commandPrefix: '', readOnly: null};

function hook(result = {exitCode: 0 as number | null, stdout: '', stderr: ''}) {
  const ran: string[] = [];
  const failures: (string | null)[] = [];
  const made = new RestartHook({
    command: 'make test',
    env: {HOME: '/root'},
    signal: new AbortController().signal,
    ended: (failure) => failures.push(failure?.problem ?? null),
    run: (file, args, {env}) => {
      ran.push([file, ...args, env.HOME, env.KTOP_NODE, env.KTOP_PID, env.KTOP_VERSION].join(' '));
      return Promise.resolve(result);
    },
  });
  const take = (at: number, ...events: readonly Event[]) => events.forEach((event) => made.onEvent(event, localMs(at)));
  return {take, ran, failures, made};
}

test('the command runs once for a restart, when the new process has answered and is known', async () => {
  const {take, ran, failures, made} = hook();
  take(0, {type: 'node', at: localMs(0), node}, facts(1), poll(0));
  take(100, started(null), poll(50), facts(2, 'v1.2.4'));
  expect(ran).toEqual([]);
  take(200, poll(150));
  take(300, facts(2, 'v1.2.4'), poll(250));
  await made.settled();
  expect([ran, failures]).toEqual([['sh -c make test /root n 2 v1.2.4'], [null]]);
});

test('one that fails is told with its last words, in a line', async () => {
  const {take, failures, made} = hook({exitCode: 2, stdout: '', stderr: 'building\nno such target\n'});
  take(0, facts(1), started(2), facts(2), poll(1));
  await made.settled();
  expect(failures).toEqual(['exit code 2: no such target']);
});
