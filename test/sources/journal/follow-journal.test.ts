import {describe, expect, it, vi} from 'vitest';
import type {Event} from '../../../src/model/event.ts';
import {compileTickPattern} from '../../../src/model/journal/tick-pattern.ts';
import {localMs} from '../../../src/model/time.ts';
import type {Follow, FollowEnd, NodeShell} from '../../../src/nodes/node.ts';
import {followJournal, type JournalSourceOptions} from '../../../src/sources/journal/follow-journal.ts';

/** One run of the fake journalctl: what it writes, and how it ends (`stays`: not by itself; `hangs`: after its output). */
interface Run {
  readonly says: string;
  readonly end: FollowEnd | 'stays' | 'hangs';
}

const lost: FollowEnd = {exitCode: null, stderr: ''};

function entry(number: number, message = `n=${number}`): string {
  const head = `__CURSOR=s=ab;i=${number.toString(16)};b=cd\n__REALTIME_TIMESTAMP=${1_795_470_381_000_000 + number}\n`;
  return `${head}_SYSTEMD_UNIT=kubelet.service\nSYSLOG_IDENTIFIER=kubelet\n_PID=7\nMESSAGE=${message}\n\n`;
}

/** Runs the source over a node whose journalctl lives through `runs`; ends when the last of them was read. */
async function eventsOf(
  runs: readonly Run[],
  options: Partial<JournalSourceOptions> = {},
  run: NodeShell['run'] = () => Promise.reject(new Error('not used')),
) {
  const argvs: (readonly string[])[] = [];
  const ended = new AbortController();
  let stops = 0;
  const shell: NodeShell = {
    run,
    copyIn: () => Promise.reject(new Error('not used')),
    follow(argv): Follow {
      const next = runs[argvs.length] ?? {says: '', end: 'stays'};
      argvs.push(argv);
      const last = argvs.length >= runs.length;
      async function* stdout() {
        yield Buffer.from(`\n${next.says}`);
        if (last) await new Promise((resolve) => setTimeout(resolve, 150)).then(() => ended.abort());
      }
      return {
        stdout: stdout(),
        ended:
          next.end === 'hangs' ? new Promise(() => undefined) : Promise.resolve(next.end === 'stays' ? lost : next.end),
        stop: () => Promise.resolve(void (stops += 1)),
      };
    },
  };
  const events: Event[] = [];
  const defaults = {shell, commandPrefix: 'docker exec n', units: ['kubelet'], lines: 500};
  const rest = {since: null, boot: null, sourceGrep: null, tickPattern: null, random: () => 0};
  for await (const event of followJournal({...defaults, ...rest, ...options}, ended.signal)) events.push(event);
  return {events, argvs, stops};
}

/** For a node of which nothing but this is asked. */
function optionsOf(follow: NodeShell['follow']): JournalSourceOptions {
  const unused = () => Promise.reject(new Error('not used'));
  const shell = {run: unused, copyIn: unused, follow};
  const rest = {since: null, boot: null, sourceGrep: null, tickPattern: null};
  return {shell, commandPrefix: 'n', units: ['kubelet'], lines: 1, ...rest};
}

const messagesOf = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'journal' ? event.entries.map((one) => one.message) : []));

describe('following the journal', () => {
  it('goes on at the last entry after a lost connection, with nothing lost or repeated', async () => {
    const {events, argvs, stops} = await eventsOf([
      {says: entry(1) + entry(2), end: lost},
      {says: entry(2) + entry(3), end: 'stays'},
    ]);
    expect(messagesOf(events)).toEqual(['n=1', 'n=2', 'n=3']);
    expect(argvs[0]).toContain('--lines=500');
    expect(argvs[1]).toContain('--cursor=s=ab;i=2;b=cd');
    expect(argvs[1]).not.toContain('--lines=500');
    expect(events.filter((event) => event.type === 'journal-gap')).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'journal-stream' ? event.state.kind : []))).toEqual([
      'connecting',
      'following',
      'reconnecting',
      'following',
    ]);
    expect(stops).toBe(2);
  });

  it('goes on where the command has closed its output and never ends', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
    try {
      const reading = eventsOf([
        {says: entry(1), end: 'hangs'},
        {says: entry(1) + entry(2), end: 'stays'},
      ]);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(messagesOf((await reading).events)).toEqual(['n=1', 'n=2']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes an entry that was cut off by the end again, once', async () => {
    const {events} = await eventsOf([
      {says: entry(1) + entry(2).slice(0, -20), end: lost},
      {says: entry(1) + entry(2), end: 'stays'},
    ]);
    expect(messagesOf(events)).toEqual(['n=1', 'n=2']);
  });

  it('says how much is missing where the node removed entries meanwhile', async () => {
    const {events} = await eventsOf([
      {says: entry(1), end: lost},
      {says: entry(40) + entry(41), end: 'stays'},
    ]);
    expect(messagesOf(events)).toEqual(['n=1', 'n=40', 'n=41']);
    expect(events.find((event) => event.type === 'journal-gap')).toMatchObject({atMost: 38});
  });

  it('sees no gap where the very next entry follows', async () => {
    const {events} = await eventsOf([
      {says: entry(1), end: lost},
      {says: entry(2), end: 'stays'},
    ]);
    expect(events.some((event) => event.type === 'journal-gap')).toBe(false);
  });

  it('shows what journalctl complained of, and says so where trying again cannot help', async () => {
    const failing = await eventsOf([
      {says: '', end: {exitCode: 1, stderr: 'hint\nFailed to iterate through journal: Bad message\n'}},
      {says: entry(1), end: 'stays'},
    ]);
    expect(
      failing.events.find((event) => event.type === 'journal-stream' && event.state.kind === 'reconnecting'),
    ).toMatchObject({state: {failure: {problem: 'Failed to iterate through journal: Bad message'}}});
  });

  it('follows without a pattern that journalctl refuses, and says so for as long as it does', async () => {
    const sent = '(?:()|^Started |^Stopping |: Main process exited|^Suppressed ';
    const refusal = `Bad pattern "${sent}": missing closing parenthesis\n`;
    const {events, argvs} = await eventsOf(
      [
        {says: '', end: {exitCode: 1, stderr: refusal}},
        {says: entry(1), end: lost},
        {says: entry(1) + entry(2), end: 'stays'},
      ],
      {sourceGrep: '('},
    );
    const greps = argvs.map((argv) => argv.find((argument) => argument.startsWith('--grep=')));
    expect(greps).toEqual([`--grep=${sent}`, undefined, undefined]);
    const warnings = events.flatMap((event) =>
      event.type === 'journal-stream' && event.state.kind === 'following' ? [event.state.warning] : [],
    );
    const warning = 'not filtered by the node (--source-grep): Bad pattern "(": missing closing parenthesis';
    expect(warnings).toEqual([undefined, warning, warning]);
    expect(messagesOf(events)).toEqual(['n=1', 'n=2']);
  });

  it('tells of ticks in the user’s own lines', async () => {
    const compiled = compileTickPattern(
      'container="(?P<container>[^"]*)" interval=(?P<interval>\\S+) next=(?P<next>\\S+)',
    );
    const {events} = await eventsOf(
      [{says: entry(2, 'BJOSV housekeeping container="/kubepods" interval=10s next=18.78s'), end: 'stays'}],
      {tickPattern: compiled.ok ? compiled.pattern : null},
    );
    expect(events.find((event) => event.type === 'tick-fact')).toMatchObject({
      cgroup: '/kubepods',
      intervalMs: 10_000,
      nextMs: 18_780,
    });
  });

  it('hands entries on in batches', async () => {
    const many = Array.from({length: 12_000}, (_, index) => entry(index + 1)).join('');
    const {events} = await eventsOf([{says: many, end: 'stays'}], {now: () => localMs(0)});
    const batches = events.filter((event) => event.type === 'journal');
    expect(batches.length).toBeLessThan(5);
    expect(messagesOf(events)).toHaveLength(12_000);
  });

  it('lets keys in while it reads a flood that never lets up', async () => {
    const piece = Buffer.from(Array.from({length: 600}, (_, index) => entry(index + 1)).join(''));
    const pieces = 40;
    async function* stdout() {
      yield Buffer.from('\n');
      for (let number = 0; number < pieces; number += 1) yield await Promise.resolve(piece);
    }
    const options = optionsOf(() => ({
      stdout: stdout(),
      ended: new Promise(() => undefined),
      stop: () => Promise.resolve(),
    }));
    let seen = 0;
    let keys = 0;
    const key = () => {
      keys += 1;
      if (seen < pieces * 600) setImmediate(key);
    };
    setImmediate(key);
    for await (const event of followJournal(options, new AbortController().signal)) {
      if (event.type === 'journal') seen += event.entries.length;
      if (seen === pieces * 600) break;
    }
    expect(keys).toBeGreaterThan(pieces / 8);
  });

  it('ends the command though its output was not read to the end', async () => {
    let closed: () => void = () => undefined;
    const whenClosed = new Promise<void>((resolve) => (closed = resolve));
    async function* stdout() {
      try {
        for (let number = 1; ; number++) yield await Promise.resolve(Buffer.from(entry(number)));
      } finally {
        closed();
      }
    }
    const options = optionsOf(() => ({stdout: stdout(), ended: new Promise(() => undefined), stop: () => whenClosed}));
    for await (const event of followJournal(options, new AbortController().signal)) if (event.type === 'journal') break;
    await whenClosed;
  });

  it('hands lines on at their pace though the clock here is set back', async () => {
    let nowMs = Date.UTC(2026, 10, 28);
    const now = () => localMs((nowMs -= 3_600_000));
    const {events} = await eventsOf([{says: entry(1) + entry(2), end: 'stays'}], {now});
    expect(messagesOf(events)).toEqual(['n=1', 'n=2']);
  });

  it('tells of an entry that cannot be read, and goes on behind it', async () => {
    const says = `${entry(1)}__CURSOR=s=ab;i=2;b=cd\nMESSAGE\n${'\u0001'.repeat(8)}\n\n${entry(3)}`;
    const {events} = await eventsOf([{says, end: 'stays'}]);
    expect(messagesOf(events)).toEqual(['n=1', 'n=3']);
    const gaps = events.filter((event) => event.type === 'journal-gap');
    expect(gaps).toMatchObject([{reason: 'they could not be read', atMost: 1}]);
  });

  const [old, fresh] = ['a'.repeat(32), 'b'.repeat(32)];
  const of = (boot: string, number: number) => entry(number).replace('b=cd', `b=${boot}`);
  /** A node that was started again; `boots` is what it says of its boots. */
  const restarted =
    (boots: () => string): NodeShell['run'] =>
    ([command = '']) => {
      const stdout = command === 'cat' ? `${fresh.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}\n` : boots();
      return Promise.resolve({exitCode: stdout === '' ? 1 : 0, stdout, stderr: ''});
    };
  const bothBoots = `IDX BOOT ID  FIRST ENTRY\n -1 ${old} Sat\n  0 ${fresh} Sat\n`;
  const gapsIn = (events: readonly Event[]) => events.filter((event) => event.type === 'journal-gap');

  it('reads the boot before to its end and the next from its beginning, whose clock may be behind', async () => {
    const {events, argvs} = await eventsOf(
      [
        {says: of(old, 1), end: lost},
        {says: of(old, 1) + of(old, 2), end: {exitCode: 0, stderr: ''}},
        {says: of(fresh, 1) + of(fresh, 2), end: 'stays'},
      ],
      {},
      restarted(() => bothBoots),
    );
    expect(messagesOf(events)).toEqual(['n=1', 'n=2', 'n=1', 'n=2']);
    expect(argvs[1]).toContain(`--boot=${old}`);
    expect(argvs[1]).not.toContain('--follow');
    expect(argvs[2]).toEqual(expect.arrayContaining(['--follow', '--no-tail', `--boot=${fresh}`]));
    expect(gapsIn(events)).toEqual([]);
  });

  it('reads the boot before to its end though the connection is cut meanwhile, with a code of its own', async () => {
    const {events} = await eventsOf(
      [
        {says: of(old, 1), end: lost},
        {says: of(old, 1), end: {exitCode: 255, stderr: 'Connection to n closed by remote host.'}},
        {says: of(old, 1) + of(old, 2), end: {exitCode: 0, stderr: ''}},
        {says: of(fresh, 1), end: 'stays'},
      ],
      {},
      restarted(() => bothBoots),
    );
    expect(messagesOf(events)).toEqual(['n=1', 'n=2', 'n=1']);
    expect(gapsIn(events)).toEqual([]);
  });

  it('reads a boot that is over again where its last entry came in part, whatever code journalctl ends with', async () => {
    const ended: FollowEnd = {exitCode: 0, stderr: ''};
    const cut: Run = {says: of(old, 1) + of(old, 2).slice(0, -20), end: ended};
    const first: Run = {says: of(old, 1), end: lost};
    const next: Run = {says: of(fresh, 1), end: 'stays'};
    const boots = restarted(() => bothBoots);
    const mended = await eventsOf([first, cut, {says: of(old, 1) + of(old, 2), end: ended}, next], {}, boots);
    expect([messagesOf(mended.events), gapsIn(mended.events)]).toEqual([['n=1', 'n=2', 'n=1'], []]);
    const stays = await eventsOf([first, cut, cut, cut, next], {}, boots);
    expect(messagesOf(stays.events)).toEqual(['n=1', 'n=1']);
    expect(gapsIn(stays.events)).toMatchObject([{atMost: null, reason: 'the node did not send them whole'}]);
  });

  it('tells of a gap where the node has nothing of the boot before, and goes on', async () => {
    const gone: Run = {says: '', end: {exitCode: 1, stderr: 'No journal boot entry found for the specified boot.'}};
    const {events} = await eventsOf(
      [{says: of(old, 1), end: lost}, gone, gone, gone, {says: of(fresh, 1), end: 'stays'}],
      {},
      restarted(() => bothBoots),
    );
    expect(messagesOf(events)).toEqual(['n=1', 'n=1']);
    expect(gapsIn(events)).toMatchObject([{atMost: null, reason: 'the node removed them before they were read'}]);
  });

  it('asks again for the boots between, and says so where the node does not tell them', async () => {
    const ended: FollowEnd = {exitCode: 0, stderr: ''};
    let asked = 0;
    const runs: readonly Run[] = [
      {says: of(old, 1), end: lost},
      {says: of(old, 1), end: ended},
      {says: of(fresh, 1), end: 'stays'},
    ];
    const late = await eventsOf(
      runs,
      {},
      restarted(() => ((asked += 1) > 2 ? bothBoots : '')),
    );
    expect([messagesOf(late.events), gapsIn(late.events)]).toEqual([['n=1', 'n=1'], []]);
    const never = await eventsOf(
      runs,
      {},
      restarted(() => ''),
    );
    expect(messagesOf(never.events)).toEqual(['n=1', 'n=1']);
    const reason = 'the node did not say whether it was started more than once';
    expect(gapsIn(never.events)).toMatchObject([{atMost: null, reason}]);
  });

  it('takes up an empty journal where it began to wait, not at a tail that many lines may have outrun', async () => {
    let elapsed = 0;
    const {events, argvs} = await eventsOf(
      [
        {says: '', end: lost},
        {says: entry(1), end: 'stays'},
      ],
      {elapsedMs: () => (elapsed += 10_000)},
    );
    expect(messagesOf(events)).toEqual(['n=1']);
    expect(argvs[0]).toContain('--lines=500');
    expect(argvs[1]?.join(' ')).toMatch(/ --no-tail --since=-\d+s$/);
    expect(argvs[1]).not.toContain('--lines=500');
  });

  it('stays in the boot that was asked for when it takes up again', async () => {
    const boot = 'c'.repeat(32);
    const says = entry(1).replace('b=cd', `b=${boot}`);
    const {argvs} = await eventsOf(
      [
        {says, end: lost},
        {says, end: 'stays'},
      ],
      {boot: '-1'},
    );
    expect(argvs[0]).toContain('--boot=-1');
    expect(argvs[1]).toContain(`--boot=${boot}`);
  });
});
