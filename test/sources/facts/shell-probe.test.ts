import {expect, test, vi} from 'vitest';
import type {Event} from '../../../src/model/event.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';
import type {NodeShell} from '../../../src/nodes/node.ts';
import {flag, parseFacts} from '../../../src/sources/facts/kubelet-facts.ts';
import {goDurationMs} from '../../../src/util/go-duration.ts';
import {FactsSource} from '../../../src/sources/facts/facts-source.ts';
import {probeByShell} from '../../../src/sources/facts/shell-probe.ts';

const report = (fields: Record<string, string>, args: readonly string[] = ['kubelet']) =>
  [...Object.entries(fields).map(([key, value]) => `${key}=${value}`), ...args.map((arg) => `arg=${arg}`), ''].join(
    '\n',
  );

const running = {
  from: '1000.100',
  boot: 'there',
  ActiveState: 'active',
  SubState: 'running',
  pid: '77',
  starttime: '12345',
  uptime: '200.00',
  at: '1000.110',
  version: 'Kubernetes v1.32.13',
  to: '1000.120',
};

test('reads version, flags, start and state of the running kubelet', () => {
  const args = ['/usr/bin/kubelet', '--v=4', '--housekeeping-interval', '1m30s', '--v', '6'];
  const parsed = parseFacts(report(running, args), null);
  expect(parsed?.facts).toEqual({
    kubeletVersion: 'v1.32.13',
    kubeletPid: 77,
    kubeletStartedAt: nodeMs(923_560),
    verbosity: 6,
    housekeepingIntervalMs: 90_000,
    unitState: 'active (running)',
  });
});

test("cAdvisor's default holds where no interval is given, and an interval that is none is not guessed", () => {
  expect(parseFacts(report(running), null)?.facts.housekeepingIntervalMs).toBe(10_000);
  const odd = report(running, ['kubelet', '--housekeeping-interval=soon']);
  expect(parseFacts(odd, null)?.facts.housekeepingIntervalMs).toBeNull();
  expect([goDurationMs('1h0.5m'), goDurationMs('250ms'), goDurationMs('5'), goDurationMs('')]).toEqual([
    3_630_000,
    250,
    null,
    null,
  ]);
  expect(flag(['kubelet', '--vmodule=x=3', '-v=2'], 'v')).toBe('2');
});

test('a kubelet that is down has no process, and its unit says in what state it is', () => {
  const down = {from: '1', to: '1', ActiveState: 'activating', SubState: 'auto-restart'};
  expect(parseFacts(report(down, []), null)?.facts).toMatchObject({
    kubeletPid: null,
    unitState: 'activating (auto-restart)',
    housekeepingIntervalMs: null,
  });
  expect(parseFacts('bash: nonsense\n', null)).toBeNull();
});

test('a date that knows no nanoseconds still gives the second', () => {
  const parsed = parseFacts(report({...running, from: '1000.%N', at: '1000.%N', to: '1000.N'}), null);
  expect(parsed).toMatchObject({nodeFrom: 1_001_000, nodeTo: 1_000_000, facts: {kubeletStartedAt: nodeMs(923_450)}});
});

test('the configuration file says how much is logged where no --v does', () => {
  expect(parseFacts(report({...running, configured: '5'}), null)?.facts.verbosity).toBe(5);
  expect(parseFacts(report({...running, configured: '5'}, ['kubelet', '--v=2']), null)?.facts.verbosity).toBe(2);
});

/** A node whose answer the test sets, and a clock that moves 40 ms while it answers. */
function setting(answer: {text: string}, bootId: string) {
  const clock = {ms: 1_000_080};
  const asked: (readonly string[])[] = [];
  const shell: NodeShell = {
    run: (argv) => {
      asked.push(argv);
      clock.ms += 40;
      return Promise.resolve({exitCode: 0, stdout: answer.text, stderr: ''});
    },
    follow: () => expect.unreachable(),
    copyIn: () => Promise.reject(new Error('nothing is copied')),
  };
  const now = () => localMs(clock.ms);
  const probe = probeByShell({shell, unit: 'kubelet', now, bootId: () => Promise.resolve(bootId)});
  const source = new FactsSource({probe, unit: 'kubelet', everyMs: 15_000, everyMsIfHeard: 60_000, now});
  const ended = new AbortController();
  return {source, asked, events: source.events(ended.signal), end: () => ended.abort()};
}

async function next(events: AsyncGenerator<Event>): Promise<Event> {
  const result = await events.next();
  if (result.done === true) throw new Error('the source ended');
  return result.value;
}

test('a restart heard of in the journal gives the new process at once, and one start of it', async () => {
  const answer = {text: report(running)};
  const {source, asked, events, end} = setting(answer, 'there');
  expect(await next(events)).toMatchObject({type: 'clock'});
  expect(await next(events)).toMatchObject({type: 'facts', facts: {kubeletPid: 77}});
  // A node that was rebooted may give the same pid again.
  answer.text = report({...running, starttime: '19990'});
  const waiting = next(events);
  const entry = {
    cursor: 'c',
    at: nodeMs(1_000_012),
    unit: 'kubelet.service',
    identifier: 'systemd',
    pid: 1,
    priority: 6,
    message: 'Started kubelet.service - kubelet.',
  };
  await new Promise(setImmediate);
  source.onEvent({type: 'journal', entries: [entry]});
  expect(await waiting).toMatchObject({type: 'facts', facts: {kubeletPid: 77, kubeletStartedAt: nodeMs(1_000_010)}});
  expect(await next(events)).toEqual({type: 'kubelet-started', at: nodeMs(1_000_010), pid: 77});
  // The version is asked once a process.
  expect(asked.map((argv) => argv.at(-1))).toEqual(['', '77.12345']);
  end();
  await events.return(undefined);
});

test.for([
  ['is followed', 'following', 1],
  ['is not', 'connecting', 4],
] as const)('while the journal %s, which tells of restarts, it looks so often in a minute', async ([, kind, looks]) => {
  vi.useFakeTimers();
  try {
    const {source, asked, events, end} = setting(
      {text: report({...running, ActiveState: 'active', boot: 'here'})},
      'here',
    );
    await next(events);
    await next(events);
    source.onEvent({type: 'journal-stream', state: {kind, since: localMs(0)}});
    const waiting = events.next();
    await vi.advanceTimersByTimeAsync(60_010);
    expect(asked.length - 1).toBe(looks);
    end();
    await waiting;
  } finally {
    vi.useRealTimers();
  }
});

test('the clocks of one kernel are one clock; others are compared over the round trip', async () => {
  const own = setting({text: report({...running, boot: 'here'})}, 'here');
  expect(await next(own.events)).toEqual({type: 'clock', offset: {aheadMs: 0, uncertaintyMs: 0}});
  own.end();
  const other = setting({text: report({...running, from: '1000.600', to: '1000.602'})}, 'here');
  // Asked at .080 and answered at .120 of our second: the node is between 482 and 520 ms ahead.
  const event = await next(other.events);
  if (event.type !== 'clock') return expect.unreachable();
  expect(event.offset.aheadMs).toBeCloseTo(501, 6);
  expect(event.offset.uncertaintyMs).toBeCloseTo(19, 6);
  other.end();
});

test('it looks seldom, but at once when the answers tell that the clock of the node was set', async () => {
  const {source, asked, events, end} = setting({text: report(running)}, 'there');
  expect(await next(events)).toMatchObject({type: 'clock'});
  expect(await next(events)).toMatchObject({type: 'facts'});
  const waiting = events.next();
  await new Promise(setImmediate);
  const answered = (answeredAtMs: number) => {
    const answeredAt = nodeMs(answeredAtMs);
    const at = localMs(1_000_200);
    source.onEvent({type: 'poll', poll: {sentAt: at, receivedAt: at, samples: [], problems: [], answeredAt}});
  };
  answered(1_000_000);
  answered(1_001_000);
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
  answered(1_060_000);
  await expect.poll(() => asked.length).toBe(2);
  end();
  await waiting;
});
